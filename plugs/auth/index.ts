/** `plugboard/auth`: logging in and out, and who is asking; with the stores of tokens. */
export {
  authentication,
  type Authentication,
  type LogInOptions,
  type SignedIn,
  type WithCurrentUser,
} from './authentication.js'
export { memoryTokenStore } from './memory.js'
export type { AuthMessages, AuthOptions } from './options.js'
export type { FoundToken, Identified, TokenStore, TokenTimes } from './token-store.js'
export { sqlTokenStore, type SqlTokenStore, type SqlTokenStoreOptions } from './sql.js'
export { tokenMigration, type TokenMigrationOptions, type UserIdType } from './sql/migration.js'
export type { PostgresClient, PostgresValue } from '../sql/postgres-client.js'
export type { SqliteDatabase, SqliteStatement, SqliteValue } from '../sql/sqlite-database.js'
export type { StoreFailure } from '../stores/server.js'
