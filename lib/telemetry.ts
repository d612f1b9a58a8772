/**
 * What an endpoint tells its telemetry port: that it is served, each request that it runs, each failure that it renders.
 * Without a port none of this is there.
 */
import type { Conn } from './conn.js'
import type { PlugError } from './error.js'
import { andThen } from './plug.js'
import type { EndpointResponse, ServedEndpoint, TelemetryPort } from './port.js'

type Run = (conn: Conn) => Conn | Promise<Conn>

const ignore = (): void => {}

/**
 * Does what belongs to a port: one that throws, which it must not, or gives a promise that rejects, harms no request.
 * Nobody else could be told of it.
 */
export const sheltered = (work: () => unknown): void => {
  try {
    const done = work()
    if (done instanceof Promise) done.catch(ignore)
  } catch {}
}

/** Tells that an endpoint is served. */
export const tellInit = (port: TelemetryPort, { url, port: number }: ServedEndpoint): void =>
  sheltered(() =>
    port.execute({
      name: 'plugboard.endpoint.init',
      measurements: { systemTime: port.systemTime() },
      metadata: { url, port: number },
    })(),
  )

/** What runs requests to their final conns, with a start and one end told of each. */
export const observedRun =
  (port: TelemetryPort, run: Run): Run =>
  start => {
    const span = {}
    let began = 0
    sheltered(() => {
      began = port.monotonicTime()
      return port.execute({
        name: 'plugboard.endpoint.start',
        measurements: { systemTime: port.systemTime() },
        metadata: { conn: start, span },
      })()
    })
    return andThen(run(start), done => {
      sheltered(() =>
        port.execute({
          name: 'plugboard.endpoint.stop',
          measurements: { duration: port.monotonicTime() - began },
          metadata: { conn: done as EndpointResponse['conn'], span },
        })(),
      )
      return done
    })
  }

/** What makes the response of a failed conn, told of with how long it took. */
export const observedRender =
  (port: TelemetryPort, render: Run): Run =>
  failed => {
    let began = 0
    sheltered(() => {
      began = port.monotonicTime()
    })
    return andThen(render(failed), conn => {
      sheltered(() =>
        port.execute({
          name: 'plugboard.error_rendered',
          measurements: { duration: port.monotonicTime() - began },
          metadata: { conn, status: conn.status as number, error: failed.error as PlugError },
        })(),
      )
      return conn
    })
  }
