/** A route as a conn knows it. */

/** What the router says of the route that matched. */
export interface MatchedRoute {
  /** The method it was declared for; `'*'` for any. */
  readonly method: string
  /** Its pattern, mounts included: `'/snippets/:id'`. */
  readonly pattern: string
  /** What was declared with it as `metadata`, over that of the mounts it is under; empty when there is none. */
  readonly metadata: Metadata
}

/** What an app wants to be known of a route: for its logs, its documentation, its telemetry. */
export type Metadata = Readonly<Record<string, unknown>>
