/** Effects that a plug made and that were not executed. */
import type { Conn } from '../../lib/conn.js'
import { isReachable } from './snapshot.js'

/**
 * The name of an effect that a plug forgot; undefined if there is none. Not forgotten is what the conn passed on holds. Where
 * the plug failed or halted, the rest of it did not run; where it registered a function that runs later, that may execute
 * the effect. A plug that has dispatched to a route is looked at all the same, since its route's plugs register functions.
 */
export const forgottenBy = (made: ReadonlySet<object>, before: Conn, after: Conn): string | undefined => {
  if (made.size === 0 || after.halted) return undefined
  if (after.beforeSend.length > before.beforeSend.length && after.route === before.route) return undefined
  for (const effect of made)
    if (!isReachable(after, effect)) return (effect as { readonly name: string }).name
  return undefined
}
