/**
 * Slows down password guessing, by account and by address. The app creates the table, and only effects read and write it.
 * It holds a bounded number of names and evicts the oldest first.
 */
import { right } from 'fp-ts/lib/Either.js'
import { effect, type IterableEffect } from 'plugboard'

/** A login attempt: for which account, and from which address. */
export interface Attempt {
  readonly account: string
  readonly address: string
}

export interface Attempts {
  /**
   * Counts an attempt and returns 0. After too many attempts, it returns the seconds to wait before the next one. Call it
   * before the password is checked, so that concurrent guesses are counted too.
   */
  readonly begin: (attempt: Attempt, now: number) => IterableEffect<number>
  /** Resets the account's count after a correct password, and uncounts this attempt of the address. */
  readonly succeed: (attempt: Attempt) => IterableEffect<void>
}

/** How many attempts are free. More by address, since a whole office may share one. */
const free = { account: 5, address: 20 }
const minute = 60_000
/** The longest wait, in milliseconds. */
const longest = 15 * minute
/** After this many milliseconds without an attempt, a count is reset. */
const memory = 60 * minute
/** How many names the table holds. */
const most = 20_000

/** The wait before the next attempt, in milliseconds: one second after the free attempts, doubled each time. */
const waitAfter = (count: number, free: number): number =>
  count < free ? 0 : Math.min(longest, 1000 * 2 ** (count - free))

interface Counted {
  readonly count: number
  readonly last: number
}

export const makeAttempts = (): Attempts => {
  const table = new Map<string, Counted>()

  const counted = (name: string, now: number): Counted => {
    const found = table.get(name)
    return found === undefined || now - found.last >= memory ? { count: 0, last: now } : found
  }
  /** Puts a name at the end of the table, where the newest are. */
  const put = (name: string, value: Counted): void => {
    table.delete(name)
    table.set(name, value)
    for (const oldest of table.keys())
      if (table.size > most) table.delete(oldest)
      else break
  }
  const named = ({ account, address }: Attempt) =>
    [
      [`account ${account}`, free.account],
      [`address ${address}`, free.address],
    ] as const

  return {
    begin: (attempt, now) =>
      effect.from(() => {
        const waits = named(attempt).map(([name, free]) => {
          const { count, last } = counted(name, now)
          return last + waitAfter(count, free) - now
        })
        const wait = Math.max(0, ...waits)
        if (wait === 0)
          for (const [name] of named(attempt)) put(name, { count: counted(name, now).count + 1, last: now })
        return right(Math.ceil(wait / 1000))
      }),
    succeed: attempt =>
      effect.from(() => {
        const [[account], [address]] = named(attempt)
        table.delete(account)
        const found = table.get(address)
        if (found !== undefined) put(address, { count: found.count - 1, last: found.last })
        return right(undefined)
      }),
  }
}
