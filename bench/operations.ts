/**
 * The operations that `micro.ts` measures: what a request is made of, each by itself, without HTTP. Each says what it must
 * give, so that nothing is measured that does not work.
 */
import {
  assign,
  pipeline,
  putRespHeader,
  putStatus,
  text,
  type AnyPlug,
  type Conn,
  type WithSession,
} from '../lib/index.js'
import { ConnRecord } from '../lib/conn/record.js'
import { blankState } from '../lib/conn/request-state.js'
import type { Source } from '../lib/conn/source.js'
import { nodeCipher, type Cipher } from '../lib/crypto/cipher.js'
import { decode, encode, type Term } from '../lib/crypto/term-format.js'
import { sodiumCipher } from '../lib/adapters/node/server/sodium.js'
import { decodeCookies, encodeCookie } from '../lib/http/cookies.js'
import { headerList, noHeaders } from '../lib/http/headers.js'
import { decodeQuery } from '../lib/http/query.js'
import { run } from '../lib/testing/index.js'
import { maskedToken, stateOf, validStateAndCsrfToken } from '../plugs/csrf-token.js'
import { cookieStore, fetchSession, getSession, putSession, session } from '../plugs/index.js'
import { matcherOf } from './matcher.js'
import { patternsOf, tableOf } from './routes.js'

/** One operation. */
export interface Operation {
  readonly name: string
  /** Does it once. `turn` counts, for those that do not want the same input each time. */
  readonly work: (turn: number) => unknown
  /** What its result holds, as plain data. Default: the result. */
  readonly shows?: (result: never) => unknown
  /** What `shows` must give at turn 0. */
  readonly expected: unknown
}

const secretKeyBase = 'a secret of at least sixty-four bytes, which is a secret to nobody at all'

// An adapter of ours keeps the runner's notes on its own request, as this source does.
const source: Source = {
  method: 'GET',
  scheme: 'http',
  host: 'localhost',
  port: 4000,
  path: '/',
  segments: [],
  scriptName: [],
  queryString: '',
  reqHeaders: noHeaders,
  remoteIp: '127.0.0.1',
  httpVersion: '1.1',
  body: { bytes: () => () => ({ _tag: 'Right', right: new Uint8Array() }), chunks: () => ({}) as never },
  now: 0,
  entropy: (_, length) => new Uint8Array(length),
  signal: new AbortController().signal,
  draining: new AbortController().signal,
  endpointUrl: undefined,
  secretKeyBase,
  observer: undefined,
  watch: undefined,
  state: blankState(),
}

const blank = ConnRecord.of(source)

const statusOf = (conn: Conn): unknown => conn.status
const headerOf = (name: string) => (conn: Conn) => conn.respHeaders.get(name)

const updates: readonly Operation[] = [
  { name: 'conn update: status', work: () => status(blank), shows: statusOf, expected: 201 },
  { name: 'conn update: header', work: () => header(blank), shows: headerOf('x-a'), expected: 'b' },
  {
    name: 'conn update: assign',
    work: () => anAssign(blank),
    shows: (conn: Conn) => conn.assigns,
    expected: { a: 1 },
  },
  { name: 'conn update: text', work: () => hello(blank), shows: (c: Conn) => c.respBody, expected: 'hello' },
]
const status = putStatus(201)
const header = putRespHeader('x-a', 'b')
const anAssign = assign('a', 1)
const hello = text('hello')

const pipelineOf = (plugs: readonly unknown[]): AnyPlug => pipeline(...(plugs as never[])) as AnyPlug
const repeat = (times: number, plug: (i: number) => unknown): readonly unknown[] =>
  Array.from({ length: times }, (_, i) => plug(i))

/** Plugs that do nothing, each a function of its own, as the plugs of an app are. */
const idle = (length: number): Operation => {
  const plug = pipelineOf(repeat(length, () => (conn: Conn) => conn))
  const unchanged = (conn: Conn): boolean => conn === blank
  return { name: `pipeline of ${length}`, work: () => plug(blank), shows: unchanged, expected: true }
}

const twelve = pipelineOf(repeat(12, i => putStatus(200 + i)))
const ten = pipelineOf([
  ...repeat(10, i => assign(`k${i}`, i)),
  ...repeat(10, i => putRespHeader(`x-${i}`, 'v')),
  hello,
])
const pipelines: readonly Operation[] = [
  ...[1, 5, 20, 50].map(idle),
  { name: 'pipeline of 12 updates', work: () => twelve(blank), shows: statusOf, expected: 211 },
  {
    name: 'ten assigns, ten headers, text',
    work: () => ten(blank),
    shows: headerOf('x-9'),
    expected: 'v',
  },
]

/** Lookups among 200 routes, of paths that differ from one turn to the next. */
const lookups = (): readonly Operation[] => {
  const table = tableOf(200)
  const matcher = matcherOf(table)
  type Found = ReturnType<typeof matcher.find>
  return Object.entries(patternsOf(table)).map(([kind, patterns]) => {
    const paths = patterns.map(pattern => pattern.replace(/:\w+/g, '1001'))
    const at = table.findIndex(({ method, pattern }) => method === 'GET' && pattern === patterns[0])
    return {
      name: `router, 200 routes: ${kind}`,
      work: turn => matcher.find('GET', 'localhost', paths[turn % paths.length] as string),
      shows: (found: Found) => (typeof found === 'string' ? found : found.route.index),
      expected: kind === 'missing' ? 'none' : at,
    }
  })
}

const cookieHeader = ['_app_key=SFMyNTY.g3QAAAABbQAAAAR1c2Vy; theme=dark; seen=2026-01-01; lang=en']
const cookie = {
  value: 'SFMyNTY.g3QAAAABbQAAAAR1c2Vy',
  path: '/',
  httpOnly: true,
  sameSite: 'Lax',
  maxAge: 3600,
} as const
const query = 'page=2&per_page=50&sort=name&filter%5Bstatus%5D=open&filter%5Btags%5D%5B%5D=a&q=two+words'

const texts: readonly Operation[] = [
  {
    name: 'cookies: parse four',
    work: () => decodeCookies(cookieHeader),
    shows: (cookies: object) => ({ ...cookies }),
    expected: { _app_key: 'SFMyNTY.g3QAAAABbQAAAAR1c2Vy', theme: 'dark', seen: '2026-01-01', lang: 'en' },
  },
  {
    name: 'cookies: encode one',
    work: () => encodeCookie('_app_key', cookie, 0),
    expected:
      '_app_key=SFMyNTY.g3QAAAABbQAAAAR1c2Vy; path=/; expires=Thu, 01 Jan 1970 01:00:00 GMT; max-age=3600; HttpOnly; SameSite=Lax',
  },
  {
    name: 'query: parse six',
    work: () => decodeQuery(query),
    shows: (result: ReturnType<typeof decodeQuery>) => JSON.parse(JSON.stringify(result)),
    expected: {
      _tag: 'Right',
      right: {
        page: '2',
        per_page: '50',
        sort: 'name',
        filter: { status: 'open', tags: ['a'] },
        q: 'two words',
      },
    },
  },
]

const message = Buffer.from('m'.repeat(120))
const aad = Buffer.from('A128GCM')
const key = Buffer.alloc(32, 1)
const nonce = Buffer.alloc(24, 2)

const sealing = (name: string, cipher: Cipher): readonly Operation[] => {
  const sealed = cipher.seal(message, aad, key, nonce)
  // Both ciphers must give the same text.
  const expected = nodeCipher.seal(message, aad, key, nonce)
  return [
    { name: `seal 120 bytes, ${name}`, work: () => cipher.seal(message, aad, key, nonce), expected },
    {
      name: `open 120 bytes, ${name}`,
      work: () => cipher.open(sealed, aad, key),
      shows: (opened: Buffer | undefined) => opened?.toString(),
      expected: message.toString(),
    },
  ]
}

const state = stateOf(Buffer.alloc(18, 1))
const masking = stateOf(Buffer.alloc(18, 2))
const token = maskedToken(state, masking)

const csrf: readonly Operation[] = [
  {
    name: 'CSRF: mask a token',
    work: () => maskedToken(state, masking),
    shows: (made: string) => validStateAndCsrfToken(state, made),
    expected: true,
  },
  { name: 'CSRF: check a token', work: () => validStateAndCsrfToken(state, token), expected: true },
]

/** A session of some 120 bytes in an encrypted cookie, from the request's header to the response. */
const sessions = (): readonly Operation[] => {
  const store = cookieStore({ signingSalt: 'a salt', encryptionSalt: 'another salt' })
  const fetched = pipeline(session({ store, key: '_app_key' }), fetchSession)
  const name = getSession('user_name')
  const visits = getSession('visits')
  const login = pipeline(
    fetched,
    putSession('user_id', 1_000_007),
    putSession('user_name', 'visitor 7'),
    putSession('token', 'abcdefghijklmnopqrstuvwxyz012345'),
    putSession('visits', 10),
    text('welcome'),
  )
  const value = run(login as AnyPlug)(blank).respCookies['_app_key']?.value as string
  const returning = ConnRecord.of({ ...source, reqHeaders: headerList([['cookie', `_app_key=${value}`]]) })
  const answer = pipeline(fetched, (conn: Conn & WithSession) => text(`hello ${String(name(conn))}`)(conn))
  const count = pipeline(fetched, (conn: Conn & WithSession) =>
    text(`hello ${String(name(conn))}`)(putSession('visits', Number(visits(conn)) + 1)(conn)),
  )
  const [read, write] = [run(answer as AnyPlug), run(count as AnyPlug)]
  return [
    {
      name: 'session: read, encrypted',
      work: () => read(returning),
      shows: (conn: Conn) => [conn.respBody, Object.keys(conn.respCookies)],
      expected: ['hello visitor 7', []],
    },
    {
      name: 'session: write, encrypted',
      work: () => write(returning),
      shows: (conn: Conn) => [conn.respBody, Object.keys(conn.respCookies)],
      expected: ['hello visitor 7', ['_app_key']],
    },
  ]
}

const term: Term = { user_id: 1_000_007, user_name: 'visitor 7', roles: ['a', 'b'], seen: null, visits: 10 }
const encoded = encode(term)

const terms: readonly Operation[] = [
  {
    name: 'term: encode five keys',
    work: () => encode(term),
    shows: (bytes: Uint8Array) => Buffer.from(bytes).toString('hex'),
    expected: Buffer.from(encoded).toString('hex'),
  },
  {
    name: 'term: decode five keys',
    work: () => decode(encoded),
    shows: (decoded: ReturnType<typeof decode>) =>
      decoded._tag === 'Right' ? Buffer.from(encode(decoded.right)).toString('hex') : decoded.left,
    expected: Buffer.from(encoded).toString('hex'),
  },
]

/** All operations. libsodium is loaded first. */
export const operations = async (): Promise<readonly Operation[]> => [
  ...updates,
  ...pipelines,
  ...lookups(),
  ...texts,
  ...sealing('Node', nodeCipher),
  ...sealing('libsodium', await sodiumCipher()),
  ...csrf,
  ...sessions(),
  ...terms,
]
