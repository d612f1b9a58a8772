/** Plugboard: each work as its documentation would have it. */
import { right } from 'fp-ts/lib/TaskEither.js'
import { serve } from '../../lib/adapters/node.js'
import {
  assign,
  endpoint,
  json,
  pipeline,
  putRespHeader,
  text,
  type AnyPlug,
  type App,
  type Conn,
  type Dict,
} from '../../lib/index.js'
import { router, scope, type Route } from '../../router/index.js'
import { tableOf, type Declared } from '../routes.js'
import * as work from './work.js'

const secret = 'a secret of at least sixty-four bytes, which is a secret to nobody at all'

const served = async (app: App): Promise<number> => {
  const started = await serve(endpoint({ secretKeyBase: secret }, app as never), {
    port: 0,
    host: '127.0.0.1',
  })()
  if (started._tag === 'Left') throw new Error(started.left.message)
  return started.right.port
}

/** Routes made from data: the compiler cannot know them. */
interface AnyVerb {
  (pattern: string, handler: AnyPlug): Route
}

/** A plug that needs nothing, as far as the compiler can know one that is made from data. */
type Plain = (conn: Conn) => Conn

/** A pipeline of as many plugs as data says. */
const pipelineOf = (plugs: readonly unknown[]): Plain =>
  (pipeline as (...plugs: readonly unknown[]) => unknown)(...plugs) as Plain

const answerValues = (conn: Conn): Conn => text(work.valuesOf(conn.pathParams))(conn)

const tableRouter = (routes: readonly Declared[], before?: Plain): App => {
  const declare = (verbs: object): readonly Route[] =>
    routes.map(({ method, pattern }) =>
      (verbs as Readonly<Record<string, AnyVerb>>)[method.toLowerCase()]!(pattern, answerValues as AnyPlug),
    )
  const within = scope as unknown as (...parts: readonly unknown[]) => never
  return router(before === undefined ? within('/', declare) : within('/', before, declare))
}

const tenPlugs = work.plugs.map(({ key, header, value }, i) =>
  pipelineOf([assign(key, i), putRespHeader(header, value)]),
)

/** The ten plugs, and what stands before the response. */
const plugged = (...more: readonly unknown[]): App =>
  router(scope('/', pipelineOf([...tenPlugs, ...more]), ({ get }) => [get(work.plugsPath, text(work.hello))]))

/** An app of so many plugs before so many routes. */
const sized = (plugs: number, routes: number): Promise<number> =>
  served(
    tableRouter(
      tableOf(routes),
      pipelineOf(Array.from({ length: plugs }, (_, i) => assign(`key${i % 10}`, i))),
    ),
  )

const browser = async (): Promise<App> => {
  const p = await import('../../plugs/index.js')
  const { markup } = p
  const root = (inner: unknown, { flash }: { readonly flash?: Dict<string> }) =>
    markup`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Posts</title></head><body><header><a href="/">Home</a></header>${
      flash?.['info'] === undefined ? '' : markup`<p class="flash">${flash['info']}</p>`
    }<main>${inner as never}</main></body></html>`
  const form = ({ name, csrfToken }: { readonly name: string; readonly csrfToken: string }) =>
    markup`<h1>Hello ${name}</h1><form method="post" action="/posts"><input type="hidden" name="_csrf_token" value="${csrfToken}"><label>Title <input name="title"></label><button>Save</button></form>`
  const store = p.cookieStore({ signingSalt: 'a salt', encryptionSalt: 'another salt' })
  const pages = pipeline(
    p.session({ store, key: '_app_key' }),
    p.fetchSession,
    p.fetchFlash,
    p.putRootLayout(root),
    p.parsers(),
    p.protectFromForgery,
    p.putSecureBrowserHeaders,
    conn => assign('flash', conn.flash)(conn),
  )
  const name = p.getSession('user_name', '')
  return router(
    scope('/', pages, ({ get }) => [
      get('/', conn => p.render(form, { name: String(name(conn)) })(p.withCsrfToken(conn))),
      get('/login', conn => {
        const user_name = work.visitorName(Number(conn.queryString))
        const known = p.putSession('user_name', user_name)(p.withCsrfToken(conn))
        return p.render(form, { name: user_name })(known)
      }),
    ]),
  )
}

const works = work.beginOf({
  hello: () => served(router(scope('/', ({ get }) => [get('/', text(work.hello))]))),
  json: () =>
    served(router(scope('/', ({ get }) => [get(work.jsonPath, (conn: Conn) => json(work.message())(conn))]))),
  routes: () => served(tableRouter(work.routes)),
  plugs: () => served(plugged()),
  form: async () => {
    const { parsers } = await import('../../plugs/index.js')
    return served(
      router(scope('/', parsers(), ({ post }) => [post(work.formPath, conn => json(conn.bodyParams)(conn))])),
    )
  },
  browser: async () => served(await browser()),
})

export const begin = (what: string, ...numbers: readonly string[]): Promise<number> => {
  if (what === 'sized') return sized(Number(numbers[0]), Number(numbers[1]))
  if (what === 'async') return served(plugged((conn: Conn) => right(conn)))
  return works(what)
}
