/** The handle of a running server: its address, and how to stop it, by a call or by a signal. */
import type { AddressInfo } from 'node:net'
import type { Settings } from './options.js'

/** A running server. */
export interface Server {
  /** The port it listens on. */
  readonly port: number
  /** Its address as a URL: `http://127.0.0.1:4000`. */
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

/**
 * Creates the handle of a server that listens at an address. Each signal of `stopOn` stops the server. A second signal ends
 * the process, as it would without a server.
 */
export const serverHandle = (
  { address, port, family }: AddressInfo,
  { stopOn, tls }: Settings,
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
  const isAnyAddress = address === '::' || address === '0.0.0.0'
  const host = isAnyAddress ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return { port, url: `${tls ? 'https' : 'http'}://${host}:${port}`, stop, stopped }
}
