/** How a plug finds the telemetry port of its request's endpoint. */
import type { Conn } from '../conn.js'
import type { TelemetryPort } from '../port-types.js'
import { ConnRecord } from './record.js'

/**
 * The telemetry port of the endpoint that serves a request, or `undefined` if it has none: for plugs that report events of their
 * own. A port reads clocks, so that a plug calls it in an effect.
 *
 * @example
 * import { endpoint, text, telemetryPort } from 'plugboard'
 * import { conn, recordTelemetry, run } from 'plugboard/testing'
 * const app = endpoint({ telemetry: recordTelemetry() }, c => text(telemetryPort(c) ? 'observed' : 'not observed')(c))
 * run(app)(conn('GET', '/')).respBody // => 'observed'
 */
export const telemetryPort = (conn: Conn): TelemetryPort | undefined => ConnRecord.telemetry(conn)
