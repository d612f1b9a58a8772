import t from 'tap'
import { pipeline, type Conn, type WithBodyParams } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { methodOverride, parsers } from '../../plugs/index.js'
import { casesOf, handlerOf, requestOf } from './vectors.js'

t.test('the method is overridden as by Plug.MethodOverride', async t => {
  for (const each of casesOf('method_override')) {
    const plugs =
      each.plugs.length === 1 ? methodOverride : pipeline(parsers({ pass: ['*/*'] }), methodOverride)
    const done = run(pipeline(plugs as typeof parsers extends () => infer P ? P : never, handlerOf(each)))(
      requestOf(each),
    )
    t.equal(done.method, each.expect.echo?.['method'], each.name)
  }
})

const method = (request: Conn): string => run(pipeline(parsers(), methodOverride, c => c))(request).method

t.test('only POST is overridden, and only by PUT, PATCH and DELETE', async t => {
  for (const wanted of ['put', 'Patch', 'DELETE'])
    t.equal(method(conn('POST', '/', { form: { _method: wanted } })), wanted.toUpperCase())
  for (const wanted of ['GET', 'POST', 'HEAD', 'CONNECT', 'put ', ''])
    t.equal(method(conn('POST', '/', { form: { _method: wanted } })), 'POST', wanted)
  for (const sent of ['GET', 'PUT', 'PATCH', 'DELETE'])
    t.equal(method(conn(sent, '/?_method=DELETE', { form: { _method: 'DELETE' } })), sent)
  t.equal(method(conn('POST', '/', { json: { _method: 'delete' } })), 'DELETE')
  t.equal(method(conn('POST', '/', { json: { _method: { put: 1 } } })), 'POST')
})

t.test('a body that has not been fetched changes nothing', async t => {
  const request = conn('POST', '/', { form: { _method: 'put' } })
  t.equal(methodOverride(request as Conn & WithBodyParams), request)
})
