/**
 * Sessions in the cookie itself, signed or encrypted, in the very format of Phoenix (Plug.Session.COOKIE): an app in
 * Phoenix and one in Plugboard with the same secret and salts share their users' sessions.
 */
import { getCookieMemo } from '../../../lib/conn/fetch.js'
import { isCanonical } from '../../../lib/crypto/base64url.js'
import * as messageEncryptor from '../../../lib/crypto/message-encryptor.js'
import * as messageVerifier from '../../../lib/crypto/message-verifier.js'
import { from, type IterableEffect } from '../../../lib/effect.js'
import { right, isSome } from '../../../lib/fp.js'
import { checkOptions, flag, type Rules } from '../../../lib/options.js'
import { cookieKeys, keyRules, type CookieKeyOptions, type CookieKeys } from './cookie-keys.js'
import { stamped, unexpired } from './issued-at.js'
import { codec, isSerializer, type Serializer } from './serializer.js'
import type { SessionWrite, Store, StoreContext, Stored, StoreSession } from '../store.js'

/** Options of {@link cookieStore}. */
export interface CookieStoreOptions extends CookieKeyOptions {
  /** How sessions are written: in Erlang's term format, as JSON, or as one says. Default `'term'`. */
  readonly serializer?: 'term' | 'json' | Serializer
  /**
   * Older sets of salts, key options and secrets, tried in order for cookies that the store's own keys do not open. What
   * is written is written with the store's own. A set without a secret of its own takes the endpoint's, or where that has
   * none the store's. (In Plug each set must carry its secret.)
   */
  readonly rotatingOptions?: readonly CookieKeyOptions[]
  /**
   * Whether a cookie holds when it was written, and counts for no longer than `session({ ttl })` or else its `maxAge`: one
   * that is older, that comes from the future, or that does not say is an empty session. The time begins anew with each
   * write. Turning it on ends all sessions that there are. Default false: as in Plug, where a cookie counts until the secret
   * or the salts change.
   */
  readonly issuedAt?: boolean
  /**
   * Called for each cookie that no keys open, and gives the effect (an fp-ts `IO`) that tells of it, which must not throw.
   * Default: nobody is told.
   */
  readonly log?: false | ((message: string) => () => void)
}

/** A store that keeps sessions in their cookies: only its `get` may return an effect, with the option `log`. */
export interface CookieStore extends Store {
  readonly get: (
    cookie: string,
    session: StoreSession,
    context: StoreContext,
  ) => Stored | undefined | IterableEffect<undefined>
  readonly apply: (
    id: string | undefined,
    write: SessionWrite,
    session: StoreSession,
    context: StoreContext,
  ) => string
  readonly delete: () => undefined
}

const open = (cookie: string, { sign, seal }: CookieKeys): Uint8Array | undefined => {
  const message =
    seal === undefined ? messageVerifier.verify(cookie, sign) : messageEncryptor.decrypt(cookie, seal, sign)
  return isSome(message) ? message.value : undefined
}

const nothing = right(undefined)

const rules: Rules = {
  ...keyRules,
  serializer: { must: "'term', 'json' or { encode, decode }", ok: isSerializer },
  rotatingOptions: { must: 'an array of sets of options', ok: Array.isArray },
  issuedAt: flag,
  log: {
    must: 'false or a function that returns an effect',
    ok: log => log === false || typeof log === 'function',
  },
}

/**
 * Keeps sessions in their cookies: nothing on the server, about 4,000 bytes at most, and no way to take one back before
 * the secret or the salts change or, with `issuedAt`, its time is over. A cookie that was not made with these keys, that
 * anything was changed in, or that holds no map is an empty session.
 *
 * @throws TypeError that names the option; one about `secretKeyBase`, when the endpoint has none or too short a one, comes
 * when the app is served, and in a test with the first cookie that is read or written.
 * @example
 * import { pipeline } from 'plugboard'
 * import { cookieStore, fetchSession, session } from 'plugboard/plugs'
 * const store = cookieStore({ signingSalt: 'a salt', encryptionSalt: 'another' })
 * const sessions = pipeline(session({ store, key: '_app_key' }), fetchSession)
 */
export const cookieStore = (given: CookieStoreOptions): CookieStore => {
  checkOptions('cookieStore', given, rules)
  const { serializer = 'term', rotatingOptions = [], issuedAt = false, log = false } = given
  const current = cookieKeys(given, 'cookieStore', [32])
  const older = rotatingOptions.map((set, i) => {
    const place = `cookieStore: rotatingOptions[${i}]`
    checkOptions(place, set, rules)
    // Cookies of Plug's first version may have been encrypted with shorter keys.
    return cookieKeys(set, place, [16, 24, 32])
  })
  const { read, write } = codec(serializer)

  const payloadOf = (cookie: string, context: StoreContext): Uint8Array | undefined => {
    const secret = context.secretKeyBase
    const memo = getCookieMemo(context)
    // The keys belong to this store and this secret, and so stand for the older sets too.
    const known = memo?.has(cookie) ? memo.get(cookie, current(secret)) : undefined
    if (known !== undefined) return known
    // Plug reads other spellings of the same bytes too, and writes none: whoever changes a cookie in any way loses it.
    if (!isCanonical(cookie)) return undefined
    let payload = open(cookie, current(secret))
    for (let i = 0; payload === undefined && i < older.length; i++)
      payload = open(cookie, (older[i] as typeof current)(secret ?? given.secretKeyBase))
    if (payload !== undefined) memo?.put(cookie, current(secret), payload)
    return payload
  }

  return {
    pure: log === false,
    tellsAge: issuedAt,
    checkAtBoot: ({ secretKeyBase, encrypts }) => {
      if (current(secretKeyBase).seal !== undefined) encrypts?.()
      for (const keys of older) keys(secretKeyBase ?? given.secretKeyBase)
    },
    checkSession: ({ ttl }) => {
      if (issuedAt && ttl === undefined)
        throw new TypeError(
          'cookieStore: issuedAt needs the ttl or the maxAge of session(): give one of them',
        )
    },
    get: (cookie, { name, ttl }, context) => {
      const payload = payloadOf(cookie, context)
      if (payload !== undefined) {
        if (!issuedAt) return { id: 'cookie', entries: read(payload) }
        const held = unexpired(read(payload), ttl, context.now)
        return held && { id: 'cookie', entries: held.entries, age: held.age }
      }
      if (log === false) return undefined
      const tell = log(`the cookie of the session "${name}" does not verify`)
      return from(() => {
        tell()
        return nothing
      })
    },
    apply: (_id, { entries }, { name }, context) => {
      const { sign, seal } = current(context.secretKeyBase)
      const payload = write(issuedAt ? stamped(entries, context.now) : entries)
      if (seal === undefined) return messageVerifier.sign(payload, sign)
      const entropy = context.entropy(`plugboardSession:${name}`, 24)
      return messageEncryptor.encrypt(payload, seal, sign, { entropy })
    },
    delete: () => undefined,
  }
}
