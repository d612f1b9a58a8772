/** The front page, the settings, and what is shown where there is nothing to show. */
import { effect, pipe, putStatus, redirect, type Conn, type Responded } from 'plugboard'
import { deleteSession, getSession, putFlash, putSession, render, withCsrfToken } from 'plugboard/plugs'
import type { Handler } from 'plugboard/router'
import { readTheme } from '../forms.js'
import type { Browser } from '../pipelines.js'
import { app } from '../router.js'
import * as views from '../views/pages.js'
import { latest } from '../views/snippets.js'

export const home: Handler<Browser> = conn =>
  pipe(
    conn.assigns.services.repository.latestSnippets(10),
    effect.map(snippets => render(latest, { snippets })(conn)),
  )

export const settings: Handler<Browser> = conn =>
  pipe(conn, withCsrfToken, render(views.settings, { title: 'Settings' }))

export const updateSettings: Handler<Browser> = conn => {
  const theme = readTheme(conn.bodyParams['theme'])
  return pipe(
    conn,
    theme === '' ? deleteSession('theme') : putSession('theme', theme),
    putFlash('info', theme === '' ? 'Theme cleared.' : 'Theme saved.'),
    redirect(app.path('/settings')),
  )
}

/** The whole session, in development only: elsewhere there is no such page. */
export const session: Handler<Browser> = conn =>
  conn.assigns.services.mode === 'development'
    ? render(views.session, { title: 'Session', session: getSession()(conn) })(conn)
    : notFound(conn)

/** A page that says what went wrong. */
export const problem =
  (status: number, title: string, message: string) =>
  (conn: Browser): Conn & Responded =>
    pipe(conn, putStatus(status), render(views.problem, { title, message }))

export const notFound = problem(404, 'Page not found', 'There is nothing at this address.')
