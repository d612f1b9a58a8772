/** The table of tokens, as SQL that can be printed, kept among an app's migrations and run any number of times. */
import { checkOptions, oneOf, required, type Rules } from '../../../lib/options.js'
import { tableOf, tableRule } from '../../sql/table.js'

/** The kinds of ids that users have; `integer` is PostgreSQL's `bigint`. */
export type UserIdType = 'integer' | 'uuid' | 'text'

/** Options of {@link tokenMigration}. */
export interface TokenMigrationOptions {
  readonly dialect: 'postgres' | 'sqlite'
  /** As in the options of the store. Default `'users_tokens'`. */
  readonly table?: string
  /** As in the options of the store. Default `'users'`. */
  readonly users?: string
  /** As in the options of the store. Default `'integer'`. */
  readonly userId?: UserIdType
}

/** What the options that name tables and their columns must be. */
export const tableRules: Rules = {
  table: tableRule,
  users: tableRule,
  userId: oneOf('integer', 'uuid', 'text'),
}

const rules: Rules = { ...tableRules, dialect: required(oneOf('postgres', 'sqlite')) }

/** Where tokens are, unless it is said. */
export const defaultTable = 'users_tokens'
/** Where users are, unless it is said. */
export const defaultUsers = 'users'

/**
 * The SQL that makes the table of `sqlTokenStore` and its indexes, for an app that keeps its own migrations. It may run any
 * number of times. `store.migrate` runs it.
 *
 * A row is a token: its SHA-256, what it is for (`'session'`), whose it is, and its times (milliseconds since the epoch). The
 * tokens of a user who is deleted are deleted too; SQLite does so on connections with `pragma foreign_keys = on`.
 *
 * @throws TypeError that names the option.
 * @example
 * import { tokenMigration } from 'plugboard/auth'
 * tokenMigration({ dialect: 'sqlite' }) // => 'create table if not exists "users_tokens" (…'
 */
export const tokenMigration = (options: TokenMigrationOptions): string => {
  checkOptions('tokenMigration', options, rules)
  const { dialect, table = defaultTable, users = defaultUsers, userId = 'integer' } = options
  const isPostgres = dialect === 'postgres'
  const { name, bare, schema } = tableOf(table)
  const [bytes, time] = isPostgres ? ['bytea', 'bigint'] : ['blob', 'integer']
  const id = isPostgres
    ? userId === 'integer'
      ? 'bigint'
      : userId
    : userId === 'integer'
      ? 'integer'
      : 'text'
  // SQLite names the schema with the index, and PostgreSQL with the table.
  const indexOf = (column: string): string =>
    `create index if not exists ${isPostgres ? '' : schema}"${bare.slice(1, -1)}_${column}" on ${isPostgres ? name : bare} (${column});`
  const made = `create table if not exists ${name} (
  token ${bytes} not null,
  context text not null,
  user_id ${id} not null references ${isPostgres ? tableOf(users).name : tableOf(users).bare} (id) on delete cascade,
  inserted_at ${time} not null,
  authenticated_at ${time} not null,
  primary key (context, token)
);
${indexOf('user_id')}
${indexOf('inserted_at')}
`
  // The lock is a number of Plugboard's own: of two that migrate at once, one waits.
  return isPostgres
    ? `do $migration$
begin
perform pg_advisory_xact_lock(8100978916626227571);
${made}end
$migration$;
`
    : made
}
