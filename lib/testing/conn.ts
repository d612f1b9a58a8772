/** Conns for tests: a request as a value, frozen to the bottom, with seeded entropy and a clock that is a number. */
import type { Body, BodyLimits, Conn, Session } from '../conn.js'
import { raise } from '../conn/raise.js'
import { ConnRecord, putEntry, type RequestSource } from '../conn/record.js'
import { badRequest, requestTooLarge, type PlugError } from '../error.js'
import { left, right } from '../fp.js'
import { headerList } from '../http/headers.js'
import { encodeQuery, type QueryValue } from '../http/query.js'
import { parseHost, splitPath } from '../http/uri.js'
import type { Effect } from '../effect.js'
import { deepFreeze } from './deep-freeze.js'
import { seededEntropy } from './entropy.js'

/** Freezes a session: its changes, and the values that it decodes when they are read. */
const freezeSession = (session: Session): void => {
  if (Object.isFrozen(session)) return
  Object.freeze(session)
  deepFreeze(session.changes)
  deepFreeze(session.data)
}

/** Freezes a conn to the bottom: all that it holds, and what its lazy fields give. */
const freezeConn = (made: Conn): void => {
  for (const value of ConnRecord.valuesOf(made)) deepFreeze(value)
  deepFreeze(made.body)
  for (const session of Object.values(made.sessions as Readonly<Record<string, Session>>))
    freezeSession(session)
  Object.freeze(made)
}

/** What a test request may hold. */
export interface ConnOptions {
  /** Header names and values; a list of values sends the header so many times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** The Cookie header, by name. */
  readonly cookies?: Readonly<Record<string, string>>
  /** A body as bytes or text, without a content type of its own; or one that reads as it says: {@link brokenBody}. */
  readonly body?: string | Uint8Array | Body
  /** A body as `application/x-www-form-urlencoded`. */
  readonly form?: { readonly [key: string]: QueryValue }
  /** A body as `application/json`. */
  readonly json?: unknown
  /** Sessions by name, as they are when they are fetched; one without a name of its own is `session`. */
  readonly session?: Readonly<Record<string, unknown>>
  /** The sessions of other names. */
  readonly sessions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Assigns that are there from the start. */
  readonly assigns?: Readonly<Record<string, unknown>>
  /** Milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly now?: number
  /** What the entropy is made of. Default `'plugboard'`. */
  readonly seed?: string
  /** Default `127.0.0.1`. */
  readonly remoteIp?: string
  /** The endpoint's `url`. Default: none. */
  readonly endpointUrl?: string
  /** Default: 64 bytes that are no secret. */
  readonly secretKeyBase?: string | undefined
  /** Default: one that never fires. */
  readonly signal?: AbortSignal
  /** Default `1.1`. */
  readonly httpVersion?: string
}

/** The secret of test conns that are given none. */
export const testSecretKeyBase = 'a secret for tests only, long enough for every key derived of it'

const encoder = new TextEncoder()
const defaultLength = 8_000_000

/**
 * A body that is there: its effects are synchronous, and it can be read again and again.
 *
 * @example
 * import { bodyOf } from 'plugboard/testing'
 * bodyOf(new Uint8Array(3)).bytes({ length: 2 })() // a Left: RequestTooLarge
 */
export const bodyOf = (bytes: Uint8Array): Body => {
  const excess = ({ length = defaultLength }: BodyLimits): PlugError | undefined =>
    bytes.length > length ? requestTooLarge(`the body is larger than ${length} bytes`) : undefined
  return {
    bytes:
      (limits = {}): Effect<Uint8Array> =>
      () => {
        const error = excess(limits)
        return error === undefined ? right(bytes) : left(error)
      },
    chunks: async function* chunks(limits = {}) {
      const error = excess(limits)
      if (error !== undefined) raise(error)
      if (bytes.length > 0) yield bytes
    },
  }
}

const cutOff = badRequest('the body ended before its time')

/**
 * A body whose reading fails: what a client that leaves half-way looks like.
 *
 * @example
 * import { brokenBody, conn } from 'plugboard/testing'
 * conn('POST', '/', { body: brokenBody }).body.bytes()() // a Left: BadRequest
 */
export const brokenBody: Body = Object.freeze({
  bytes: () => () => left(cutOff),
  // oxlint-disable-next-line require-yield
  chunks: async function* chunks() {
    raise(cutOff)
  },
})

const bodyAndType = (options: ConnOptions): readonly [body: Body, type: string | undefined] => {
  const { form, json, body = '' } = options
  if (form) return [bodyOf(encoder.encode(encodeQuery(form))), 'application/x-www-form-urlencoded']
  if ('json' in options) return [bodyOf(encoder.encode(JSON.stringify(json))), 'application/json']
  if (typeof body === 'string') return [bodyOf(encoder.encode(body)), undefined]
  return [body instanceof Uint8Array ? bodyOf(body) : body, undefined]
}

const headersOf = (options: ConnOptions, type: string | undefined): [string, string][] => {
  const headers: [string, string][] = []
  if (type !== undefined) headers.push(['content-type', type])
  for (const [name, values] of Object.entries(options.headers ?? {}))
    for (const value of typeof values === 'string' ? [values] : values) headers.push([name, value])
  const cookies = Object.entries(options.cookies ?? {})
  if (cookies.length > 0)
    headers.push(['cookie', cookies.map(([name, value]) => `${name}=${value}`).join('; ')])
  return headers
}

const absolute = /^(https?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i

/** The parts of a target: a path, or a URL of http or https. */
const partsOf = (
  target: string,
): Pick<RequestSource, 'scheme' | 'host' | 'port' | 'path' | 'segments' | 'queryString'> => {
  const url = absolute.exec(target.startsWith('/') ? `http://www.example.com${target}` : target)
  const [, protocol = '', authority = '', path, queryString = ''] = url ?? []
  const found = parseHost(authority)
  if (found === undefined)
    throw new TypeError('conn: the target must be a path that starts with "/", or a URL of http or https')
  const scheme = protocol.toLowerCase() === 'https' ? 'https' : 'http'
  const { host, port = scheme === 'https' ? 443 : 80 } = found
  return { scheme, host, port, path: path || '/', segments: splitPath(path || '/'), queryString }
}

/**
 * A conn for a test: the request of a method and a path or URL. It is frozen to the bottom, and so is every conn that is
 * made of it, so that a plug that mutates one throws.
 *
 * @example
 * import { conn } from 'plugboard/testing'
 * const c = conn('POST', 'https://example.com/login', { form: { email: 'ada@example.com' } })
 * c.scheme // => 'https'
 */
export const conn = (method: string, target: string, options: ConnOptions = {}): Conn => {
  const [body, type] = bodyAndType(options)
  const { scheme, host, port, path, segments, queryString } = partsOf(target)
  const source: RequestSource = {
    method: method.toUpperCase(),
    scheme,
    host,
    port,
    path,
    segments,
    scriptName: [],
    queryString,
    reqHeaders: headerList(headersOf(options, type)),
    remoteIp: options.remoteIp ?? '127.0.0.1',
    httpVersion: options.httpVersion ?? '1.1',
    body,
    now: options.now ?? Date.UTC(2026, 0, 1),
    entropy: seededEntropy(options.seed ?? 'plugboard'),
    signal: options.signal ?? new AbortController().signal,
    endpointUrl: options.endpointUrl,
    secretKeyBase: 'secretKeyBase' in options ? options.secretKeyBase : testSecretKeyBase,
    watch: freezeConn,
  }
  let made = ConnRecord.mergeAssigns(ConnRecord.of(source), Object.entries(options.assigns ?? {}))
  const sessions = { ...options.sessions, ...(options.session && { session: options.session }) }
  if (Object.keys(sessions).length > 0)
    made = ConnRecord.with(made, { private: putEntry(made.private, 'plugboardTestSessions', sessions) })
  return made
}
