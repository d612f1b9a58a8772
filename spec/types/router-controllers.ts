/** Controllers in a module of their own that link to the routes they answer for: each says its type. */
import { pipe, putStatus, redirect, text, type Assigned, type Conn, type Responded } from '../../lib/index.js'
import type { Actions, Handler } from '../../router/index.js'
import type { Browser, User } from './plugs.js'
import { putFlash } from './plugs.js'
import { app } from './router-app.js'

export type SignedIn = Browser & Assigned<{ readonly currentUser: User }>

export const show: Handler<SignedIn, 'id'> = conn =>
  redirect(app.path('/snippets/:id/edit', { id: conn.params.id }))(conn)

/** With a codec on the route, the parameter has its type. */
export const page: Handler<Conn, { readonly number: number }> = conn =>
  redirect(app.path('/page/:number', { number: conn.params.number + 1 }))(conn)

/** A controller as a record, checked whole. */
export const snippets = {
  index: conn => text(conn.assigns.currentUser.name)(conn),
  show,
  create: (conn): Responded => pipe(conn, putFlash('info', 'Saved'), redirect(app.path('/snippets'))),
  edit: (conn): Responded => text(app.path('/snippets/:id', { id: conn.params.id }))(conn),
} satisfies Partial<Actions<SignedIn, '/snippets'>>

/** A handler for any scope. */
export const notFound = (conn: Conn) => pipe(conn, putStatus(404), text('nothing here'))
