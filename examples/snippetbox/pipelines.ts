/** The pipelines of the site: one for all pages, and those of the pages that require a login, or none. */
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

/** The theme is stored in the session, so it does not require an account. */
const fetchTheme = <C extends Conn & WithSession>(conn: C) =>
  assign('theme', readTheme(getSession('theme', '')(conn)))(conn)

/** Views receive only assigns, so the layout's flash is assigned. */
const assignFlash = <C extends Conn & WithFlash>(conn: C) => assign('flash', conn.flash)(conn)

/** The menu of logged-in users contains a form. Other pages request a token themselves, or set no cookie. */
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

/** For pages that require a user. */
export const authenticated = named('authenticated', pipeline.from<Browser>()(auth.requireAuthenticatedUser))
/** The conn of a page that requires a login: its user is not null. */
export type Authenticated = After<typeof authenticated>

/** For actions that must not be available on an unattended device. */
export const confirmed = named('confirmed', pipeline.from<Authenticated>()(auth.requireSudoMode))

/** For pages that are of no use to logged-in users. */
export const anonymous = named('anonymous', pipeline.from<Browser>()(auth.redirectIfAuthenticated))
