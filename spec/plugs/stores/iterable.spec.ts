// Every effect of a store that comes with Plugboard can be executed by yield*, in value and in type.
import { isRight, type Either } from 'fp-ts/lib/Either.js'
import Database from 'libsql'
import t from 'tap'
import { gen, type Effect, type IterableEffect } from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'
import { memoryTokenStore, sqlTokenStore, type Identified } from '../../../plugs/auth/index.js'
import { cookieStore, memoryStore, memoryTable } from '../../../plugs/session/index.js'
import { redisStore } from '../../../plugs/session/stores/redis.js'
import { sqlStore } from '../../../plugs/session/stores/sql.js'

/** The effects that the members of a store are, or that its functions return. */
type Effects<S> = {
  [K in keyof S]-?: S[K] extends Effect<unknown>
    ? S[K]
    : S[K] extends (...args: never[]) => infer R
      ? Extract<R, (...args: never[]) => unknown>
      : never
}[keyof S]
type Same<A, B> = [A] extends [B] ? true : false
/** Compiles if all effects of a store's type are iterable. */
const typed = <S>(store: S & (Same<Effects<S>, IterableEffect<unknown>> extends true ? unknown : never)): S =>
  store

const place = { name: 'session', ttl: undefined }
const request = conn('GET', '/')
const write = { changes: [], entries: [] }
const times = { insertedAt: 0, authenticatedAt: 0 }
const hash = new Uint8Array(32)

const database = new Database(':memory:')
database.exec('create table users (id integer primary key, email text not null)')
const silent = { query: async () => ({ rows: [] }) }
const client = { callBuffer: async () => [] }
const users = {
  columns: ['id'],
  user: ({ id }: { readonly id: unknown }): Identified => ({ id: Number(id) }),
} as const

const sessions = {
  memory: typed(memoryStore(memoryTable())),
  redis: typed(redisStore(client)),
  SQLite: typed(sqlStore(database)),
  PostgreSQL: typed(sqlStore(silent)),
  cookie: typed(cookieStore({ signingSalt: 'a salt', log: () => () => undefined })),
}
const tokens = {
  memory: typed(memoryTokenStore()),
  SQLite: typed(sqlTokenStore(database, users)),
  PostgreSQL: typed(sqlTokenStore(silent, users)),
}

/** What each function of a store is called with. Those that return no effect are not called. */
const argumentsOf: Readonly<Record<string, readonly unknown[] | undefined>> = {
  'sessions get': ['none', place, request],
  'sessions apply': [undefined, write, place, request],
  'sessions delete': ['none', place, request],
  'sessions deleteExpired': [0],
  'sessions migrate': [],
  'tokens insert': [{ id: 1 }, hash, times],
  'tokens find': [hash],
  'tokens delete': [hash],
  'tokens deleteAll': [{ id: 1 }],
  'tokens deleteExpired': [0, 10],
  'tokens migrate': [],
}
const withoutEffect = ['checkAtBoot', 'checkSession']

for (const [kind, stores] of [
  ['sessions', sessions],
  ['tokens', tokens],
] as const)
  for (const [name, store] of Object.entries(stores))
    t.test(`${kind}: ${name}`, async t => {
      let effects = 0
      for (const [member, value] of Object.entries(store)) {
        if (typeof value !== 'function' || withoutEffect.includes(member)) continue
        const given = argumentsOf[`${kind} ${member}`]
        if (given === undefined) {
          t.fail(`${member} is not tried here`)
          continue
        }
        const result: unknown =
          member === 'migrate' ? value : (value as (...args: readonly unknown[]) => unknown)(...given)
        if (name === 'cookie' && typeof result !== 'function') continue
        effects += 1
        const effect = result as IterableEffect<unknown>
        t.equal(typeof effect[Symbol.iterator], 'function', member)
        const done = gen(function* () {
          return [yield* effect]
        })
        const outcome = (await done()) as Either<unknown, readonly unknown[]>
        const came = (await effect()) as Either<unknown, unknown>
        t.equal(outcome._tag, came._tag, `${member} comes to the same`)
        if (isRight(outcome) && isRight(came)) t.same(outcome.right, [came.right], member)
      }
      t.ok(effects >= (name === 'cookie' ? 1 : 3), `${effects} effects`)
    })
