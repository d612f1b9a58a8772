/** What the compiler knows of the plugs that come with Plugboard. Every line that compiles is a promise kept. */
import {
  assign,
  pipeline,
  text,
  when,
  type After,
  type Assigned,
  type Conn,
  type Dict,
  type Halted,
  type ParamValue,
  type Responded,
  type Result,
  type WithBodyParams,
  type WithFlash,
  type WithQueryParams,
} from '../../lib/index.js'
import {
  accepts,
  fetchFlash,
  fetchSession,
  head,
  lint,
  logger,
  markup,
  methodOverride,
  parsers,
  proxy,
  putLayout,
  putRootLayout,
  putSecureBrowserHeaders,
  render,
  requestId,
  rewriteOn,
  staticFiles,
  type Directory,
  type Html,
  type HttpClient,
  type LogPort,
  type View,
} from '../../plugs/index.js'
import { router, scope } from '../../router/index.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}
declare const plain: Conn
declare const folder: Directory
declare const log: LogPort
declare const client: HttpClient

// an endpoint's plugs fit one after the other, and what they give is there
export const front = pipeline(
  rewriteOn({ trust: ['loopback'] }),
  requestId({ assignAs: 'requestId' }),
  requestId,
  logger({ to: log }),
  staticFiles({ at: '/', from: folder }),
  parsers(),
  methodOverride,
  head,
  accepts(['html', 'json']),
  putSecureBrowserHeaders,
  putSecureBrowserHeaders({ 'x-frame-options': 'DENY' }),
)
declare const behind: After<typeof front>
export const id: string = behind.assigns.requestId
export const body: Dict<unknown> = behind.bodyParams
export const query: Dict<ParamValue> = behind.queryParams

// what each returns
is<Equal<ReturnType<ReturnType<typeof accepts>>, Conn | Halted>>()
export const parsed: Result<(Conn & WithQueryParams & WithBodyParams) | Halted> = parsers()(plain)
export const served: Result<(Conn & WithBodyParams) | Halted> = staticFiles({ at: '/', from: folder })(
  plain as Conn & WithBodyParams,
)
// @ts-expect-error the body is not decoded yet
export const tooEarly = methodOverride(plain)

// a proxy is a handler, a fallback and a plug that halts; it says where to and by what
const old = proxy({ to: 'http://127.0.0.1:4001', via: client })
export const passed: Result<Halted> = old(plain)
export const moving = router(
  scope('/', assign('site', 'x'), ({ match, forward, fallback }) => [
    match('*', '/old/*path', old),
    forward('/older', old),
    fallback(old),
  ]),
)
export const beside = pipeline(
  when(c => c.path === '/old', old),
  text('new'),
)
// @ts-expect-error where to?
proxy({ via: client })
// @ts-expect-error by what?
proxy({ to: 'http://127.0.0.1:4001' })
// @ts-expect-error an HTTP client is no function
proxy({ to: 'http://127.0.0.1:4001', via: fetch })
// @ts-expect-error no such option
proxy({ to: 'http://127.0.0.1:4001', via: client, timeout: 1 })

// a view's needs are the handler's
interface Snippet {
  readonly title: string
}
const show = ({ snippet, note }: { readonly snippet: Snippet; readonly note?: string }): Html =>
  markup`<h1>${snippet.title}</h1>${note}`
const about = () => markup`<h1>About</h1>`
const bare: View = () => markup`<p>`
declare const withSnippet: Conn & Assigned<{ readonly snippet: Snippet }>
declare const withMore: Conn & Assigned<{ readonly other: number }>
declare const wrongNote: Conn & Assigned<{ readonly note: number }>
export const shown: Conn & Responded = render(show)(withSnippet)
export const given: Conn & Responded = render(show, { snippet: { title: 'x' } })(plain)
export const both: Conn & Responded = render(show, { snippet: { title: 'x' }, note: 'n', title: 'Home' })(
  withMore,
)
export const needless: Conn & Responded = render(about)(plain)
export const needlessToo: Conn & Responded = render(bare, { title: 'About' })(withMore)
// @ts-expect-error the snippet is not assigned
export const missing = render(show)(plain)
// @ts-expect-error the rest is not assigned
export const rest = render(show, { note: 'n' })(plain)
// @ts-expect-error a snippet is no text
export const mistaken = render(show, { snippet: 'x' })
// @ts-expect-error a note that is there must be a text
export const noted = render(show, { snippet: { title: 'x' } })(wrongNote)
// @ts-expect-error a view gives HTML, not text
export const unescaped = render(() => '<p>')
// @ts-expect-error a view is not async
export const late = render(async () => markup`<p>`)

// a layout's needs are checked where it is put; what it may lack need not be there
const site = (inner: Html, { user, title = '' }: { readonly user: string; readonly title?: string }) =>
  markup`<title>${title}</title>${user}${inner}`
const frame = (inner: Html, { title = '' }: { readonly title?: string }) =>
  markup`<title>${title}</title>${inner}`
export const pages = pipeline(
  assign('other', 1),
  putRootLayout(frame),
  assign('user', 'Ada'),
  putLayout(site),
  render(about, { title: 'About' }),
)
declare const paged: After<typeof pages>
is<Equal<typeof paged.assigns, { readonly other: number; readonly user: string }>>()
export const removed = pipeline(putRootLayout(false), putLayout(false), render(about))
export const kept: Conn & Assigned<{ readonly other: number }> = putRootLayout(frame)(withMore)
// a layout may stand before or after what it reads, where it can do without
const flashed = (inner: Html, { flash }: { readonly flash?: { readonly info?: string } }) =>
  markup`${flash?.info}${inner}`
const assignFlash = <C extends Conn & WithFlash>(conn: C) => assign('flash', conn.flash)(conn)
export const before = pipeline(fetchSession, fetchFlash, putRootLayout(flashed), assignFlash, render(about))
export const after = pipeline(fetchSession, fetchFlash, assignFlash, putRootLayout(flashed), render(about))
// what a view does not know may be for the layout
export const forLayout = render(show, { snippet: { title: 'x' }, notes: 'x', titles: ['x'] })
// @ts-expect-error nobody is logged in
export const stranger = putRootLayout(site)(withMore)

// lint changes no type
export const linted = lint(pages)
is<Equal<typeof linted, typeof pages>>()
export const handler: (conn: Conn) => Conn & Responded = lint(text('ok'))
