/** The name of the table: checked, and quoted as SQL. */
import type { Rule } from '../../lib/options.js'

const part = /^[A-Za-z_][A-Za-z0-9_]{0,49}$/

/** What the name of a table must be. With the name of its index it stays within the 63 bytes of PostgreSQL. */
export const tableRule: Rule = {
  must: 'a name of at most 50 letters, digits and "_" that does not begin with a digit, optionally after a schema and a dot',
  ok: name => {
    if (typeof name !== 'string') return false
    const parts = name.split('.')
    return parts.length <= 2 && parts.every(each => part.test(each))
  },
}

/** A table and its index as SQL names them, capitals and reserved words included. */
export interface Table {
  readonly name: string
  /** The name without its schema. */
  readonly bare: string
  readonly index: string
  /** `"schema".`, or nothing. */
  readonly schema: string
}

/** The names of a table whose name is as {@link tableRule} says. */
export const tableOf = (name: string): Table => {
  const parts = name.split('.')
  const bare = parts.at(-1) as string
  const schema = parts.length === 2 ? `"${parts[0] as string}".` : ''
  return { name: `${schema}"${bare}"`, bare: `"${bare}"`, index: `"${bare}_expires_at"`, schema }
}
