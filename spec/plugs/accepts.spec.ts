import t from 'tap'
import { fetchQueryParams, fail, noRoute, pipeline, runner, text, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { accepts, getFormat, putFormat } from '../../plugs/index.js'

const accepting = (accept: string | undefined, path = '/'): Conn =>
  conn('GET', path, accept === undefined ? {} : { headers: { accept } })

const format = (request: Conn, formats: readonly string[] = ['html', 'json']): string | undefined =>
  getFormat(run(pipeline(accepts(formats), text('ok')))(request))

t.test('the format is what the Accept header asks for among what is offered', async t => {
  t.equal(format(accepting('application/json')), 'json')
  t.equal(format(accepting('text/html, application/json')), 'html')
  t.equal(format(accepting('application/json;q=0.5, text/html;q=0.8')), 'html')
  t.equal(format(accepting('application/vnd.api+json'), ['html', 'json-api']), 'json-api')
})

t.test('several headers are one list', async t => {
  const lines = (...accept: readonly string[]) => conn('GET', '/', { headers: { accept } })
  t.equal(format(lines('image/png', 'application/json')), 'json')
  t.equal(format(lines('text/html;q=0.5', 'application/json')), 'json')
  t.equal(format(lines('text/html;q=0', '*/*')), 'json')
  t.equal(format(lines('image/png', 'image/webp')), undefined)
})

t.test('without a header, and for anything, it is the first that is offered', async t => {
  t.equal(format(accepting(undefined), ['json', 'html']), 'json')
  t.equal(format(accepting('*/*'), ['json', 'html']), 'json')
})

t.test('a browser is given HTML', async t => {
  t.equal(
    format(accepting('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'), ['json', 'html']),
    'html',
  )
})

t.test('where nothing is acceptable it fails with 406', async t => {
  const done = run(pipeline(accepts(['html']), text('never')))(accepting('image/png'))
  t.match(done.error, { _tag: 'NotAcceptable', status: 406 })
  t.match(done.error?.message, 'html')
})

t.test('the parameter _format comes before the header, once the parameters are fetched', async t => {
  const plug = pipeline(fetchQueryParams, accepts(['html', 'json']), text('ok'))
  t.equal(getFormat(run(plug)(accepting('text/html', '/?_format=json'))), 'json')
  t.equal(run(plug)(accepting('text/html', '/?_format=xml')).status, 406)
  t.equal(run(plug)(accepting('text/html', '/?_format[]=json')).status, 406)
  t.equal(run(plug)(accepting('text/html', '/?_format=__proto__')).status, 406)
  t.equal(format(accepting('text/html', '/?_format=json')), 'html', 'not before')
})

t.test('requests after one another do not mix', async t => {
  const plug = pipeline(accepts(['html', 'json']), text('ok'))
  const headers = [
    'application/json',
    'text/html',
    'image/png',
    undefined,
    'application/json',
    'application/json',
  ]
  const formats = headers.map(accept => getFormat(run(plug)(accepting(accept))))
  t.strictSame(formats, ['json', 'html', undefined, 'html', 'json', 'json'])
})

t.test('putFormat sets the format, whatever is asked for', async t => {
  const plug = pipeline(accepts(['html']), putFormat('json'), text('ok'))
  t.equal(getFormat(run(plug)(accepting('text/html'))), 'json')
})

t.test('getFormat falls back on the parameter', async t => {
  const fetched = (path: string) => run(pipeline(fetchQueryParams, text('ok')))(conn('GET', path))
  t.equal(getFormat(fetched('/?_format=xml')), 'xml')
  t.equal(getFormat(fetched('/?_format[]=xml')), undefined)
  t.equal(getFormat(conn('GET', '/')), undefined)
})

t.test('error responses speak the format', async t => {
  const plug = pipeline(accepts(['html', 'json']), c => fail(c, noRoute('nothing here')))
  const done = runner(plug)(accepting('application/json')) as Conn
  t.equal(done.respHeaders.get('content-type'), 'application/json; charset=utf-8')
})

t.test('formats are checked when the plug is built', async t => {
  for (const wrong of [[], 'html', [''], [1], undefined])
    t.throws(() => accepts(wrong as string[]), {
      message: /^accepts: formats must be a non-empty array of strings/,
    })
  t.throws(() => putFormat(''), { message: /^putFormat: format must be a non-empty string/ })
})
