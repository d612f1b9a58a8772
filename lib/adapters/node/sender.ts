/** What sending a response needs of the server. */
import type { Conn } from '../../conn.js'
import type { PlugError } from '../../error.js'

/** What sending a response needs of the server. */
export interface Sender {
  /** Tells of a bug. */
  readonly report: (cause: unknown, conn: Conn) => void
  /** The app's response to a failure; hooks do not run. */
  readonly render: (conn: Conn, problem: PlugError) => Conn | Promise<Conn>
  /** Milliseconds in which a client must take something of a long response; 0 for no limit. */
  readonly sendTimeout: number
  /** The lines by which a response keeps its connection open. */
  readonly keepAlive: string
  /** Whether the server is stopping, so that every response is the last of its connection. */
  readonly stopping: () => boolean
}
