/** Sessions: the plugs, the functions on a session, the stores, and what a store of one's own is made of. */
export { cookieStore, type CookieStoreOptions } from './cookie.js'
export type { CookieKeyOptions } from './cookie-keys.js'
export {
  clearSession,
  configureSession,
  deleteSession,
  getSession,
  mergeSession,
  putSession,
} from './functions.js'
export { memoryStore, type MemoryStoreOptions } from './memory.js'
export { memoryTable, type MemoryTable } from './memory-table.js'
export { sessionConfig, type Configure, type SessionConfig, type SessionOptions } from './options.js'
export { fetchSession, session } from './plug.js'
export { readSession } from './read.js'
export type { Serializer } from './serializer.js'
export type { SessionWrite, Store, StoreChange, StoreContext, Stored, StoreSession } from './store.js'
export { applyChanges } from './terms.js'
export { writeSession } from './write.js'
