/** The front page, the settings, the session in development, and the page for an unknown address. */
import { pipe, putStatus, redirect, type Conn, type Responded } from 'plugboard'
import { deleteSession, getSession, putFlash, putSession, render, withCsrfToken } from 'plugboard/plugs'
import type { Handler } from 'plugboard/router'
import { readTheme } from '../forms.js'
import { path } from '../links.js'
import type { Browser } from '../pipelines.js'
import * as views from '../views/pages.js'
import { latest } from '../views/snippets.js'

export const home: Handler<Browser> = function* (conn) {
  const snippets = yield* conn.assigns.repository.latestSnippets(10)
  return render(latest, { snippets })(conn)
}

export const settings: Handler<Browser> = conn =>
  pipe(conn, withCsrfToken, render(views.settings, { title: 'Settings' }))

export const updateSettings: Handler<Browser> = conn => {
  const theme = readTheme(conn.bodyParams['theme'])
  return pipe(
    conn,
    theme === '' ? deleteSession('theme') : putSession('theme', theme),
    putFlash('info', theme === '' ? 'Theme cleared.' : 'Theme saved.'),
    redirect(path('/settings')),
  )
}

/** The whole session, in development only. In other modes the page does not exist. */
export const session: Handler<Browser> = conn =>
  conn.assigns.mode === 'development'
    ? render(views.session, { title: 'Session', session: getSession()(conn) })(conn)
    : notFound(conn)

export const notFound = (conn: Browser): Conn & Responded =>
  pipe(
    conn,
    putStatus('notFound'),
    render(views.problem, { title: 'Page not found', message: 'There is nothing at this address.' }),
  )
