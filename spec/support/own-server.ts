// What a server of a spec's own can be made to do, and where it may listen.
import { createServer, type AddressInfo } from 'node:net'

/** A server that listens on 127.0.0.1 and keeps its data in a folder of its own. */
export interface OwnServer {
  readonly port: number
  readonly url: string
  /** Ends it, with all its processes, at once (SIGKILL), and waits until it has ended. */
  readonly kill: () => Promise<void>
  /** Starts it again, on the same port with the same data, and waits until it answers. */
  readonly start: () => Promise<void>
  /** Stops it in its tracks (SIGSTOP): connections stay open, and nobody answers. */
  readonly pause: () => void
  /** Lets it go on (SIGCONT). */
  readonly resume: () => void
  /** Ends it for good, and deletes its data. */
  readonly stop: () => Promise<void>
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
