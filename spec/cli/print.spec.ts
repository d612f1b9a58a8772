import t from 'tap'
import { answer, isWanted, placeIn, table } from '../../cli/print.js'
import type { RouteInfo } from '../../router/index.js'

const home: RouteInfo = {
  method: 'GET',
  hosts: [],
  pattern: '/',
  params: [],
  pipelines: [],
  plugs: [],
  handler: 'home',
  mount: false,
  metadata: {},
  file: '/app/router.ts',
  line: 7,
}
const post: RouteInfo = {
  ...home,
  method: 'DELETE',
  pattern: '/posts/:id/*rest',
  params: ['id', 'rest'],
  pipelines: ['browser', 'signedIn'],
  plugs: Array.from({ length: 9 }, (_, i) => `plug${i + 1}`),
  handler: 'remove',
  line: 12,
}
const metrics: RouteInfo = { ...home, method: '*', pattern: '/metrics', handler: 'metrics', mount: true }

t.test('a table has its columns below each other, and no empty ones', async t => {
  t.equal(table([], '/app'), '')
  t.equal(
    table([home, post, metrics], '/app'),
    [
      'GET     /                 home                                 router.ts:7',
      'DELETE  /posts/:id/*rest  remove             browser, signedIn  router.ts:12',
      '*       /metrics          metrics (mounted)                     router.ts:7',
      '',
    ]
      .join('\n')
      .replace('home                                 ', 'home                                  '),
  )
  t.equal(table([{ ...home, file: undefined, line: undefined }], '/app'), 'GET  /  home\n')
  t.equal(
    table([{ ...home, hosts: ['api.', 'x.test'] }], '/app'),
    'GET  api. x.test  /  home  router.ts:7\n',
    'hosts where there are any',
  )
})

t.test('a place is seen from the folder, and whole where it is outside of it', async t => {
  const at = (file: string | undefined) => placeIn({ ...home, file }, '/app')
  t.equal(at('file:///app/web/my%20router.js'), 'web/my router.js:7')
  t.equal(at('/app/web/router.ts'), 'web/router.ts:7')
  t.equal(at('/elsewhere/router.ts'), '/elsewhere/router.ts:7')
  t.equal(at(undefined), '')
})

t.test('routes are chosen by method and by a text in what is shown', async t => {
  const wanted = (method: string | undefined, text: string | undefined) =>
    [home, post, metrics].filter(isWanted(method, text, '/app')).map(({ pattern }) => pattern)
  t.strictSame(wanted(undefined, undefined), ['/', '/posts/:id/*rest', '/metrics'])
  t.strictSame(wanted('GET', undefined), ['/', '/metrics'], 'those for any method are for this one')
  t.strictSame(wanted(undefined, 'POSTS'), ['/posts/:id/*rest'])
  t.strictSame(wanted(undefined, 'signed'), ['/posts/:id/*rest'])
  t.strictSame(wanted(undefined, 'home'), ['/'])
  t.strictSame(wanted(undefined, 'router.ts:12'), ['/posts/:id/*rest'])
  t.strictSame(wanted(undefined, 'delete'), [], 'a method is no text')
  t.strictSame(wanted('GET', 'metrics'), ['/metrics'])
})

t.test('what becomes of a request is told in sentences', async t => {
  t.equal(
    answer('GET /', { kind: 'route', route: home, pathParams: {} }, '/app'),
    'GET / finds GET / (router.ts:7).\nIt runs\n  1  home\n',
  )
  t.equal(
    answer(
      'DELETE /posts/7/a',
      { kind: 'route', route: post, pathParams: { id: '7"', rest: ['a', 'b'] } },
      '/app',
    ),
    [
      'DELETE /posts/7/a finds DELETE /posts/:id/*rest (router.ts:12).',
      'Its parameters are',
      '  id = "7\\""',
      '  rest = ["a","b"]',
      'It runs',
      ...Array.from({ length: 9 }, (_, i) => `   ${i + 1}  plug${i + 1}`),
      '  10  remove',
      '',
    ].join('\n'),
  )
  t.match(
    answer('GET /metrics/x', { kind: 'route', route: metrics, pathParams: {} }, '/app'),
    'finds forward /metrics (router.ts:7)',
  )
  const fallback = { ...home, method: '*', pattern: '/api', handler: 'nothing', file: undefined }
  const refused = { kind: 'refused', route: home, pathParams: {}, param: 'id' } as const
  t.equal(
    answer('GET /x', { ...refused, status: 404, fallback }, '/app'),
    'GET /x finds GET / (router.ts:7), whose codec refuses "id".\nThe fallback in /api answers. It runs\n  1  nothing\n',
  )
  t.equal(
    answer('GET /x', { ...refused, status: 400, fallback: undefined }, '/app'),
    'GET /x finds GET / (router.ts:7), whose codec refuses "id": it is a 400.\n',
  )
  t.equal(
    answer('GET /x', { kind: 'none', status: 404, allowed: ['PUT', 'PATCH'], fallback: undefined }, '/app'),
    'No route takes GET /x.\nThere are routes of this path for PUT, PATCH.\nNo fallback answers: it is a 404 of the endpoint.\n',
  )
  const none = { kind: 'none', allowed: ['GET', 'HEAD', 'OPTIONS'] } as const
  t.equal(
    answer('PUT /x', { ...none, status: 405, fallback: { ...fallback, plugs: ['cors'] } }, '/app'),
    'No route takes PUT /x.\nThere are routes of this path for GET, HEAD, OPTIONS.\nThe fallback in /api answers with 405. It runs\n  1  cors\n  2  nothing\n',
  )
  t.equal(
    answer('OPTIONS /x', { ...none, status: 204, fallback: { ...fallback, plugs: ['cors'] } }, '/app'),
    'No route takes OPTIONS /x.\nThere are routes of this path for GET, HEAD, OPTIONS.\nThe fallback in /api answers with 204, without its handler. It runs\n  1  cors\n',
  )
  t.equal(
    answer('OPTIONS /x', { ...none, status: 204, fallback: { ...fallback, plugs: [] } }, '/app'),
    'No route takes OPTIONS /x.\nThere are routes of this path for GET, HEAD, OPTIONS.\nThe fallback in /api answers with 204, without its handler.\n',
  )
  t.equal(
    answer('GET /%', { kind: 'malformed' }, '/app'),
    'No route takes GET /%: its path is not percent-encoded UTF-8, which is a 400.\n',
  )
})
