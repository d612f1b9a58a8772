/** The handle of a running server: its address, and how to stop it, by a call or by a signal. */
import type { Address } from './listen.js'
import type { Settings } from './options.js'

/** A running server. */
export interface Server {
  /** The port it listens on; 0 if it listens on a Unix domain socket. */
  readonly port: number
  /** Its address as a URL: `http://127.0.0.1:4000`, `unix:/run/app.sock`; `unix:` if the path is unknown. */
  readonly url: string
  /**
   * Stops the server: it accepts no new connection and finishes the requests in flight, the last of which ends its connection.
   * Idle connections are closed after half a second, or later while requests arrive on others. After `drainTimeout` it closes
   * the remaining connections. Resolves when all are closed. You may call it again.
   */
  readonly stop: () => Promise<void>
  /** Resolves when the server has stopped, by `stop` or by a signal. Then close what the app itself holds open. */
  readonly stopped: Promise<void>
}

/** How a server is reached. */
export type Reached = Pick<Server, 'port' | 'url'>

/** How a server that listens at an address is reached. */
export const reachedAt = (address: Address, isSecure: boolean): Reached => {
  if (address === null || typeof address === 'string') return { port: 0, url: `unix:${address ?? ''}` }
  const { port, family } = address
  const isAny = address.address === '::' || address.address === '0.0.0.0'
  const host = isAny ? '127.0.0.1' : family === 'IPv6' ? `[${address.address}]` : address.address
  return { port, url: `${isSecure ? 'https' : 'http'}://${host}:${port}` }
}

/**
 * Creates the handle of a server that listens. Each signal of `stopOn` stops the server. A second signal ends
 * the process, as it would without a server.
 */
export const serverHandle = (
  { port, url }: Reached,
  { stopOn }: Settings,
  drain: () => Promise<void>,
  stopped: Promise<void>,
): Server => {
  const removeListeners = (): void => {
    for (const signal of stopOn) process.off(signal, onSignal)
  }
  const stop = (): Promise<void> => {
    removeListeners()
    return drain()
  }
  const onSignal = (): void => void stop()
  for (const signal of stopOn) process.on(signal, onSignal)
  void stopped.then(removeListeners)
  return { port, url, stop, stopped }
}
