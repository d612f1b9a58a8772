// Password hashing with argon2id (RFC 9106) and the first parameters of OWASP's Password Storage Cheat Sheet for 19 MiB.
// Each hash takes that memory and about 30 ms of a core, so the number of concurrent hashes is limited.
import { hash, verify } from '@node-rs/argon2'
import type { IterableEffect } from 'plugboard'
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
  /** The hash to store, in the PHC string format, which includes parameters and salt. */
  readonly hash: (password: string) => IterableEffect<string>
  /** Whether a password matches a stored hash. Without a hash (an unknown user) it is false, after the same work. */
  readonly verify: (stored: string | undefined, password: string) => IterableEffect<boolean>
}

/** The same password typed on different keyboards becomes the same string (NIST SP 800-63B, 5.1.1.2). */
const normal = (password: string): string => password.normalize('NFKC')

const base64 = (length: number): string => Buffer.alloc(length).toString('base64').replaceAll('=', '')

/**
 * Creates the two functions. By default 2 hashes are computed concurrently and 64 wait; more fail with `Busy`.
 *
 * @example
 * const passwords = makePasswords()
 * const quick = makePasswords({ memoryCost: 8, timeCost: 1 }) // for specs only
 */
export const makePasswords = (options: PasswordOptions = {}): Passwords => {
  const { memoryCost = 19_456, timeCost = 2, parallelism = 1, atOnce = 2, waiting = 64 } = options
  const limited = makeLimiter({ atOnce, waiting })
  /** A hash that no password matches, with these parameters: 16 bytes of salt and 32 of hash, all zero. */
  const noMatch = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${base64(16)}$${base64(32)}`
  return {
    hash: password => limited(() => hash(normal(password), { memoryCost, timeCost, parallelism })),
    verify: (stored, password) =>
      limited(async () => (await verify(stored ?? noMatch, normal(password))) && stored !== undefined),
  }
}
