/**
 * PostgreSQL as stores use it: one statement at a time, over whichever connection a pool gives. A statement that was undone
 * because of others at once is run again.
 */

/** A value that the store sends: no client needs to know of bytes or lists. */
export type PostgresValue = string | number | boolean | null

/** What the store needs of a client of PostgreSQL. A `Pool` of `pg` is one. */
export interface PostgresClient {
  /** Runs one statement, whose parameters are `$1` and so on. Rows are records by column, `bytea` as bytes. */
  readonly query: (text: string, values: PostgresValue[]) => Promise<{ readonly rows: readonly unknown[] }>
}

/** What a Pool of pg's takes besides: a client that does not answer in time is closed, and another takes its place. */
interface Pool {
  readonly query: (query: {
    readonly text: string
    readonly values: PostgresValue[]
    readonly query_timeout: number
  }) => Promise<{ readonly rows: readonly unknown[] }>
}

const isPool = (client: PostgresClient | Pool): client is Pool =>
  'totalCount' in client && typeof (client as { readonly connect?: unknown }).connect === 'function'

/** Whether a statement was undone because of others at once, as happens where a stricter isolation is the default. */
const isConflict = (error: unknown): boolean => {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code
  return code === '40001' || code === '40P01'
}

/** How often it is tried again. */
const retries = 50

/** Runs a statement, and gives its rows. */
export type Rows = <Row>(text: string, values: PostgresValue[]) => Promise<readonly Row[]>

/** Runs statements through a client. A query of a pool ends, like the operation it serves, after `timeout` milliseconds. */
export const rowsOf = (client: PostgresClient, timeout: number): Rows => {
  const run = isPool(client)
    ? (text: string, values: PostgresValue[]) => client.query({ text, values, query_timeout: timeout })
    : (text: string, values: PostgresValue[]) => client.query(text, values)

  const rows = async <Row>(
    text: string,
    values: PostgresValue[],
    left = retries,
  ): Promise<readonly Row[]> => {
    try {
      return (await run(text, values)).rows as readonly Row[]
    } catch (error) {
      if (left === 0 || !isConflict(error)) throw error
      return rows(text, values, left - 1)
    }
  }
  return (text, values) => rows(text, values)
}
