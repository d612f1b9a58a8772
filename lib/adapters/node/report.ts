/** Reports failures that are bugs: to the app's `onError`, by default to stderr. */
import type { Conn } from '../../conn.js'
import type { PlugError } from '../../error.js'

/** Receives a failure that is a bug, with the newest conn; `undefined` if the failure does not belong to a request. */
export type OnError = (cause: unknown, conn: Conn | undefined) => void

/** The lines that go to stderr: the stack alone, since the other properties of an error may hold secrets. */
export const causeText = (cause: unknown): string =>
  cause instanceof Error
    ? (cause.stack ?? String(cause))
    : typeof cause === 'string'
      ? cause
      : `a value that is not an Error was thrown: ${typeof cause}`

/** Writes a cause to stderr. */
export const toStderr = (cause: unknown): void => {
  console.error(causeText(cause))
}

/** A function that calls another one and survives its failures: they go to stderr. */
export const reporter =
  <A extends readonly unknown[]>(call: (...values: A) => void) =>
  (...values: A): void => {
    try {
      const returned: unknown = call(...values)
      if (returned instanceof Promise) returned.catch(toStderr)
    } catch (thrown) {
      toStderr(thrown)
    }
  }

/**
 * What to report of a failure: the cause of every 5xx that has one, and every 5xx that is the framework's own, since it is a
 * bug. A 4xx is expected, and so is an app's own failure without a cause.
 */
export const bugOf = (error: PlugError): unknown =>
  error.status < 500 || (error._tag === 'AppError' && error.cause === undefined)
    ? undefined
    : (error.cause ?? new Error(error.message))
