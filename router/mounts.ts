/**
 * Where a router is mounted on a request: what mounts it notes this on the conn, so that the router's URLs begin with the path that
 * its requests really had.
 */
import type { Conn } from '../lib/conn.js'
import { putPrivate } from '../lib/conn/assigns.js'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { steps } from '../lib/steps.js'

const key = 'plugboardMounts'

type Mounts = ReadonlyMap<unknown, readonly string[]>

const routers = new WeakSet<AnyPlug>()

/** Marks a plug as a router. */
export const markRouter = (plug: AnyPlug): void => {
  routers.add(plug)
}

/** The routers among the steps of a plug. */
export const routersIn = (plug: AnyPlug): readonly AnyPlug[] => steps(plug).filter(step => routers.has(step))

/** Notes on a conn that these routers are mounted at its script name. */
export const noteMounts = (conn: Conn, mounted: readonly AnyPlug[]): Conn => {
  if (mounted.length === 0) return conn
  const mounts = new Map(conn.private[key] as Mounts | undefined)
  for (const router of mounted) mounts.set(router, conn.scriptName)
  return putPrivate(key, mounts)(conn)
}

/** The path that a router is mounted at, as the request has it; `''` if it is not mounted. */
export const mountPath = (conn: Conn, router: unknown): string => {
  const at = (conn.private[key] as Mounts | undefined)?.get(router)
  return at === undefined || at.length === 0 ? '' : `/${at.join('/')}`
}
