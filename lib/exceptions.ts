/** What an app knows of exceptions that it did not make: which failure each stands for (Elixir's `defimpl Plug.Exception`). */
import { describe } from './blame.js'
import type { Conn } from './conn.js'
import { ConnRecord } from './conn/record.js'
import { exception, isPlugError, type PlugError } from './error.js'
import { handled } from './later.js'

/** The failure that something thrown stands for; `undefined` for a bug. */
export type Exceptions = (thrown: unknown) => PlugError | undefined

/** The lines of an error for the log. */
const stackOf = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  } catch {
    return 'a value that cannot be read'
  }
}

/** A failure of the function itself; what had been thrown stays in the log with it. */
const mistake = (sentence: string, thrown: unknown): PlugError => {
  const error = new TypeError(`endpoint: exceptions ${sentence}`, { cause: thrown })
  Object.defineProperty(error, 'stack', {
    value: `${error.stack}\n    for what was thrown: ${stackOf(thrown)}`,
    configurable: true,
    writable: true,
  })
  return exception(error)
}

const failureOf = (exceptions: Exceptions, thrown: unknown): PlugError | undefined => {
  try {
    const known: unknown = exceptions(thrown)
    if (known === undefined) return undefined
    if (isPlugError(known))
      return known.cause === undefined ? Object.freeze({ ...known, cause: thrown }) : known
    handled(known)
    return mistake(`must return a PlugError or undefined, and returned ${describe(known)}`, thrown)
  } catch (refusal) {
    return mistake(`threw ${stackOf(refusal)}`, thrown)
  }
}

/** Gives a conn that failed with an exception the failure that an app knows it as, with what was thrown as its cause. */
export const knowing =
  (exceptions: Exceptions) =>
  (failed: Conn): Conn => {
    const { error } = failed
    if (error?._tag !== 'Exception') return failed
    const known = failureOf(exceptions, error.cause)
    return known === undefined ? failed : ConnRecord.fail(failed, known)
  }
