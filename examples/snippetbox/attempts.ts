/**
 * Slows down password guessing and mass sign-ups, by account and by network. The app creates the table, and only effects
 * read and write it. It holds a bounded number of names and evicts the oldest first.
 */
import { right } from 'fp-ts/lib/Either.js'
import { effect, type IterableEffect } from 'plugboard'
import { networkOf } from './data/network.js'

/** An attempt to log in to an account, or without an account to sign up, and the address that it comes from. */
export interface Attempt {
  readonly account?: string
  readonly address: string
}

export interface Attempts {
  /**
   * Counts an attempt and returns 0. After too many attempts, it returns the seconds to wait before the next one. Call it
   * before the password is hashed, so that concurrent attempts are counted too.
   */
  readonly begin: (attempt: Attempt, now: number) => IterableEffect<number>
  /** Resets the account's count after a correct password, and uncounts this attempt of the network. */
  readonly succeed: (attempt: Attempt) => IterableEffect<void>
  /** Uncounts an attempt that told nothing, because the server was busy or the database failed. */
  readonly withdraw: (attempt: Attempt, now: number) => IterableEffect<void>
}

/** How many attempts are free. More by network, since a whole office may share one. */
const free = { account: 5, login: 20, signUp: 10 }
const minute = 60_000
/** The longest wait, in milliseconds. */
const longest = 15 * minute
/** How many attempts after the free ones lead to the longest wait. More are not counted. */
const steepest = Math.ceil(Math.log2(longest / 1000)) + 1
/** After this many milliseconds without an attempt, a count is reset. */
const memory = 60 * minute
/** How many names the table holds. */
const most = 20_000

/** The wait before the next attempt, in milliseconds: one second after the free attempts, doubled each time. */
const waitAfter = (count: number, free: number): number =>
  count < free ? 0 : Math.min(longest, 1000 * 2 ** (count - free))

/** The names that an attempt counts for: the network, and the account if there is one. */
const namesOf = ({ account, address }: Attempt): readonly (readonly [name: string, free: number])[] =>
  account === undefined
    ? [[signUpsFrom(address), free.signUp]]
    : [
        [`account ${account}`, free.account],
        [loginsFrom(address), free.login],
      ]
const loginsFrom = (address: string): string => `logins from ${networkOf(address)}`
const signUpsFrom = (address: string): string => `sign-ups from ${networkOf(address)}`

export const makeAttempts = (): Attempts => {
  /** When attempts were made, by name, the oldest first. */
  const table = new Map<string, readonly number[]>()

  const timesOf = (name: string, now: number): readonly number[] => {
    const times = table.get(name) ?? []
    return now - (times.at(-1) ?? now) >= memory ? [] : times
  }
  /** Puts a name at the end of the table, where the newest are. */
  const put = (name: string, times: readonly number[]): void => {
    table.delete(name)
    if (times.length > 0) table.set(name, times)
    for (const oldest of table.keys())
      if (table.size > most) table.delete(oldest)
      else break
  }
  const uncount = (name: string, now: number): void => {
    const times = table.get(name) ?? []
    const at = times.lastIndexOf(now)
    if (at >= 0) put(name, times.toSpliced(at, 1))
  }

  return {
    begin: (attempt, now) =>
      effect.from(() => {
        const names = namesOf(attempt)
        const waits = names.map(([name, free]) => {
          const times = timesOf(name, now)
          return (times.at(-1) ?? now) + waitAfter(times.length, free) - now
        })
        const wait = Math.max(0, ...waits)
        if (wait === 0)
          for (const [name, free] of names) put(name, [...timesOf(name, now), now].slice(-(free + steepest)))
        return right(Math.ceil(wait / 1000))
      }),
    succeed: ({ account, address }) =>
      effect.from(() => {
        if (account !== undefined) {
          table.delete(`account ${account}`)
          const network = loginsFrom(address)
          put(network, (table.get(network) ?? []).slice(1))
        }
        return right(undefined)
      }),
    withdraw: (attempt, now) =>
      effect.from(() => {
        for (const [name] of namesOf(attempt)) uncount(name, now)
        return right(undefined)
      }),
  }
}
