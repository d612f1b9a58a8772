/** The table of sessions, as SQL that can be printed, kept among an app's migrations and run any number of times. */
import { checkOptions, type Rules } from '../../../../lib/options.js'
import { tableOf, tableRule, type Table } from '../../../sql/table.js'

/** The dialects of SQL that the store speaks. */
export type Dialect = 'postgres' | 'sqlite'

/** Options of {@link sqlMigration}. */
export interface SqlMigrationOptions {
  readonly dialect: Dialect
  /** As in the options of the store. Default `'plugboard_sessions'`. */
  readonly table?: string
}

const rules: Rules = {
  dialect: {
    must: "'postgres' or 'sqlite'",
    ok: value => value === 'postgres' || value === 'sqlite',
    required: true,
  },
  table: tableRule,
}

/** Where the table is, unless it is said. */
export const defaultTable = 'plugboard_sessions'

// The lock is a number of Plugboard's own. Without it, two that migrate at once could both find nothing there, and one fail.
const postgres = ({ name, index }: Table): string => `do $migration$
begin
  perform pg_advisory_xact_lock(8100978916626227570);
  create table if not exists ${name} (
    id_hash bytea not null,
    name text not null,
    expires_at bigint not null,
    keys bytea[] not null,
    terms bytea[] not null,
    primary key (id_hash, name)
  );
  create index if not exists ${index} on ${name} (expires_at);
end
$migration$;
`

const sqlite = ({ name, bare, index, schema }: Table): string => `create table if not exists ${name} (
  id_hash blob not null,
  name text not null,
  expires_at integer not null,
  terms blob not null,
  primary key (id_hash, name)
);
create index if not exists ${schema}${index} on ${bare} (expires_at);
`

/** The SQL of one dialect for a table whose name is checked. */
export const migrationOf = (dialect: Dialect, table: Table): string =>
  dialect === 'postgres' ? postgres(table) : sqlite(table)

/**
 * The SQL that makes the table of {@link sqlStore} and its index, for an app that keeps its own migrations. It may run any
 * number of times. `store.migrate` runs it.
 *
 * A row is a session: the SHA-256 of its id and its name, when it ends (milliseconds since the epoch), and one serialized
 * term for each key (bytes in Erlang's external term format; in SQLite the whole map in one blob).
 *
 * Who runs it must be allowed to create tables; the app itself only needs to `select`, `insert`, `update` and `delete`.
 *
 * @throws TypeError that names the option.
 * @example
 * import { sqlMigration } from 'plugboard/session/sql'
 * sqlMigration({ dialect: 'sqlite' }) // => 'create table if not exists "plugboard_sessions" (…'
 */
export const sqlMigration = (options: SqlMigrationOptions): string => {
  checkOptions('sqlMigration', options, rules)
  return migrationOf(options.dialect, tableOf(options.table ?? defaultTable))
}
