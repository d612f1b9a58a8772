/** A running server as the app holds it: where it is, and how it stops, by a call or by a signal. */
import type { AddressInfo } from 'node:net'
import type { Settings } from './options.js'

/** A running server. */
export interface Server {
  /** The port it listens on. */
  readonly port: number
  /** Its address as a URL: `http://127.0.0.1:4000`. */
  readonly url: string
  /**
   * Stops it: new connections are refused, idle ones closed, and requests in flight finish, each ending its connection.
   * After `drainTimeout` what is left is cut off. Resolves when all are gone; may be called again.
   */
  readonly stop: () => Promise<void>
  /** Resolves when it has stopped, by `stop` or by a signal: the time to close what the app itself holds open. */
  readonly stopped: Promise<void>
}

/**
 * The server that listens at an address. The signals of `stopOn` stop it; the second of them ends the process, as it would
 * without a server.
 */
export const running = (
  { address, port, family }: AddressInfo,
  { stopOn, tls }: Settings,
  end: () => Promise<void>,
  stopped: Promise<void>,
): Server => {
  const forget = (): void => {
    for (const signal of stopOn) process.off(signal, onSignal)
  }
  const stop = (): Promise<void> => {
    forget()
    return end()
  }
  const onSignal = (): void => void stop()
  for (const signal of stopOn) process.on(signal, onSignal)
  void stopped.then(forget)
  const everywhere = address === '::' || address === '0.0.0.0'
  const host = everywhere ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return { port, url: `${tls ? 'https' : 'http'}://${host}:${port}`, stop, stopped }
}
