/** A router of every kind of route: scopes typed by pipelines and paths, resources, mounts, links to itself. */
import {
  assign,
  halt,
  pipe,
  redirect,
  text,
  type Assigned,
  type Conn,
  type Halted,
  type Params,
  type Responded,
} from '../../lib/index.js'
import { int, router, scope } from '../../router/index.js'
import { browser, getSession, putFlash, putSession, signedIn } from './plugs.js'
import { notFound, page, show, snippets } from './router-controllers.js'

interface Html {
  readonly html: string
}
/** A view that says which assigns it shows. */
const render =
  <A extends object>(view: (assigns: A) => Html) =>
  <C extends Conn & Assigned<A>>(conn: C): Responded =>
    text(view(conn.assigns).html)(conn)
const home = (assigns: {
  readonly currentUser: { readonly name: string } | null
  readonly title: string
}): Html => ({
  html: assigns.title,
})

/** A plug that links to the router whose pipeline it stands in. */
const requireLogin = <C extends Conn>(conn: C): C | Halted =>
  conn.status === undefined ? conn : halt(redirect(app.path('/login'))(conn))

/** A plug that reads a parameter of the scope's path. */
const loadOwner = <C extends Conn & Params<{ readonly ownerId: number }>>(conn: C) =>
  assign('owner', conn.params.ownerId)(conn)

export const admin = router(
  scope('/', ({ get }) => [
    get('/', text('admin')),
    get('/users/:uid', conn => text(conn.params.uid)(conn)),
    get('/files/*path', conn => text(conn.params.path.join('/'))(conn)),
  ]),
)

export const app = router(
  scope('/', browser, ({ get, post, scope, resources, forward, fallback }) => [
    get('/', conn => pipe(conn, assign('title', 'Home'), render(home))),
    get('/login', text('login')),
    post('/login', conn => pipe(conn, putSession('user_token', 'x'), putFlash('info', 'hi'), redirect('/'))),
    get('/link', (conn): Responded => redirect(app.path('/login'))(conn)),
    get('/mail', (conn): Responded => text(app.url(conn, '/login', {}, { from: 'mail' }))(conn)),
    get('/page/:number', { number: int }, page),
    scope('/guarded', requireLogin, ({ get }) => [
      get('/', conn => text(String(getSession('x')(conn)))(conn)),
    ]),
    scope('/list', [requireLogin, signedIn], ({ get }) => [
      get('/', conn => text(conn.assigns.currentUser.name + conn.assigns.z)(conn)),
    ]),
    scope(
      { path: '/owners/:ownerId', params: { ownerId: int }, assigns: { section: 'owners' } },
      loadOwner,
      ({ get, scope }) => [
        get('/', conn => text(conn.assigns.section.toUpperCase() + conn.assigns.owner.toFixed())(conn)),
        scope('/pets/:petId', ({ get }) => [
          get('/:id', conn => text(conn.params.ownerId.toFixed() + conn.params.petId + conn.params.id)(conn)),
        ]),
      ],
    ),
    scope('/', signedIn, ({ resources, get }) => [
      resources('/snippets', snippets),
      get('/old/:id', show),
      resources(
        '/posts',
        { index: conn => text(conn.assigns.currentUser.name)(conn) },
        {},
        ({ resources }) => [
          resources(
            '/comments',
            { show: conn => text(conn.params.postId + conn.params.id)(conn) },
            {},
            ({ resources }) => [
              resources('/likes', {
                delete: conn => text(conn.params.commentId + conn.params.id + conn.params.postId)(conn),
              }),
            ],
          ),
        ],
      ),
    ]),
    resources(
      '/pages',
      {
        show: conn => text(conn.params.slug)(conn),
        edit: conn => text(conn.params.slug)(conn),
        new: notFound,
      },
      { param: 'slug', except: ['edit'] },
      ({ get }) => [get('/print', conn => text(conn.params.pageSlug)(conn))],
    ),
    resources(
      '/orders',
      { show: conn => text(conn.params.id.toFixed())(conn) },
      { codec: int, name: 'bill' },
      ({ get }) => [get('/pdf', conn => text(conn.params.billId.toFixed())(conn))],
    ),
    resources('/account', { show: text('account'), update: notFound }, { singleton: true }, ({ get }) => [
      get('/keys', text('keys')),
    ]),
    scope({ path: '/', host: ['api.', 'status.example.com'] }, ({ match, get }) => [
      match(['GET', 'POST'], '/rpc/:name.json', conn => text(conn.params.name)(conn)),
      get('/v:version/files/*path', conn => text(conn.params.version + conn.params.path.join())(conn)),
    ]),
    forward('/admin', admin),
    forward('/t/:tenant', admin),
    forward('/metrics', conn => text(conn.path)(conn)),
    fallback(notFound, { methodNotAllowed: true }),
  ]),
)
