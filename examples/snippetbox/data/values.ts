// What every repository does to values before it keeps or compares them, so that all of them agree.
/** A text that SQLite and PostgreSQL keep alike: NUL and halves of surrogate pairs become U+FFFD. */
export const storable = (text: string): string => text.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD')

/** An e-mail address in the form that is stored and compared: no spaces around it, one Unicode form, lower case. */
export const normalEmail = (email: string): string => storable(email).trim().normalize('NFC').toLowerCase()

/** Throws a RangeError unless a number, which the program chose, is a count. */
export const checkCount = (name: string, count: number): void => {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`${name} must be an integer of at least 1, got ${count}`)
}

/** Where a page lies in a list: its number, moved into the list, how many pages there are, and what comes before it. */
export const pageBounds = (
  page: number,
  perPage: number,
  total: number,
): { readonly page: number; readonly pages: number; readonly offset: number } => {
  const pages = Math.max(1, Math.ceil(total / perPage))
  const within = Math.min(Math.max(1, Math.floor(page) || 1), pages)
  return { page: within, pages, offset: (within - 1) * perPage }
}
