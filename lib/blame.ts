/** What a plug did wrong, in one sentence that begins with its name. Nothing here is reached by a plug that keeps the contract. */
import type { Conn, Halted } from './conn.js'
import { ConnRecord } from './conn/record.js'
import { exception } from './error.js'
import { isPromise } from './later.js'
import { plugName, type Step } from './steps.js'

const change = 'a conn is changed by the functions of plugboard, as in assign(…)(conn)'

/** Whether a value was made from a conn without its functions. A value that refuses to be looked at is not. */
const isCopy = (value: object): boolean => {
  try {
    return value instanceof ConnRecord || 'respHeaders' in value
  } catch {
    return false
  }
}

/** What a value is, for a message. */
export const describe = (value: unknown): string => {
  if (isPromise(value)) return 'a promise'
  if (ConnRecord.is(value)) return 'a conn'
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  return isCopy(value)
    ? `a copy of a conn (by {...conn}, Object.assign, Object.create or a Proxy): ${change}`
    : 'an object that is no conn'
}

const ignore = (): void => {}

/** Fails with a mistake of the plug at a place: the sentence begins with the plug's name. */
export const blame = (list: readonly Step[], at: number, conn: Conn, sentence: string): Halted =>
  ConnRecord.fail(conn, exception(new TypeError(`${plugName(list[at])} ${sentence}`)))

/** What a step returned is neither a conn nor an effect. */
export const noResult = (list: readonly Step[], at: number, conn: Conn, value: unknown): Halted => {
  if (typeof value === 'function')
    return blame(list, at, conn, 'returned a function of a conn: give a plug its conn, as in plug(conn)')
  if (!isPromise(value))
    return blame(list, at, conn, `must return a conn or an effect, and returned ${describe(value)}`)
  // nobody waits for it: were it to reject, the process would end
  value.then(ignore, ignore)
  return blame(list, at, conn, 'returned a promise: wrap the work in attempt(() => promise)')
}

/** A step has responded and let the rest follow: what it refused would be done, and its response replaced. */
export const notHalted = (list: readonly Step[], at: number, conn: Conn): Halted =>
  blame(
    list,
    at,
    conn,
    `has responded and not halted, and ${plugName(list[at + 1])} would go on: end it with halt: pipe(conn, text(…), halt); to change a response, use registerBeforeSend`,
  )
