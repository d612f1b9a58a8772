/**
 * Renders views: functions from assigns to HTML, inside a layout and a root layout that earlier plugs have put
 * (Phoenix's `render`, `put_layout` and `put_root_layout`).
 */
import type { Responding } from '../lib/answers.js'
import type { Assigned, Conn } from '../lib/conn.js'
import { mergeAssigns, putPrivate } from '../lib/conn/assigns.js'
import { html } from '../lib/conn/response.js'
import type { Near } from '../lib/near-types.js'
import { plugName } from '../lib/steps.js'
import { isHtml, type Html } from './markup.js'
import { isObject, mustBe } from '../lib/options.js'

/** A view: what it needs among the assigns is its argument's type. */
export type View<A = {}> = (assigns: A) => Html

/** A layout: it is given the HTML it goes around, and the assigns. */
export type Layout<A = {}> = (inner: Html, assigns: A) => Html

const rootKey = 'plugboardRootLayout'
const layoutKey = 'plugboardLayout'

/**
 * The assigns that a view or layout needs. What it may lack (`title?: string`) need not be assigned, and where it is, it
 * must fit; `object` keeps a type of nothing but such names from being refused for having no name in common: the assigns as
 * a whole, and each of them, such as `flash?: { info?: string; error?: string }`.
 */
type Shown<A> = {
  readonly [K in keyof A]: A[K] extends infer V ? (V extends object ? V & object : V) : never
} & object
/** The conn that a view or layout needs. */
type Needs<A> = Conn & Assigned<Shown<A>>

/** Extra assigns: what the view names must be as the view says; a name near to one that the view needs was meant to be that. */
type Fitting<E, A> = {
  readonly [K in keyof E]: K extends keyof A ? A[K] : Misspelt<K, E[K], Omit<A, keyof E>>
}
type Misspelt<K, V, A> = [Near<K & string, Required<A>>] extends [never]
  ? unknown
  : V extends A[Near<K & string, Required<A>> & keyof A]
    ? `did you mean '${Near<K & string, Required<A>>}'?`
    : unknown
type Required<A> = { [K in keyof A]-?: {} extends Pick<A, K> ? never : K }[keyof A]

const layoutPlug = (name: string, key: string) => {
  const none = putPrivate(key, undefined)
  return (layout: unknown) => {
    if (layout === false) return none
    if (typeof layout !== 'function')
      throw new TypeError(`${name}: ${mustBe('layout', 'a function, or false for none', layout)}`)
    return putPrivate(key, layout)
  }
}

interface PutLayout {
  /** The plug that puts this layout. What it needs must have been assigned before; what it may use is optional. */
  <A = {}>(layout: Layout<A>): <C extends Conn>(conn: C & Assigned<Shown<A>>) => C
  /** The plug that puts no layout. */
  (layout: false): <C extends Conn>(conn: C) => C
}

/**
 * Puts the layout that goes around every page: the document with its head. `false` removes it.
 *
 * @throws TypeError if the layout is neither a function nor `false`
 * @example
 * import { assign, pipeline } from 'plugboard'
 * import { markup, putRootLayout, render, type Html } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const root = (inner: Html, { title = 'Snippetbox' }: { readonly title?: string }) =>
 *   markup`<!DOCTYPE html><title>${title}</title>${inner}`
 * const home = ({ name }: { readonly name: string }) => markup`<h1>Hello ${name}</h1>`
 * const page = pipeline(putRootLayout(root), assign('name', '<Ada>'), render(home, { title: 'Home' }))
 * run(page)(conn('GET', '/')).respBody
 * // => '<!DOCTYPE html><title>Home</title><h1>Hello &lt;Ada&gt;</h1>'
 */
export const putRootLayout = layoutPlug('putRootLayout', rootKey) as PutLayout

/** Puts the layout that goes around a view and inside the root layout. `false` removes it. */
export const putLayout = layoutPlug('putLayout', layoutKey) as PutLayout

const checked = (made: unknown, by: unknown): Html => {
  if (isHtml(made)) return made
  throw new TypeError(`render: ${plugName(by)} must return HTML made with the markup tag`)
}

const within = (conn: Conn, key: string, inner: Html): Html => {
  const layout = conn.private[key] as Layout | undefined
  return layout === undefined ? inner : checked(layout(inner, conn.assigns), layout)
}

interface Render {
  /** Responds with a view of what has been assigned. */
  <A = {}>(view: View<A>): <C extends Needs<A>>(conn: C) => Responding<C>
  /** Responds with a view of what has been assigned and of these assigns, which are put on the conn first. */
  <A, E extends Fitting<E, A>>(
    view: View<A>,
    assigns: E,
  ): <C extends Needs<Omit<A, keyof E>>>(conn: C) => Responding<C>
}

/**
 * Responds with a view, inside the layouts that have been put. Status 200 and the content type
 * `text/html; charset=utf-8`, unless set before. The compiler refuses it where something the view needs is not assigned.
 *
 * @example
 * import { pipe } from 'plugboard'
 * import { markup, render } from 'plugboard/plugs'
 * import { conn } from 'plugboard/testing'
 * const hello = ({ name }: { readonly name: string }) => markup`<p>Hello ${name}</p>`
 * pipe(conn('GET', '/'), render(hello, { name: 'Ada' })).respBody // => '<p>Hello Ada</p>'
 */
export const render: Render = ((view: View, assigns: Readonly<Record<string, unknown>> = {}) => {
  if (typeof view !== 'function')
    throw new TypeError(`render: ${mustBe('view', 'a function from assigns to HTML', view)}`)
  if (!isObject(assigns)) throw new TypeError(`render: ${mustBe('assigns', 'an object', assigns)}`)
  const merge =
    Object.keys(assigns).length === 0 ? undefined : mergeAssigns(assigns as Readonly<Record<string, unknown>>)
  return function render(conn: Conn): Responding<Conn> {
    const next = merge === undefined ? conn : merge(conn)
    const inner = within(next, layoutKey, checked(view(next.assigns), view))
    return html(within(next, rootKey, inner))(next)
  }
}) as Render
