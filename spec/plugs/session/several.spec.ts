// Several sessions in one app: whatever is done to one, in whatever order, none of the others hears of it.
import t from 'tap'
import * as fc from 'fast-check'
import { pipeline, text, type Conn } from '../../../lib/index.js'
import { conn, recycle, runAsync } from '../../../lib/testing/index.js'
import {
  cookieStore,
  fetchSession,
  memoryStore,
  memoryTable,
  session,
  type SessionOptions,
} from '../../../plugs/session/index.js'
import { dataOf, type Opened } from './kit.js'
import { changeOf, cookieIn, model, same, steps, type Kept, type Step } from './stores/contract.js'

const signed = cookieStore({ signingSalt: 'a salt' })

/** Stores of every kind, two sessions in one of them. */
const sessionsOf = (): readonly SessionOptions[] => {
  const table = memoryStore(memoryTable())
  return [
    { store: signed, key: '_session' },
    { store: signed, key: '_cart', name: 'cart' },
    {
      store: cookieStore({ signingSalt: 'a', encryptionSalt: 'b', issuedAt: true }),
      key: '_admin',
      name: 'admin',
      ttl: 60,
    },
    { store: table, key: '_one', name: 'one' },
    { store: table, key: '_two', name: 'two' },
  ]
}
type Taken = readonly (readonly [name: string, step: Step])[]

const live = (sessions: readonly SessionOptions[], request: Conn, taken: Taken): Promise<Conn> =>
  runAsync(
    pipeline(
      pipeline(...sessions.map(each => session(each) as (c: Conn) => Conn)),
      pipeline(...sessions.map(({ name = 'session' }) => fetchSession(name) as (c: Conn) => Conn)),
      pipeline(
        ...taken.map(
          ([name, step]) =>
            (c: Conn) =>
              changeOf(step, name)(c as Opened),
        ),
      ),
      text('ok'),
    ),
  )(request)

t.test('any life of several sessions is that of as many plain records', async t => {
  const names = sessionsOf().map(({ name = 'session' }) => name)
  const taken = steps.chain(each =>
    fc.tuple(...each.map(step => fc.tuple(fc.constantFrom(...names), fc.constant(step)))),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(taken as fc.Arbitrary<Taken>, { minLength: 1, maxLength: 5 }),
      async requests => {
        const sessions = sessionsOf()
        const kept = new Map<string, Kept>()
        let last = conn('GET', '/')
        for (const all of [...requests, []]) {
          const answered = await live(sessions, recycle(last)('GET', '/'), all)
          // A cookie holds only so much.
          if (answered.error?._tag === 'CookieOverflow') return
          // A request that fails stops there, for every session.
          const end = all.findIndex(([, [what]]) => what === 'fail')
          const done = end < 0 ? all : all.slice(0, end)
          for (const { name = 'session', key } of sessions) {
            const own = done.filter(([of]) => of === name).map(([, step]) => step)
            const wanted = model(kept.get(name), end < 0 ? own : [...own, ['fail']])
            if (cookieIn(answered, key) !== wanted.cookie)
              throw new Error(`${key} is ${cookieIn(answered, key)}`)
            if (JSON.stringify(same(dataOf(answered, name))) !== JSON.stringify(same(wanted.data)))
              throw new Error(`${name} holds something else`)
            kept.set(name, wanted.kept)
          }
          last = answered
        }
      },
    ),
    { numRuns: 150 },
  )
  t.pass()
})

t.test('a store in memory keeps two sessions apart, even if one has the id of the other', async t => {
  const sessions = sessionsOf()
  const first = await live(sessions, conn('GET', '/'), [['one', ['put', 'who', 'one']]])
  const id = first.respCookies['_one']?.value as string
  const swapped = await live(sessions, conn('GET', '/', { cookies: { _two: id } }), [])
  t.strictSame({ ...dataOf(swapped, 'two') }, {})
})
