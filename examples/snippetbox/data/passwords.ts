// Passwords, hashed with argon2id (RFC 9106) and the parameters that OWASP's Password Storage Cheat Sheet names first
// for 19 MiB. Each hash takes that memory and some 30 ms of a core, so only a few are made at once.
import { hash, verify } from '@node-rs/argon2'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PlugError } from 'plugboard'
import { makeLimiter, type LimiterOptions } from './limiter.js'

export interface PasswordOptions extends Partial<LimiterOptions> {
  /** Memory in KiB. Default 19,456. */
  readonly memoryCost?: number
  /** Passes over the memory. Default 2. */
  readonly timeCost?: number
  /** Lanes. Default 1. */
  readonly parallelism?: number
}

export interface Passwords {
  /** The hash to store, in the PHC text format: parameters and salt are part of it. */
  readonly hash: (password: string) => TaskEither<PlugError, string>
  /** Whether a password belongs to a stored hash. Without a hash, for there is no such user, it is false after the same work. */
  readonly verify: (stored: string | undefined, password: string) => TaskEither<PlugError, boolean>
}

/** What is typed on one keyboard and on another becomes the same text (NIST SP 800-63B, 5.1.1.2). */
const normal = (password: string): string => password.normalize('NFKC')

const base64 = (length: number): string => Buffer.alloc(length).toString('base64').replaceAll('=', '')

/**
 * Makes the two functions on passwords. By default 2 hashes are made at once and 64 wait; more are refused as `Busy`.
 *
 * @example
 * const passwords = makePasswords()
 * const quick = makePasswords({ memoryCost: 8, timeCost: 1 }) // for specs only
 */
export const makePasswords = (options: PasswordOptions = {}): Passwords => {
  const { memoryCost = 19_456, timeCost = 2, parallelism = 1, atOnce = 2, waiting = 64 } = options
  const limited = makeLimiter({ atOnce, waiting })
  /** No password's hash, with these parameters: 16 bytes of salt and 32 of hash, all zero. */
  const nobodys = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${base64(16)}$${base64(32)}`
  return {
    hash: password => limited(() => hash(normal(password), { memoryCost, timeCost, parallelism })),
    verify: (stored, password) =>
      limited(async () => (await verify(stored ?? nobodys, normal(password))) && stored !== undefined),
  }
}
