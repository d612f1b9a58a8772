/**
 * What stores behind a network share: an operation ends within the time-out, with what it gives or with a failure that
 * answers 503 and that an operator hears of.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { IterableEffect } from '../../lib/effect.js'
import { sessionUnavailable, type PlugError } from '../../lib/error.js'
import { left, right } from '../../lib/fp.js'
import { makeEffect } from '../../lib/iterable-effect.js'
import { isPromise, type Later } from '../../lib/later.js'
import { flag, func, positiveMilliseconds, seconds, type Rules } from '../../lib/options.js'

/** A failure of a store, as an operator should see it. It holds no id and nothing of a session. */
export interface StoreFailure {
  /** Which store: `'redis'`, `'sql'` or `'tokens'`. */
  readonly store: string
  /** Which of the store's functions: `'get'`, `'apply'`, `'delete'`, … */
  readonly operation: string
  /** Whether the server did not answer in time, or answered with an error. */
  readonly reason: 'timeout' | 'error'
  /** How long was waited, in milliseconds. */
  readonly elapsed: number
  /** What the client library said. */
  readonly cause: unknown
}

/** Options that stores on a server have in common. */
export interface ServerStoreOptions {
  /** Seconds that a session is kept, where `session({ ttl, maxAge })` says nothing. Default 86,400: a day. */
  readonly ttl?: number
  /**
   * Whether that time begins anew with each read and write; else it is counted from when the id was made, at log-in that
   * is. Default true.
   */
  readonly sliding?: boolean
  /** Milliseconds until an operation has failed. Default 2,000. */
  readonly timeout?: number
  /**
   * Called for each operation that failed or took too long, and gives the effect (an fp-ts `IO`) that tells of it, which
   * must not throw. Default: it is told by the adapter's `onError` alone, as the cause of a `SessionUnavailable`.
   */
  readonly onFailure?: (failure: StoreFailure) => () => void
}

/** What those options must be. */
export const serverRules: Rules = {
  ttl: seconds,
  sliding: flag,
  timeout: positiveMilliseconds,
  onFailure: func('that returns an effect'),
}

/** Makes an effect of an operation of the store. One that needs no promise is synchronous. */
export type Guard = <A>(operation: StoreFailure['operation'], work: () => A | Promise<A>) => IterableEffect<A>

/** The guard of a store. */
export const guard = (store: string, options: ServerStoreOptions): Guard => {
  const { timeout = 2000, onFailure } = options
  const headers = { 'retry-after': String(Math.ceil(timeout / 1000)) }

  return <A>(operation: StoreFailure['operation'], work: () => A | Promise<A>): IterableEffect<A> =>
    makeEffect(operation, (): Later<Either<PlugError, A>> => {
      const begun = performance.now()
      const failed = (reason: StoreFailure['reason'], cause: unknown): Either<PlugError, A> => {
        const elapsed = Math.round(performance.now() - begun)
        onFailure?.({ store, operation, reason, elapsed, cause })()
        return left(sessionUnavailable('The session cannot be reached just now', { headers, cause }))
      }
      let done: A | Promise<A>
      try {
        done = work()
      } catch (cause) {
        return failed('error', cause)
      }
      if (!isPromise(done)) return right(done as A)
      const waiting = done as Promise<A>
      return new Promise(resolve => {
        // What comes after the time-out comes too late: resolving again does nothing, so nobody is told twice.
        let late = false
        const timer = setTimeout(() => {
          late = true
          resolve(failed('timeout', new Error(`the ${store} store did not answer within ${timeout} ms`)))
        }, timeout)
        waiting.then(
          value => {
            clearTimeout(timer)
            resolve(right(value))
          },
          (cause: unknown) => {
            clearTimeout(timer)
            if (!late) resolve(failed('error', cause))
          },
        )
      })
    })
}
