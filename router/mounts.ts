/**
 * Where on a request a router is mounted: noted on the conn by what mounts it, so that the router's URLs begin with the
 * path that its requests really had.
 */
import type { Conn } from '../lib/conn.js'
import { putEntry } from '../lib/conn/entries.js'
import { ConnRecord } from '../lib/conn/record.js'
import type { AnyPlug } from '../lib/fold.js'
import { steps } from '../lib/steps.js'

const key = 'plugboardMounts'

type Mounts = ReadonlyMap<unknown, readonly string[]>

const routers = new WeakSet<AnyPlug>()

/** Marks a plug as a router, whose mounts are noted. */
export const markRouter = (plug: AnyPlug): void => {
  routers.add(plug)
}

/** The routers among a plug and those that it is made of. */
export const routersIn = (plug: AnyPlug): readonly AnyPlug[] => steps(plug).filter(step => routers.has(step))

/** Notes on a conn that its script name is the mount of these routers. */
export const noteMounts = (conn: Conn, mounted: readonly AnyPlug[]): Conn => {
  if (mounted.length === 0) return conn
  const mounts = new Map(conn.private[key] as Mounts | undefined)
  for (const router of mounted) mounts.set(router, conn.scriptName)
  return ConnRecord.private(conn, putEntry(conn.private, key, mounts))
}

/** The path that a router is mounted at, as the request has it; `''` for one that is not mounted. */
export const mountPath = (conn: Conn, router: unknown): string => {
  const at = (conn.private[key] as Mounts | undefined)?.get(router)
  return at === undefined || at.length === 0 ? '' : `/${at.join('/')}`
}
