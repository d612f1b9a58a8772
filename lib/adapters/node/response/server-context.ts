/** What the code that sends responses needs to know about its server. */
import type { Socket } from 'node:net'
import type { Conn } from '../../../conn.js'
import type { PlugError } from '../../../error.js'
import type { NodeRequest } from '../request/node-request.js'
import type { Stopping } from '../request/when-over.js'

/** What the code that sends responses needs to know about its server. */
export interface ServerContext extends Stopping {
  /** Reports a bug to `onError`. */
  readonly report: (cause: unknown, conn: Conn) => void
  /** Makes the app's response to a failure, and runs the hooks of the conn that it is given. */
  readonly render: (conn: Conn, problem: PlugError) => Conn | Promise<Conn>
  /** Starts the deadline of a request, or continues it. {@link NodeRequest.stopDeadline} stops it. */
  readonly startDeadline: (request: NodeRequest) => void
  /** Closes a connection if the client reads too slowly what waits to be sent; see {@link readingClients}. */
  readonly watch: (socket: Socket) => void
  /** The header lines that keep a connection open. */
  readonly keepAlive: string
}
