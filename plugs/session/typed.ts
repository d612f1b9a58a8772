/**
 * Sessions that a codec gives their types: the same functions, of keys that exist and values that fit. What was stored by
 * an older version of the app, or by another app, and does not fit any more is handled when it is fetched.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Conn, Halted, SessionData, WithSession } from '../../lib/conn.js'
import { sessionWriter } from '../../lib/conn/fetch.js'
import type { Term } from '../../lib/crypto/term-format.js'
import type { Result } from '../../lib/effect.js'
import { invalidSession } from '../../lib/error.js'
import { isLeft, isRight } from '../../lib/fp.js'
import { fail } from '../../lib/plug.js'
import { checkOptions, checkValue, gone, having, oneOf, type Rules } from '../../lib/options.js'
import * as untyped from './functions.js'
import { sessionName, type Configure } from './options.js'
import { fetchSession } from './plug.js'
import { sessionOf } from './record.js'
import { andThen } from './result.js'
import { updateSession } from './update.js'

/**
 * A codec of a session's data, from terms and back: what io-ts calls a `Type`, usually a `t.partial`. The data of a new
 * visitor, `{}`, must fit.
 */
export interface SessionCodec<A> {
  readonly decode: (data: unknown) => Either<unknown, A>
  readonly encode: (data: A) => unknown
}

/** Options of {@link defineSession}. */
export interface DefineSessionOptions<Name extends string = string> {
  /** The session's name. Default `'session'`. */
  readonly name?: Name
  /**
   * What is done with a stored session that the codec rejects: `'drop-keys'` deletes the invalid keys, `'clear'` deletes all
   * of it, `'fail'` fails with `InvalidSession` (500), which `rescue` and `renderErrors` see. Default `'drop-keys'`.
   */
  readonly onInvalid?: 'drop-keys' | 'clear' | 'fail'
}

type Key<A> = keyof A & string
type Value<A, K extends keyof A> = Exclude<A[K], undefined>

/** The functions of a session whose data are an `A`. */
export interface TypedSession<A, Name extends string> {
  /** Reads the session, as the untyped `fetchSession`, and sees that it fits. */
  readonly fetchSession: <C extends Conn>(conn: C) => Result<(C & WithSession<A, Name>) | Halted>
  readonly getSession: {
    /** All data. */
    (): (conn: WithSession<A, Name>) => A
    /** The value under a key. */
    <K extends Key<A>>(key: K): (conn: WithSession<A, Name>) => A[K]
    /** The value under a key, or another if there is none. */
    <K extends Key<A>>(key: K, fallback: Value<A, K>): (conn: WithSession<A, Name>) => Value<A, K>
  }
  readonly putSession: <K extends Key<A>>(
    key: K,
    value: Value<A, K>,
  ) => <C extends Conn & WithSession<A, Name>>(conn: C) => C
  readonly mergeSession: (data: Readonly<Partial<A>>) => <C extends Conn & WithSession<A, Name>>(conn: C) => C
  readonly deleteSession: (key: Key<A>) => <C extends Conn & WithSession<A, Name>>(conn: C) => C
  readonly updateSession: <K extends Key<A>>(
    key: K,
    update: (value: A[K]) => Value<A, K>,
  ) => <C extends Conn & WithSession<A, Name>>(conn: C) => Result<C>
  readonly clearSession: <C extends Conn & WithSession<A, Name>>(conn: C) => C
  readonly configureSession: (info: Configure) => <C extends Conn & WithSession<A, Name>>(conn: C) => C
}

const rules: Rules = {
  name: sessionName,
  onInvalid: oneOf('drop-keys', 'clear', 'fail'),
  misfit: gone(
    "misfit is now onInvalid: write 'drop-keys' for 'keep', 'clear' for 'drop', and 'fail' for 'fail'",
  ),
}
const codecRule = having('an io-ts codec, or { decode, encode }', 'decode', 'encode')

type Data = Readonly<Record<string, unknown>>

const one = (key: string, value: unknown): Data => {
  const data: Record<string, unknown> = Object.create(null)
  data[key] = value
  return data
}

/**
 * Gives the functions of a session whose data a codec describes. Keys of others, such as the state of CSRF protection, are
 * none of the codec's business and stay; the untyped functions work on the same session. The typed ones decode what they
 * read, so they are safe on a session that was fetched by the untyped `fetchSession` too: what does not fit is absent.
 *
 * @param codec Any io-ts codec of a record that `{}` fits: `t.partial`, or an intersection of such. Only its `decode` and
 * `encode` are used.
 * @throws TypeError when the codec is none or refuses `{}`, or when an option is wrong; the message names it.
 * @example
 * import * as t from 'io-ts'
 * import { pipeline, text, type Conn } from 'plugboard'
 * import { defineSession } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const Visitor = t.partial({ userId: t.number, theme: t.union([t.literal('light'), t.literal('dark')]) })
 * const visitor = defineSession(Visitor)
 * const app = pipeline(visitor.fetchSession, visitor.putSession('theme', 'dark'), text('dark it is'))
 * run(app)(conn('GET', '/', { session: { userId: 7 } })).status // => 200
 */
export const defineSession = <A extends object, const N extends string = 'session'>(
  codec: SessionCodec<A>,
  options: DefineSessionOptions<N> = {},
): TypedSession<A, N> => {
  checkValue('defineSession', 'codec', codec, codecRule)
  checkOptions('defineSession', options, rules)
  const { name = 'session' as N, onInvalid = 'drop-keys' } = options
  if (isLeft(codec.decode({})))
    throw new TypeError('defineSession: the codec must accept {}, the data of a new visitor: use t.partial')

  const fits = (key: string, value: unknown): boolean => isRight(codec.decode(one(key, value)))

  /** What a key's term stands for; undefined if it does not fit. */
  const decoded = (key: string, term: Term | undefined): unknown => {
    if (term === undefined) return undefined
    const data = codec.decode(one(key, term))
    return isLeft(data) ? undefined : (data.right as Data)[key]
  }
  const encoded = (key: string, value: unknown): Term =>
    (codec.encode(one(key, value) as A) as Data)[key] as Term

  const invalidKeys = (terms: SessionData): readonly string[] =>
    Object.keys(terms).filter(key => !fits(key, terms[key]))

  /** The data as the codec gives them: of what an untyped function has put since, only what fits. */
  const view = (terms: SessionData): SessionData => {
    const whole = codec.decode(terms)
    if (isRight(whole)) return whole.right as SessionData
    const wrong = invalidKeys(terms)
    const rest = codec.decode(
      Object.fromEntries(Object.entries(terms).filter(([key]) => !wrong.includes(key))),
    )
    return (isRight(rest) ? rest.right : {}) as SessionData
  }

  const clear = untyped.clearSession.named(name as string)
  const forget = (conn: Conn, key: string): Conn =>
    untyped.deleteSession(key, name as string)(conn as Conn & WithSession<unknown, string>)

  /** What is stored, made to fit. */
  const fitted = (conn: Conn): Conn => {
    const { terms } = sessionOf(conn, name)
    if (isRight(codec.decode(terms))) return conn
    const wrong = invalidKeys(terms)
    if (onInvalid === 'fail') {
      const cause = new TypeError(`the stored session '${name}' does not fit its codec: ${wrong.join(', ')}`)
      return fail(conn, invalidSession('The session does not fit', { cause }))
    }
    const kept = onInvalid === 'drop-keys' ? wrong.reduce(forget, conn) : conn
    return onInvalid === 'drop-keys' && isRight(codec.decode(sessionOf(kept, name).terms))
      ? kept
      : clear(conn as Conn & WithSession<unknown, string>)
  }
  const write = sessionWriter(name)
  const typed = (conn: Conn): Conn => {
    const made = fitted(conn)
    return made.halted ? made : write(made, sessionOf(made, name).seenAs(view))
  }
  const fetch = name === 'session' ? fetchSession : fetchSession(name)

  return {
    fetchSession: function fetchSession(conn: Conn) {
      return andThen((fetch as (conn: Conn) => Result<Conn>)(conn), typed)
    } as TypedSession<A, N>['fetchSession'],
    getSession: ((key?: string, fallback?: unknown) => {
      if (key === undefined) return (conn: Conn) => view(sessionOf(conn, name).terms)
      const get = untyped.getSession(key, undefined, name as string)
      return (conn: Conn & WithSession<unknown, string>) => {
        const value = decoded(key, get(conn))
        return value === undefined ? fallback : value
      }
    }) as TypedSession<A, N>['getSession'],
    putSession: (key, value) => untyped.putSession(key, encoded(key, value), name),
    mergeSession: data =>
      untyped.mergeSession(
        Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encoded(key, value)])),
        name,
      ),
    deleteSession: key => untyped.deleteSession(key, name),
    updateSession: (key, update) =>
      updateSession(key, term => encoded(key, update(decoded(key, term) as A[typeof key])), name),
    clearSession: clear as TypedSession<A, N>['clearSession'],
    configureSession: info => untyped.configureSession(info, name),
  }
}
