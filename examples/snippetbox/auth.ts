/** Who is asking: the kit of `plugboard/auth` as Snippetbox uses it. */
import type { Conn } from 'plugboard'
import { authentication } from 'plugboard/auth'
import { tokenAge } from './data/tokens.js'
import type { WithServices } from './services.js'

const day = 24 * 60 * 60

/** How long a log-in lasts, in seconds; after it one must log in again, unless one asked to be remembered. */
export const sessionAge = 7 * day

export const auth = authentication({
  tokens: (conn: Conn & WithServices) => conn.assigns.services.tokens,
  logInPath: '/login',
  sudoPath: '/account/confirm',
  maxAge: tokenAge,
  sessionAge,
  rememberedAge: 180 * day,
  rememberMeCookie: '_snippetbox_remember_me',
  keep: ['theme'],
})
