// Migrates the tables when the app starts. The database records which migrations have run, so each runs once. A lock makes
// a process that starts concurrently wait. Never change a migration that has shipped.
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  Migrator,
  PostgresAdapter,
  sql,
  type CreateTableBuilder,
  type Kysely,
  type Migration,
  type MigrationResult,
} from 'kysely'
import { attempt, type PlugError } from 'plugboard'
import { tokenMigration } from 'plugboard/auth'
import { databaseError } from './database-error.js'
import type { Database } from './schema.js'

type Db = Kysely<unknown>

const isPostgres = (db: Db): boolean => db.getExecutor().adapter instanceof PostgresAdapter

/** A table with an auto-incremented `id` that is never reused. */
const createTable = (db: Db, name: string): CreateTableBuilder<string, 'id'> => {
  const table = db.schema.createTable(name)
  return isPostgres(db)
    ? table.addColumn('id', 'bigserial', column => column.primaryKey())
    : table.addColumn('id', 'integer', column => column.primaryKey().autoIncrement())
}

/** Splits SQL for SQLite, which prepares one statement at a time. */
const statements = (text: string, dialect: 'postgres' | 'sqlite'): readonly string[] =>
  dialect === 'postgres' ? [text] : text.split(/;\s*/).filter(each => each !== '')

/** They run in the order of their names, each once. */
const migrations: Readonly<Record<string, Migration>> = {
  '001_create_users': {
    up: async (db: Db) => {
      await createTable(db, 'users')
        .addColumn('email', 'text', column => column.notNull())
        .addColumn('password_hash', 'text', column => column.notNull())
        .addColumn('inserted_at', 'bigint', column => column.notNull())
        .execute()
      await db.schema.createIndex('users_email_index').on('users').column('email').unique().execute()
    },
  },
  '002_create_users_tokens': {
    up: async (db: Db) => {
      await createTable(db, 'users_tokens')
        .addColumn('user_id', 'bigint', column => column.notNull().references('users.id').onDelete('cascade'))
        .addColumn('token', 'text', column => column.notNull())
        .addColumn('context', 'text', column => column.notNull())
        .addColumn('inserted_at', 'bigint', column => column.notNull())
        .execute()
      const index = (name: string) => db.schema.createIndex(name).on('users_tokens')
      await index('users_tokens_context_token_index').columns(['context', 'token']).unique().execute()
      await index('users_tokens_user_id_index').column('user_id').execute()
      await index('users_tokens_inserted_at_index').column('inserted_at').execute()
    },
  },
  '003_create_snippets': {
    up: async (db: Db) => {
      await createTable(db, 'snippets')
        .addColumn('user_id', 'bigint', column => column.notNull().references('users.id').onDelete('cascade'))
        .addColumn('title', 'text', column => column.notNull())
        .addColumn('content', 'text', column => column.notNull())
        .addColumn('inserted_at', 'bigint', column => column.notNull())
        .addColumn('updated_at', 'bigint', column => column.notNull())
        .execute()
      const index = (name: string) => db.schema.createIndex(name).on('snippets')
      await index('snippets_inserted_at_id_index').columns(['inserted_at', 'id']).execute()
      await index('snippets_user_id_index').column('user_id').execute()
    },
  },
  // Moves the tokens to the table of Plugboard's token store. Users stay logged in.
  '004_keep_tokens_as_plugboard_does': {
    up: async (db: Db) => {
      const dialect = isPostgres(db) ? 'postgres' : 'sqlite'
      await db.schema.alterTable('users_tokens').renameTo('users_tokens_before').execute()
      for (const statement of statements(tokenMigration({ dialect }), dialect))
        await sql.raw(statement).execute(db)
      const bytes = sql.raw(dialect === 'postgres' ? `decode(token, 'hex')` : 'unhex(token)')
      await sql`insert into users_tokens (token, context, user_id, inserted_at, authenticated_at)
        select ${bytes}, context, user_id, inserted_at, inserted_at from users_tokens_before`.execute(db)
      await db.schema.dropTable('users_tokens_before').execute()
    },
  },
}

const run = async (db: Db): Promise<readonly MigrationResult[]> => {
  const { error, results = [] } = await new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: 'snippetbox_migrations',
    migrationLockTableName: 'snippetbox_migrations_lock',
  }).migrateToLatest()
  if (error !== undefined) throw error
  return results
}

/** Kysely locks PostgreSQL and uses one transaction. On SQLite, `begin immediate` is both lock and transaction. */
const runOnSqlite = (db: Db): Promise<readonly MigrationResult[]> =>
  db.connection().execute(async connection => {
    await sql`begin immediate`.execute(connection)
    try {
      const results = await run(connection)
      await sql`commit`.execute(connection)
      return results
    } catch (error) {
      await sql`rollback`.execute(connection)
      throw error
    }
  })

/** Runs the pending migrations and returns their names. Fails with `databaseError`'s failures. */
export const migrate = (database: Database): TaskEither<PlugError, readonly string[]> =>
  attempt(async () => {
    const db = database as unknown as Db
    const results = await (isPostgres(db) ? run(db) : runOnSqlite(db))
    return results.map(result => result.migrationName)
  }, databaseError)
