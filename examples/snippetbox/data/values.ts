// Normalizes values before they are stored or compared, in the same way in every repository.
/** A string that SQLite and PostgreSQL store alike: NUL and lone surrogates become U+FFFD. */
export const storable = (text: string): string => text.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD')

/** An email address as it is stored and compared: trimmed, in Unicode's form NFC, in lower case. */
export const normalEmail = (email: string): string => storable(email).trim().normalize('NFC').toLowerCase()

/** Throws a RangeError unless a number is a positive integer. */
export const checkCount = (name: string, count: number): void => {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`${name} must be an integer of at least 1, got ${count}`)
}

/** The bounds of a page in a list: its number, clamped to the list, the number of pages, and the offset of its first entry. */
export const pageBounds = (
  page: number,
  perPage: number,
  total: number,
): { readonly page: number; readonly pages: number; readonly offset: number } => {
  const pages = Math.max(1, Math.ceil(total / perPage))
  const within = Math.min(Math.max(1, Math.floor(page) || 1), pages)
  return { page: within, pages, offset: (within - 1) * perPage }
}
