/** Snippets: all may read them, their owners write them. */
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import {
  effect,
  pipe,
  putStatus,
  redirect,
  type Conn,
  type Effect,
  type Params,
  type Responded,
} from 'plugboard'
import { putFlash, render, withCsrfToken } from 'plugboard/plugs'
import { int, type Actions, type Codec, type Handler } from 'plugboard/router'
import type { Snippet } from '../data/repository.js'
import { emptySnippet, readSnippet, snippetForm, type SnippetForm } from '../forms.js'
import type { Authenticated, Browser } from '../pipelines.js'
import { app } from '../router.js'
import * as views from '../views/snippets.js'
import { notFound, problem } from './pages.js'

const perPage = 10

/** The parameter `id`, which the router has decoded. */
type Id = { readonly id: number }
type Options = { readonly codec: Codec<number> }

// --- for all

/** The page that the query asks for: 1 unless it is a whole number. */
const pageOf = (conn: Browser): number => {
  const page = int.decode(conn.queryParams['page'])
  return isRight(page) ? page.right : 1
}

const index: Handler<Browser> = conn =>
  pipe(
    conn.assigns.services.repository.pageOfSnippets(pageOf(conn), perPage),
    effect.map(page => render(views.index, { title: 'Snippets', page })(conn)),
  )

/** Responds with the snippet of the path, or says that there is none. */
const withSnippet = (
  conn: Browser & Params<Id>,
  respond: (snippet: Snippet) => Effect<Conn & Responded>,
): Effect<Conn & Responded> =>
  pipe(
    conn.assigns.services.repository.snippet(conn.params.id),
    effect.chain(snippet => (snippet === null ? effect.of(notFound(conn)) : respond(snippet))),
  )

const show: Handler<Browser, Id> = conn =>
  withSnippet(conn, snippet => effect.of(render(views.show, { title: snippet.title, snippet })(conn)))

export const snippets = { index, show } satisfies Partial<Actions<Browser, '/snippets', Options>>

// --- for those who are logged in

const newPage =
  (form: SnippetForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.create, { title: 'New snippet', form }))

const showSnippet =
  ({ id }: Snippet, message: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, putFlash('info', message), redirect(app.path('/snippets/:id', { id })))

const create: Handler<Authenticated> = conn => {
  const input = readSnippet(conn.bodyParams)
  if (isLeft(input)) return pipe(conn, putStatus('unprocessableEntity'), newPage(input.left))
  const { services, currentUser } = conn.assigns
  return pipe(
    services.repository.createSnippet(currentUser.id, input.right, conn.now),
    effect.map(snippet => showSnippet(snippet, 'Snippet created.')(conn)),
  )
}

// --- for those who wrote them

const editPage =
  (id: number, form: SnippetForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.edit, { title: 'Edit snippet', id, form }))

const notYours = problem(403, 'Not yours', 'Only the one who wrote a snippet can change it.')

/** Responds with the snippet of the path if it is the current user's, or says why not. */
const withOwnSnippet = (
  conn: Authenticated & Params<Id>,
  respond: (snippet: Snippet) => Effect<Conn & Responded>,
): Effect<Conn & Responded> =>
  withSnippet(conn, snippet =>
    snippet.userId === conn.assigns.currentUser.id ? respond(snippet) : effect.of(notYours(conn)),
  )

const edit: Handler<Authenticated, Id> = conn =>
  withOwnSnippet(conn, snippet => effect.of(editPage(snippet.id, snippetForm(snippet))(conn)))

const update: Handler<Authenticated, Id> = conn =>
  withOwnSnippet(conn, ({ id, userId }) => {
    const input = readSnippet(conn.bodyParams)
    if (isLeft(input))
      return effect.of(pipe(conn, putStatus('unprocessableEntity'), editPage(id, input.left)))
    return pipe(
      conn.assigns.services.repository.updateSnippet(id, userId, input.right, conn.now),
      effect.map(changed =>
        changed === null ? notFound(conn) : showSnippet(changed, 'Snippet updated.')(conn),
      ),
    )
  })

const remove: Handler<Authenticated, Id> = conn =>
  withOwnSnippet(conn, ({ id, userId }) =>
    pipe(
      conn.assigns.services.repository.deleteSnippet(id, userId),
      effect.map(() => pipe(conn, putFlash('info', 'Snippet deleted.'), redirect(app.path('/snippets')))),
    ),
  )

export const ownSnippets = {
  new: newPage(emptySnippet),
  create,
  edit,
  update,
  delete: remove,
} satisfies Partial<Actions<Authenticated, '/snippets', Options>>
