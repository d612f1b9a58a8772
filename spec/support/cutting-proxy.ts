// A wire that can be cut: a TCP proxy which passes all on, until it is told to destroy its connections after so many bytes.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Which way the bytes go that are counted. */
export type Direction = 'toServer' | 'toClient'

export interface CuttingProxy {
  readonly port: number
  /**
   * Passes this many more bytes on, those of all connections together, then destroys every connection. What comes later
   * is passed on again. The promise is that of the cut.
   */
  readonly cutAfter: (bytes: number, direction: Direction) => Promise<void>
  /** Forgets a cut that has not come to pass. */
  readonly heal: () => void
  /** How many bytes were passed on. */
  readonly passed: Readonly<Record<Direction, number>>
  readonly stop: () => Promise<void>
}

interface Cut {
  left: number
  readonly direction: Direction
  readonly done: () => void
}

/** Starts a proxy in front of a port of this machine. */
export const cuttingProxy = async (target: number): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>()
  const passed: Record<Direction, number> = { toServer: 0, toClient: 0 }
  let cut: Cut | undefined

  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const forward = (from: Socket, to: Socket, direction: Direction): void => {
    from.on('data', (chunk: Buffer) => {
      if (cut === undefined || cut.direction !== direction || chunk.length < cut.left) {
        if (cut?.direction === direction) cut.left -= chunk.length
        passed[direction] += chunk.length
        to.write(chunk)
        return
      }
      const { left, done } = cut
      cut = undefined
      passed[direction] += left
      from.pause()
      const end = (): void => {
        destroyAll()
        done()
      }
      // What is written must have left before the socket is destroyed.
      if (left === 0) end()
      else to.write(chunk.subarray(0, left), end)
    })
  }
  const server = createServer(client => {
    const upstream = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    forward(client, upstream, 'toServer')
    forward(upstream, client, 'toClient')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter: (bytes, direction) =>
      new Promise(resolve => {
        cut = { left: bytes, direction, done: resolve }
      }),
    heal: () => (cut = undefined),
    passed,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        destroyAll()
      }),
  }
}
