/** How failures that are bugs are told: to the app's `onError`, or else to stderr. */
import type { Conn } from '../../conn.js'
import type { PlugError } from '../../error.js'

/** Told of a failure that is a bug, with the conn as it was; undefined where no request is concerned. */
export type OnError = (cause: unknown, conn: Conn | undefined) => void

/** The lines that stderr gets: the stack alone, for the other properties of an error may hold secrets. */
export const causeText = (cause: unknown): string =>
  cause instanceof Error
    ? (cause.stack ?? String(cause))
    : typeof cause === 'string'
      ? cause
      : `what was thrown is no Error but of type ${typeof cause}`

/** Writes a cause to stderr. */
export const toStderr = (cause: unknown): void => {
  console.error(causeText(cause))
}

/** A function that is told something, and survives its own failures: they go to stderr. */
export const reporter =
  <A extends readonly unknown[]>(tell: (...about: A) => void) =>
  (...about: A): void => {
    try {
      const told: unknown = tell(...about)
      if (told instanceof Promise) told.catch(toStderr)
    } catch (thrown) {
      toStderr(thrown)
    }
  }

/**
 * What a failure has to be told of: the cause of every 5xx that has one, and of those that are the framework's own, for
 * they are bugs. An app's own failure without a cause is expected, and so is every 4xx.
 */
export const bugOf = (error: PlugError): unknown =>
  error.status < 500 || (error._tag === 'AppError' && error.cause === undefined)
    ? undefined
    : (error.cause ?? new Error(error.message))
