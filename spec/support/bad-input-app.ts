// The app that bad input is sent to: a browser pipeline and an API pipeline behind files, parsers and three sessions, with
// limits that a short request exceeds.
import {
  endpoint,
  fetchCookies,
  getReqHeader,
  json,
  pipe,
  pipeline,
  putRespHeader,
  putRespContentType,
  redirect,
  resp,
  text,
  type After,
  type Conn,
  type Endpoint,
  type WithSession,
} from '../../lib/index.js'
import {
  accepts,
  cookieStore,
  fetchFlash,
  fetchSession,
  getSession,
  head,
  parseJson,
  memoryStore,
  memoryTable,
  methodOverride,
  parsers,
  protectFromForgery,
  putSecureBrowserHeaders,
  putSession,
  requestId,
  session,
  staticFiles,
  parseUrlencoded,
  withCsrfToken,
  type Directory,
} from '../../plugs/index.js'
import { int, orBadRequest, router, scope } from '../../router/index.js'

/** What must never be seen in an answer. */
export const secretKeyBase = 'never-to-be-seen-'.repeat(4)
export const secretMessage = 'the password is 42'

/** The salts of the session that is signed. */
export const signingSalt = 'a signing salt'

const beforeRouter = (from: Directory) =>
  pipeline(
    requestId,
    staticFiles({ at: '/static', from }),
    parsers({
      parsers: [parseUrlencoded({ depth: 5, pairs: 20 }), parseJson({ depth: 10 })],
      length: 4096,
      readTimeout: 400,
      queryStringLength: 512,
    }),
    methodOverride,
    head,
    session({ key: '_signed', store: cookieStore({ signingSalt }) }),
    session({
      name: 'sealed',
      key: '_sealed',
      store: cookieStore({ signingSalt, encryptionSalt: 'an encryption salt' }),
    }),
    session({ name: 'kept', key: '_kept', store: memoryStore(memoryTable({ maxEntries: 100 })) }),
  )
type BeforeRouter = After<ReturnType<typeof beforeRouter>>

const browser = pipeline.from<BeforeRouter>()(
  accepts(['html']),
  fetchCookies,
  fetchSession,
  fetchSession('sealed'),
  fetchSession('kept'),
  fetchFlash,
  protectFromForgery,
  putSecureBrowserHeaders,
)
const api = pipeline.from<BeforeRouter>()(accepts(['json']))

/** What a request asks a header to hold: the text of its parameter `value`. */
const asked = (conn: Conn): string => String((conn.params as { readonly value?: unknown }).value)

const sessionsOf = (
  conn: WithSession & WithSession<unknown, 'sealed'> & WithSession<unknown, 'kept'>,
): string =>
  JSON.stringify([
    getSession('user', 'nobody')(conn),
    getSession('user', 'nobody', 'sealed')(conn),
    getSession('user', 'nobody', 'kept')(conn),
  ])

const site = router(
  scope('/healthz', ({ get }) => [get('/', text('alive'))]),
  scope.from<BeforeRouter>()('/', browser, ({ get, post, delete: del }) => [
    get('/', text('home')),
    get('/echo/:name', conn => text(JSON.stringify(conn.params.name))(conn)),
    get('/files/*path', conn => text(JSON.stringify(conn.params.path))(conn)),
    get('/n/:id', { id: int }, conn => text(String(conn.params.id))(conn)),
    get('/m/:id', { id: orBadRequest(int) }, conn => text(String(conn.params.id))(conn)),
    get('/cookies', conn => text(JSON.stringify(conn.cookies))(conn)),
    get('/sessions', conn => text(sessionsOf(conn))(conn)),
    get('/log-in', conn =>
      pipe(
        conn,
        putSession('user', 'ada'),
        putSession('user', 'ada', 'sealed'),
        putSession('user', 'ada', 'kept'),
        text('welcome'),
      ),
    ),
    get('/overflow', conn => text('kept')(putSession('big', 'x'.repeat(5000))(conn))),
    get('/form', conn => pipe(withCsrfToken(conn), form => text(form.assigns.csrfToken)(form))),
    post('/form', text('posted')),
    del('/form', text('deleted')),
    get('/script', conn => pipe(conn, putRespContentType('text/javascript'), resp(200, 'secret()'))),
    get('/redirect', conn => redirect(asked(conn))(conn)),
    get('/header', conn => pipe(conn, putRespHeader('x-asked', asked(conn)), text('set'))),
  ]),
  scope.from<BeforeRouter>()('/api', api, ({ get, post }) => [
    get('/query', conn => json(conn.queryParams)(conn)),
    post('/echo', conn => json(conn.bodyParams)(conn)),
    get('/hosts', conn => json([conn.host, conn.port, ...getReqHeader('x-list')(conn)])(conn)),
    get('/throws', (): never => {
      throw new Error(secretMessage)
    }),
  ]),
)

/** The app over a folder of files. */
export const badInputApp = (from: Directory, secret = secretKeyBase): Endpoint =>
  endpoint({ secretKeyBase: secret }, pipeline(beforeRouter(from), site))
