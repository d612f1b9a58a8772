/** Authentication: the plugs of `plugboard/auth`, configured for Snippetbox. */
import type { Conn } from 'plugboard'
import { authentication } from 'plugboard/auth'
import { tokenAge } from './data/tokens.js'
import type { WithServices } from './services.js'

const day = 24 * 60 * 60

/** How long a login lasts, in seconds, unless the user chose to stay logged in. */
export const sessionAge = 7 * day

export const auth = authentication({
  tokens: (conn: Conn & WithServices) => conn.assigns.tokens,
  logInPath: '/login',
  sudoPath: '/account/confirm',
  maxAge: tokenAge,
  sessionAge,
  rememberedAge: 180 * day,
  rememberMeCookie: '_snippetbox_remember_me',
  keep: ['theme'],
})
