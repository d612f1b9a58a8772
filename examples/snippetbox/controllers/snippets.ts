/** Snippets: everyone can read them, only their authors can change them. */
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import {
  ensure,
  gen,
  orFail,
  pipe,
  putStatus,
  redirect,
  type Conn,
  type Params,
  type Responded,
} from 'plugboard'
import { putFlash, render, withCsrfToken } from 'plugboard/plugs'
import { int, type Actions, type Codec, type Handler } from 'plugboard/router'
import type { Snippet } from '../data/repository.js'
import { noSuchSnippet, notYours } from '../failures.js'
import { emptySnippet, readSnippet, snippetForm, type SnippetForm } from '../forms.js'
import { path } from '../links.js'
import type { Authenticated, Browser } from '../pipelines.js'
import * as views from '../views/snippets.js'

const perPage = 10

/** The parameter `id`, which the router has decoded. */
type Id = { readonly id: number }
type Options = { readonly codec: Codec<number> }

// --- for everyone

/** The page number of the query; 1 if it is not an integer. */
const pageOf = (conn: Browser): number => {
  const page = int.decode(conn.queryParams['page'])
  return isRight(page) ? page.right : 1
}

const index: Handler<Browser> = function* (conn) {
  const page = yield* conn.assigns.repository.pageOfSnippets(pageOf(conn), perPage)
  return render(views.index, { title: 'Snippets', page })(conn)
}

/** The snippet of the path. */
const findSnippet = (conn: Browser & Params<Id>) =>
  gen(function* findSnippet() {
    const snippet = yield* conn.assigns.repository.snippet(conn.params.id)
    return yield* orFail(snippet, noSuchSnippet)
  })

const show: Handler<Browser, Id> = function* (conn) {
  const snippet = yield* findSnippet(conn)
  return render(views.show, { title: snippet.title, snippet })(conn)
}

export const snippets = { index, show } satisfies Partial<Actions<Browser, '/snippets', Options>>

// --- for logged-in users

const newPage =
  (form: SnippetForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.create, { title: 'New snippet', form }))

const showSnippet =
  ({ id }: Snippet, message: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, putFlash('info', message), redirect(path('/snippets/:id', { id })))

const create: Handler<Authenticated> = function* (conn) {
  const input = readSnippet(conn.bodyParams)
  if (isLeft(input)) return pipe(conn, putStatus('unprocessableEntity'), newPage(input.left))
  const { repository, currentUser } = conn.assigns
  const snippet = yield* repository.createSnippet(currentUser.id, input.right, conn.now)
  return showSnippet(snippet, 'Snippet created.')(conn)
}

// --- for the author

const editPage =
  (id: number, form: SnippetForm) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, withCsrfToken, render(views.edit, { title: 'Edit snippet', id, form }))

/** The snippet of the path, which must be the current user's. */
const findOwnSnippet = (conn: Authenticated & Params<Id>) =>
  gen(function* findOwnSnippet() {
    const snippet = yield* findSnippet(conn)
    yield* ensure(conn, snippet.userId === conn.assigns.currentUser.id, notYours)
    return snippet
  })

const edit: Handler<Authenticated, Id> = function* (conn) {
  const snippet = yield* findOwnSnippet(conn)
  return editPage(snippet.id, snippetForm(snippet))(conn)
}

const update: Handler<Authenticated, Id> = function* (conn) {
  const { id, userId } = yield* findOwnSnippet(conn)
  const input = readSnippet(conn.bodyParams)
  if (isLeft(input)) return pipe(conn, putStatus('unprocessableEntity'), editPage(id, input.left))
  const updated = yield* conn.assigns.repository.updateSnippet(id, userId, input.right, conn.now)
  const snippet = yield* orFail(updated, noSuchSnippet)
  return showSnippet(snippet, 'Snippet updated.')(conn)
}

const remove: Handler<Authenticated, Id> = function* (conn) {
  const { id, userId } = yield* findOwnSnippet(conn)
  yield* conn.assigns.repository.deleteSnippet(id, userId)
  return pipe(conn, putFlash('info', 'Snippet deleted.'), redirect(path('/snippets')))
}

export const ownSnippets = {
  new: newPage(emptySnippet),
  create,
  edit,
  update,
  delete: remove,
} satisfies Partial<Actions<Authenticated, '/snippets', Options>>
