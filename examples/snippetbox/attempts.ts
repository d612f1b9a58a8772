/**
 * Slows down those who guess passwords, by account and by address. The table is a value that the app makes; it is read
 * and written inside effects only, holds a bounded number of names and forgets the oldest first.
 */
import { right } from 'fp-ts/lib/Either.js'
import type { Effect } from 'plugboard'

/** Who tries to log in: to which account, and from which address. */
export interface Attempt {
  readonly account: string
  readonly address: string
}

export interface Attempts {
  /**
   * Counts an attempt and lets it through: 0. Or, after too many lately, the seconds until the next may be made. It
   * counts before the password is checked, so that many guesses at once are no way around it.
   */
  readonly begin: (attempt: Attempt, now: number) => Effect<number>
  /** The password was right: forgets what the account had counted, and this attempt of the address. */
  readonly succeed: (attempt: Attempt) => Effect<void>
}

/** How many attempts are free: an address may be that of a whole office. */
const free = { account: 5, address: 20 }
const minute = 60_000
/** No wait is longer, in milliseconds. */
const longest = 15 * minute
/** After so many milliseconds without an attempt all is forgotten. */
const memory = 60 * minute
/** How many names are remembered. */
const most = 20_000

/** The wait before the next attempt, in milliseconds: a second after the free ones, and twice as long each time. */
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
  /** Puts a name at the end of the table, where the youngest are. */
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
    begin: (attempt, now) => () => {
      const waits = named(attempt).map(([name, free]) => {
        const { count, last } = counted(name, now)
        return last + waitAfter(count, free) - now
      })
      const wait = Math.max(0, ...waits)
      if (wait === 0)
        for (const [name] of named(attempt)) put(name, { count: counted(name, now).count + 1, last: now })
      return right(Math.ceil(wait / 1000))
    },
    succeed: attempt => () => {
      const [[account], [address]] = named(attempt)
      table.delete(account)
      const found = table.get(address)
      if (found !== undefined) put(address, { count: found.count - 1, last: found.last })
      return right(undefined)
    },
  }
}
