/** The options of `authentication`: checked when the app is put together. */
import { checkCookie } from '../../lib/conn/cookies.js'
import { isLocalPath } from '../../lib/http/uri.js'
import { isRecord } from '../../lib/is-record.js'
import {
  checkOptions,
  isObject,
  isText,
  seconds,
  string,
  strings,
  type Rule,
  type Rules,
} from '../../lib/options.js'
import type { TokenStore } from './token-store.js'

/** What people are told in the flash, by what happened. */
export interface AuthMessages {
  /** `requireAuthenticatedUser` sent them to log in. Default Phoenix's `'You must log in to access this page.'` */
  readonly unauthenticated: string
  /** `requireSudoMode` did. Default Phoenix's `'You must re-authenticate to access this page.'` */
  readonly sudo: string
  /** `validateSessionAge` did. Default `'Your session has expired. Please log in again.'` */
  readonly expired: string
  /** Default `'Logged out successfully.'` */
  readonly loggedOut: string
  /** Default `'You are logged out everywhere.'` */
  readonly loggedOutEverywhere: string
}

/** Options of `authentication`. Ages are in seconds; a day has 86,400. */
export interface AuthOptions<User, Needs> {
  /**
   * Where tokens are kept: a {@link TokenStore}, or a function that finds it on the conn, in its assigns say. What that
   * function needs of a conn, the plugs need too.
   */
  readonly tokens: TokenStore<User> | ((conn: Needs) => TokenStore<User>)
  /** Where one logs in. Default `'/log-in'`. */
  readonly logInPath?: string
  /** Where one proves again who one is, for `requireSudoMode`. Default: `logInPath`. */
  readonly sudoPath?: string
  /** Where a log-in leads, unless another page was asked for. Default `'/'`. */
  readonly signedInPath?: string
  /** Where a log-out leads. Default `'/'`. */
  readonly loggedOutPath?: string
  /** How long a token is good for, and the cookie that remembers it. Default 14 days. */
  readonly maxAge?: number
  /** The age at which a token is replaced by a new one, so that who keeps coming stays logged in. Default 7 days. */
  readonly reissueAge?: number
  /** How long after a log-in `validateSessionAge` ends a session, whatever happened since. Default 7 days. */
  readonly sessionAge?: number
  /** The same for those who asked to be remembered, whom no cookie logs in again after that. Default 60 days. */
  readonly rememberedAge?: number
  /** How long after a log-in `requireSudoMode` is content. Default 10 minutes. */
  readonly sudoAge?: number
  /**
   * The name of the cookie that remembers a log-in. It has the attributes of the session's cookie, and is hidden from
   * scripts. Default `'_user_remember_me'`.
   */
  readonly rememberMeCookie?: string
  /** Keys of the session that a log-in keeps, such as `'theme'`: what is known before it, and worth nothing to a thief. */
  readonly keep?: readonly string[]
  /** Other words for the flash; or false for none at all, and then no flash is needed. */
  readonly messages?: Partial<AuthMessages> | false
}

export const defaultMessages: AuthMessages = {
  unauthenticated: 'You must log in to access this page.',
  sudo: 'You must re-authenticate to access this page.',
  expired: 'Your session has expired. Please log in again.',
  loggedOut: 'Logged out successfully.',
  loggedOutEverywhere: 'You are logged out everywhere.',
}

const methods: readonly (keyof TokenStore<never>)[] = [
  'insert',
  'find',
  'delete',
  'deleteAll',
  'deleteExpired',
]

const isStore = (tokens: unknown): boolean =>
  isObject(tokens) && methods.every(name => typeof tokens[name] === 'function')

const path: Rule = {
  must: 'a path of this site, such as "/log-in"',
  ok: value => typeof value === 'string' && isLocalPath(value),
}

const rules: Rules = {
  tokens: {
    must: 'a store of tokens, such as sqlTokenStore(…), or a function from a conn to one',
    ok: tokens => typeof tokens === 'function' || isStore(tokens),
    required: true,
  },
  logInPath: path,
  sudoPath: path,
  signedInPath: path,
  loggedOutPath: path,
  maxAge: seconds,
  reissueAge: seconds,
  sessionAge: seconds,
  rememberedAge: seconds,
  sudoAge: seconds,
  rememberMeCookie: string,
  keep: strings,
  messages: {
    must: `false or an object of strings, under ${Object.keys(defaultMessages).join(', ')}`,
    ok: messages =>
      messages === false ||
      (isRecord(messages) &&
        Object.entries(messages).every(
          ([name, text]) => Object.hasOwn(defaultMessages, name) && isText(text),
        )),
  },
}

/** Throws a TypeError that names the option which is wrong. */
export const checkAuthOptions = (options: unknown): void => {
  checkOptions('authentication', options, rules)
  const { rememberMeCookie: name } = options as { readonly rememberMeCookie?: string }
  if (name !== undefined) checkCookie('authentication: rememberMeCookie', name, {})
}
