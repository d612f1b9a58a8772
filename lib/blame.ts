/** What a plug did wrong, in one sentence that begins with its name. Nothing here is reached by a plug that keeps the contract. */
import type { Conn, Halted } from './conn.js'
import { ConnRecord } from './conn/record.js'
import { exception } from './error.js'
import { isFetched, NotFetchedError } from './fetched.js'
import { handled, isPromise } from './later.js'
import { plugName, type Step } from './steps.js'

const change = 'a conn is changed by the functions of plugboard, as in assign(…)(conn)'

/** What a function returns, or another value if it throws: a Proxy or a getter may refuse to be read. */
const orElse = <A>(read: () => A, otherwise: A): A => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** What an object is, for a message. */
const describeObject = (value: object): string =>
  value instanceof ConnRecord || (isFetched(value) && 'respHeaders' in value)
    ? `a copy of a conn (by {...conn}, Object.assign, Object.create or a Proxy): ${change}`
    : 'an object that is no conn'

/** What a value is, for a message. */
export const describe = (value: unknown): string => {
  if (isPromise(value)) return 'a promise'
  if (ConnRecord.is(value)) return 'a conn'
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object'
    ? orElse(() => describeObject(value), `an object that cannot be read (a Proxy?): ${change}`)
    : `a ${typeof value}`
}

/** Calls the plug that a function of the app has made for a failure, with its conn. */
export const callMade = (maker: string, plug: unknown, conn: Conn): unknown => {
  if (typeof plug === 'function') return (plug as Step)(conn)
  handled(plug)
  throw new TypeError(`${maker} must return a function of a conn, and returned ${describe(plug)}`)
}

/** Fails with a mistake of the plug at a place: the sentence begins with the plug's name. */
export const blame = (list: readonly Step[], at: number, conn: Conn, sentence: string): Halted =>
  ConnRecord.fail(conn, exception(new TypeError(`${plugName(list[at])} ${sentence}`)))

/** What a step returned is neither a conn nor an effect. */
export const noResult = (list: readonly Step[], at: number, conn: Conn, value: unknown): Halted => {
  if (typeof value === 'function')
    return blame(list, at, conn, 'returned a function of a conn: give a plug its conn, as in plug(conn)')
  if (!isPromise(value))
    return blame(list, at, conn, `must return a conn or an effect, and returned ${describe(value)}`)
  handled(value)
  return blame(list, at, conn, 'returned a promise: wrap the work in attempt(() => promise)')
}

/** What an effect of a step gave is no Either of a conn and a failure. */
export const noOutcome = (list: readonly Step[], at: number, conn: Conn, outcome: unknown): Halted => {
  const gave = (must: string, value: unknown): Halted =>
    blame(list, at, conn, `returned an effect that must come to ${must}, and came to ${describe(value)}`)
  try {
    const { _tag, right } = Object(outcome) as { readonly [K in '_tag' | 'right']?: unknown }
    handled(right)
    return _tag === 'Right' ? gave('a conn', right) : gave('an Either', outcome)
  } catch (thrown) {
    // the error of a field that is not fetched says what to put earlier
    return thrown instanceof NotFetchedError
      ? ConnRecord.fail(conn, exception(thrown))
      : gave('an Either', outcome)
  }
}

/** A step has responded and let the rest follow: what it refused would be done, and its response replaced. */
export const notHalted = (list: readonly Step[], at: number, conn: Conn): Halted =>
  blame(
    list,
    at,
    conn,
    `has responded and not halted, and ${plugName(list[at + 1])} would go on: end it with halt: pipe(conn, text(…), halt); to change a response, use registerBeforeSend`,
  )
