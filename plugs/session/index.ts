/** Sessions: the plugs, the functions on a session, the stores, and what a store of one's own is made of. */
export { cookieStore, type CookieStore, type CookieStoreOptions } from './stores/cookie.js'
export type { CookieKeyOptions } from './stores/cookie-keys.js'
export {
  clearSession,
  configureSession,
  deleteSession,
  getSession,
  mergeSession,
  putSession,
} from './functions.js'
export { memoryStore, type MemoryStoreOptions } from './stores/memory.js'
export { memoryTable, type MemoryTable } from './stores/memory-table.js'
export { sessionConfig, type Configure, type SessionConfig, type SessionOptions } from './options.js'
export { fetchSession, session } from './plug.js'
export { readSession } from './read.js'
export type { Serializer } from './stores/serializer.js'
export type {
  EffectStore,
  Renewal,
  SessionWrite,
  Store,
  StoreChange,
  StoreContext,
  Stored,
  StoreSession,
} from './store.js'
export { applyChanges, swapHolds } from './terms.js'
export { defineSession, type DefineSessionOptions, type SessionCodec, type TypedSession } from './typed.js'
export { updateSession, type Update } from './update.js'
export { writeSession } from './write.js'
export type { StoreFailure, ServerStoreOptions } from '../stores/server.js'
