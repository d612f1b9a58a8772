// A PostgreSQL database for one spec: made when the spec begins, dropped when it ends.
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

/** A database whose user may make others. */
const server = process.env.PLUGBOARD_TEST_DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/test'

/** Runs one statement in a database, by default the one that makes others. */
export const execute = async (statement: string, url: string = server): Promise<void> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Is there a PostgreSQL to run specs on? One that is there and cannot answer just now is asked again. */
export const postgresAnswers = async (): Promise<boolean> => {
  for (let tries = 1; ; tries++)
    try {
      await execute('select 1')
      return true
    } catch (error) {
      if (tries === 5 || (error as { readonly code?: string }).code === 'ECONNREFUSED') return false
      await new Promise(resolve => setTimeout(resolve, 1_000))
    }
}

/** What is not covered without it. */
export const postgresMissing =
  'no PostgreSQL: start one and set PLUGBOARD_TEST_DATABASE_URL to a database whose user may create others'

/** Makes an empty database; `drop` ends what is connected to it. */
export const makePostgres = async (): Promise<{
  readonly url: string
  readonly drop: () => Promise<void>
}> => {
  const name = `plugboard_${process.pid}_${randomBytes(4).toString('hex')}`
  await execute(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => execute(`drop database ${name} with (force)`) }
}
