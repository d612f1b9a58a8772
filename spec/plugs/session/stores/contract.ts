/** What every store must do: the whole table of what becomes of a session, and random lives of sessions against a model. */
import type { Test } from 'tap'
import * as fc from 'fast-check'
import { fail, pipe, plugError, rescue, text, type Conn } from '../../../../lib/index.js'
import { conn, recycle, runAsync } from '../../../../lib/testing/index.js'
import type { Term } from '../../../../lib/crypto/index.js'
import {
  clearSession,
  configureSession,
  deleteSession,
  mergeSession,
  putSession,
  type Configure,
  type SessionOptions,
} from '../../../../plugs/session/index.js'
import { anyTerm, shown } from '../../../lib/crypto/vectors.js'
import { app, dataOf, type Change, type Opened } from '../kit.js'

type Data = Readonly<Record<string, Term>>

/** One step of a request. */
export type Step =
  | readonly ['put', string, Term]
  | readonly ['merge', Data]
  | readonly ['delete', string]
  | readonly ['clear']
  | readonly ['configure', Configure]
  | readonly ['fail']

/** The plug of a step, on the session of a name. */
export const changeOf = (step: Step, name = 'session'): Change => {
  switch (step[0]) {
    case 'put':
      return putSession(step[1], step[2], name) as Change
    case 'merge':
      return mergeSession(step[1], name) as Change
    case 'delete':
      return deleteSession(step[1], name) as Change
    case 'clear':
      return clearSession.named(name) as Change
    case 'configure':
      return configureSession(step[1], name) as Change
    case 'fail':
      return conn => fail(conn, plugError(409, 'Failed', 'it failed'))
  }
}

/** What a browser and a store hold together. */
export type Kept = Data | undefined

/** What a request leaves behind, told in the plainest way. */
export const model = (
  kept: Kept,
  steps: readonly Step[],
): { readonly kept: Kept; readonly cookie: string; readonly data: Data } => {
  let data: Record<string, Term> = { ...kept }
  let info: string | undefined
  for (const step of steps) {
    if (step[0] === 'fail') return { kept, cookie: 'none', data }
    if (step[0] === 'configure') info = step[1]
    else if (step[0] !== 'merge' || Object.keys(step[1]).length > 0) info ??= 'write'
    if (step[0] === 'put') data = { ...data, [step[1]]: step[2] }
    if (step[0] === 'merge') data = { ...data, ...step[1] }
    if (step[0] === 'delete')
      data = Object.fromEntries(Object.entries(data).filter(([key]) => key !== step[1]))
    if (step[0] === 'clear') data = {}
  }
  if (info === 'write' || info === 'renew') return { kept: data, cookie: 'set', data }
  if (info === 'drop' && kept !== undefined) return { kept: undefined, cookie: 'deleted', data }
  return { kept, cookie: 'none', data }
}

const key = '_my_app_session'
export const cookieIn = (answered: Conn, name = key): string => {
  const cookie = answered.respCookies[name]
  return cookie === undefined ? 'none' : cookie.maxAge === 0 ? 'deleted' : 'set'
}
export const same = (data: object): unknown => shown({ ...data } as Data)

const keys = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '')
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('put' as const), keys, anyTerm),
    fc.tuple(fc.constant('merge' as const), fc.dictionary(fc.constantFrom('a', 'b', 'd'), anyTerm)),
    fc.tuple(fc.constant('delete' as const), keys),
    fc.constant(['clear'] as const),
    fc.tuple(
      fc.constant('configure' as const),
      fc.constantFrom('renew' as const, 'drop' as const, 'ignore' as const),
    ),
    { weight: 1, arbitrary: fc.constant(['fail'] as const) },
  ),
  { maxLength: 6 },
)

const starts: readonly (readonly [string, readonly Step[]])[] = [
  ['a new visitor', []],
  ['a session', [['put', 'user', 'ada']]],
]
type Row = readonly [what: string, steps: readonly Step[]]
const rows: readonly Row[] = [
  ['nothing', []],
  ['put', [['put', 'a', 1]]],
  ['put the same', [['put', 'user', 'ada']]],
  ['merge', [['merge', { a: 1, b: 2 }]]],
  ['merge nothing', [['merge', {}]]],
  ['delete', [['delete', 'user']]],
  ['delete what is not there', [['delete', 'nope']]],
  ['clear', [['clear']]],
  ['clear, put', [['clear'], ['put', 'a', 1]]],
  ['put, clear', [['put', 'a', 1], ['clear']]],
  ...(['renew', 'drop', 'ignore'] as const).flatMap((info): Row[] => [
    [info, [['configure', info]]],
    [
      `${info}, put`,
      [
        ['configure', info],
        ['put', 'a', 1],
      ],
    ],
    [
      `put, ${info}`,
      [
        ['put', 'a', 1],
        ['configure', info],
      ],
    ],
    [`clear, ${info}`, [['clear'], ['configure', info]]],
    [`${info}, clear, put`, [['configure', info], ['clear'], ['put', 'a', 1]]],
    ...(['renew', 'drop', 'ignore'] as const).map((next): Row => [
      `${info}, then ${next}`,
      [
        ['put', 'a', 1],
        ['configure', info],
        ['configure', next],
      ],
    ]),
  ]),
  ['put, then the request fails', [['put', 'a', 1], ['fail']]],
  ['renew, then the request fails', [['configure', 'renew'], ['fail']]],
  ['drop, then the request fails', [['configure', 'drop'], ['fail']]],
]

/** Runs the suite on the store of some options. `fresh` makes a store that holds nothing. */
export const contract = (t: Test, fresh: () => Omit<SessionOptions, 'key'>): void => {
  const live = async (options: SessionOptions, request: Conn, taken: readonly Step[]): Promise<Conn> =>
    runAsync(app(options, ...taken.map(step => changeOf(step))))(request)

  t.test('what becomes of a session, whatever is done to it', async t => {
    for (const [start, before] of starts)
      for (const [what, taken] of rows) {
        const options = { ...fresh(), key }
        const first = await live(options, conn('GET', '/', { seed: start }), before)
        const kept = model(undefined, before).kept
        const wanted = model(kept, taken)
        const answered = await live(options, recycle(first)('GET', '/'), taken)
        t.equal(cookieIn(answered), wanted.cookie, `${start}, ${what}: the cookie`)
        t.strictSame(same(dataOf(answered)), same(wanted.data), `${start}, ${what}: in this request`)
        const next = await live(options, recycle(answered)('GET', '/'), [])
        t.strictSame(same(dataOf(next)), same(wanted.kept ?? {}), `${start}, ${what}: in the next`)
        t.equal(cookieIn(next), 'none', 'reading sets no cookie')
      }
  })

  t.test('any life of a session is that of a plain record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 5 }), async requests => {
        const options = { ...fresh(), key }
        let kept: Kept
        let last = conn('GET', '/')
        for (const taken of requests) {
          const answered = await live(options, recycle(last)('GET', '/'), taken)
          const wanted = model(kept, taken)
          // A cookie holds only so much.
          if (answered.error?._tag === 'CookieOverflow') return
          if (cookieIn(answered) !== wanted.cookie) throw new Error(`the cookie is ${cookieIn(answered)}`)
          if (JSON.stringify(same(dataOf(answered))) !== JSON.stringify(same(wanted.data)))
            throw new Error('the session holds something else')
          kept = wanted.kept
          last = answered
        }
        const end = await live(options, recycle(last)('GET', '/'), [])
        if (JSON.stringify(same(dataOf(end))) !== JSON.stringify(same(kept ?? {})))
          throw new Error('something else was kept')
      }),
      { numRuns: 100 },
    )
  })

  t.test('a failure that is rescued keeps what was done before it', async t => {
    const options = { ...fresh(), key }
    const risky = pipe(
      (conn: Conn) => fail(putSession('a', 1)(conn as Opened), plugError(409, 'Failed', 'it failed')),
      rescue(({ message }) => text(message)),
    )
    const answered = await runAsync(app(options, putSession('b', 2), risky as Change))(conn('GET', '/'))
    t.equal(answered.respBody, 'it failed')
    const next = await live(options, recycle(answered)('GET', '/'), [])
    t.strictSame(same(dataOf(next)), same({ a: 1, b: 2 }))
  })

  t.test(
    'a cookie that the store never gave is an empty session, and no session of that id comes of it',
    async t => {
      const options = { ...fresh(), key }
      for (const value of ['', 'x', 'A'.repeat(43), '__proto__', 'a b', 'é', '%00', 'x'.repeat(4000)]) {
        const request = conn('GET', '/', { headers: { cookie: `${key}=${value}` } })
        t.strictSame({ ...dataOf(await live(options, request, [])) }, {})
        t.equal(cookieIn(await live(options, request, [['configure', 'drop']])), 'deleted')
        const written = await live(options, request, [['put', 'a', 1]])
        t.not(written.respCookies[key]?.value, value)
      }
    },
  )
}
