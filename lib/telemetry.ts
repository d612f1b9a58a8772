/**
 * What an endpoint tells its telemetry port: that it is served, each request that it runs, each failure that it renders.
 * Without a port none of this is there.
 */
import type { Conn } from './conn.js'
import type { PlugError } from './error.js'
import { handled, soon } from './later.js'
import type { EndpointResponse, ServedEndpoint, TelemetryEvent, TelemetryPort } from './port-types.js'

type Run = (conn: Conn) => Conn | Promise<Conn>

/**
 * Does what belongs to a port: one that throws, which it must not, or gives a promise that rejects, harms no request.
 * Nobody else could be told of it.
 */
const sheltered = (work: () => unknown): void => {
  try {
    handled(work())
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

/** Tells that a write of a session was dropped. */
export const tellDroppedWrite = (port: TelemetryPort, conn: Conn, session: string): void =>
  sheltered(() =>
    port.execute({
      name: 'plugboard.session.write_dropped',
      measurements: { systemTime: port.systemTime() },
      metadata: { conn, session },
    })(),
  )

/**
 * Tells a port of a start, if there is an event for that, and gives what tells it of the end, with how long it took.
 */
export const begun = (
  port: TelemetryPort,
  start?: (measurements: { readonly systemTime: number }) => TelemetryEvent,
): ((end: (measurements: { readonly duration: number }) => TelemetryEvent) => void) => {
  let began = 0
  sheltered(() => {
    began = port.monotonicTime()
    return start === undefined ? undefined : port.execute(start({ systemTime: port.systemTime() }))()
  })
  return end => sheltered(() => port.execute(end({ duration: port.monotonicTime() - began }))())
}

/** What runs requests to their final conns, with a start and one end told of each. */
export const observedRun =
  (port: TelemetryPort, run: Run): Run =>
  start => {
    const span = {}
    const end = begun(port, measurements => ({
      name: 'plugboard.endpoint.start',
      measurements,
      metadata: { conn: start, span },
    }))
    return soon(run(start), done => {
      end(measurements => ({
        name: 'plugboard.endpoint.stop',
        measurements,
        metadata: { conn: done as EndpointResponse['conn'], span },
      }))
      return done
    })
  }

/** What makes the response of a failed conn, told of with how long it took. */
export const observedRender =
  (port: TelemetryPort, render: Run): Run =>
  failed => {
    const end = begun(port)
    return soon(render(failed), conn => {
      end(measurements => ({
        name: 'plugboard.error_rendered',
        measurements,
        metadata: { conn, status: conn.status as number, error: failed.error as PlugError },
      }))
      return conn
    })
  }
