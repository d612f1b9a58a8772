/** The pipelines of the site: what its pages have in common, and what those behind the log-in need besides. */
import {
  assign,
  named,
  pipeline,
  type After,
  type Assigned,
  type Conn,
  type WithCsrf,
  type WithFlash,
  type WithSession,
} from 'plugboard'
import type { WithCurrentUser } from 'plugboard/auth'
import {
  accepts,
  fetchFlash,
  fetchSession,
  getSession,
  protectFromForgery,
  putRootLayout,
  withCsrfToken,
} from 'plugboard/plugs'
import { auth } from './auth.js'
import type { User } from './data/repository.js'
import type { AtRouter } from './endpoint.js'
import { readTheme } from './forms.js'
import { secureHeaders } from './secure-headers.js'
import { layout } from './views/layout.js'

/** The theme is a preference kept in the session, so that it needs no account. */
const fetchTheme = <C extends Conn & WithSession>(conn: C) =>
  assign('theme', readTheme(getSession('theme', '')(conn)))(conn)

/** Views see assigns alone, so what the layout shows is assigned. */
const assignFlash = <C extends Conn & WithFlash>(conn: C) => assign('flash', conn.flash)(conn)

/** The menu of those who are logged in holds a form; other pages ask for a token themselves, or set no cookie. */
const protectMenu = <C extends Conn & WithCsrf & WithCurrentUser<User>>(
  conn: C,
): C | (C & Assigned<{ readonly csrfToken: string }>) =>
  conn.assigns.currentUser === null ? conn : withCsrfToken(conn)

export const browser = named(
  'browser',
  pipeline.from<AtRouter>()(
    accepts(['html']),
    fetchSession,
    fetchFlash,
    putRootLayout(layout),
    protectFromForgery,
    secureHeaders,
    auth.validateSessionAge,
    auth.fetchCurrentUser,
    fetchTheme,
    assignFlash,
    protectMenu,
  ),
)
/** The conn of every page. */
export type Browser = After<typeof browser>

/** For pages that need a user. */
export const authenticated = named('authenticated', pipeline.from<Browser>()(auth.requireAuthenticatedUser))
/** The conn of a page behind the log-in: its user is there. */
export type Authenticated = After<typeof authenticated>

/** For what one should not be able to do on a machine that somebody left alone. */
export const confirmed = named('confirmed', pipeline.from<Authenticated>()(auth.requireSudoMode))

/** For pages that make no sense to those who are logged in. */
export const anonymous = named('anonymous', pipeline.from<Browser>()(auth.redirectIfAuthenticated))
