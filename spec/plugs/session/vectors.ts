/**
 * The cases that the real Plug answered, for the specs of sessions: their options as ours, and their requests as conns.
 */
import { readFileSync } from 'node:fs'
import type { Conn } from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'
import { cookieStore, type CookieStoreOptions, type SessionOptions } from '../../../plugs/session/index.js'
import { toTerm, type Case, type Json } from '../../lib/crypto/vectors.js'

export { shown, toTerm, type Case, type Json } from '../../lib/crypto/vectors.js'

/** The whole file. */
export const fixture: { readonly [list: string]: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../../../../spec/fixtures/sessions.json', import.meta.url), 'utf8'),
)

/** The cases of one list. */
export const cases = (name: string): readonly Case[] => fixture[name] as readonly Case[]

const ofStore: Readonly<Record<string, string>> = {
  signing_salt: 'signingSalt',
  encryption_salt: 'encryptionSalt',
  secret_key_base: 'secretKeyBase',
  key_iterations: 'keyIterations',
  key_length: 'keyLength',
  key_digest: 'keyDigest',
  rotating_options: 'rotatingOptions',
  serializer: 'serializer',
  log: 'log',
}
const ofSession: Readonly<Record<string, string>> = {
  key: 'key',
  domain: 'domain',
  path: 'path',
  secure: 'secure',
  extra: 'extra',
  max_age: 'maxAge',
  http_only: 'httpOnly',
  same_site: 'sameSite',
}

type Fields = { readonly [option: string]: Json }
type Pairs = readonly (readonly [Json, Json])[]

const pairsOf = (options: Fields): Pairs => (options['$map'] as Pairs | undefined) ?? Object.entries(options)

/** Text for an atom, and for a salt that a function gives what it gives. */
const plain = (value: Json): Json => {
  const { $atom, resolved } = (value ?? {}) as Fields
  return $atom ?? resolved ?? value
}

const optionsOf = (options: Fields, names: Readonly<Record<string, string>>): Record<string, unknown> => {
  const found: Record<string, unknown> = {}
  for (const [key, value] of pairsOf(options)) {
    const name = names[String(plain(key))]
    if (name === 'rotatingOptions')
      found[name] = (value as readonly Fields[]).map(set => optionsOf(set, ofStore))
    else if (name !== undefined) found[name] = plain(value)
  }
  return found
}

/** A case's options. Plug leaves SameSite out unless it is told otherwise; so must we, to compare. */
export const options = (each: Case, changed: Partial<CookieStoreOptions> = {}): SessionOptions => {
  const given = each['options'] as Fields
  const store = pairsOf(given).find(([key]) => plain(key) === 'store')?.[1]
  return {
    store:
      store === undefined || plain(store) === 'cookie'
        ? cookieStore({ ...optionsOf(given, ofStore), ...changed } as unknown as CookieStoreOptions)
        : (plain(store) as never),
    ...('$map' in given ? {} : { key: String(each['key'] ?? '_my_app_session') }),
    sameSite: false,
    ...optionsOf(given, ofSession),
  } as SessionOptions
}

/** When the cases were made. */
const now = Date.UTC(2026, 10, 23, 13, 5, 56)

/** A case's request. */
export const request = (each: Case): Conn => {
  const cookie = each['cookie_header']
  return conn('GET', '/', {
    secretKeyBase: (each['conn_secret_key_base'] ?? undefined) as string | undefined,
    headers: typeof cookie === 'string' && cookie !== '' ? { cookie } : {},
    now,
  })
}

/** The session that a case expects, or undefined where Plug raises. */
export const expected = (each: Case): unknown => {
  const { session } = (each['expect'] ?? each['read_back']) as { readonly session?: Json }
  return session === undefined ? undefined : toTerm(session)
}
