import t from 'tap'
import { pipeline } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { head } from '../../plugs/index.js'
import { casesOf, handlerOf, requestOf } from './vectors.js'

t.test('a HEAD request becomes a GET request, as with Plug.Head', async t => {
  for (const each of casesOf('head')) {
    const done = run(pipeline(head, handlerOf(each)))(requestOf(each))
    t.equal(done.method, each.expect.echo?.['method'], each.name)
  }
})

t.test('other requests pass as they are', async t => {
  for (const method of ['GET', 'POST', 'OPTIONS']) {
    const request = conn(method, '/')
    t.equal(head(request), request)
  }
})
