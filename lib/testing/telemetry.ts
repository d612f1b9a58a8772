/** A telemetry port for tests: it keeps the events, and its clocks are numbers. */
import type { TelemetryEvent, TelemetryPort } from '../port-types.js'

/** A telemetry port that keeps the events it is told of. */
export interface TelemetryRecorder extends TelemetryPort {
  /** The events so far, in order. */
  readonly events: readonly TelemetryEvent[]
}

/**
 * A telemetry port that keeps the events. The time is 2026-01-01T00:00:00Z, as that of a test's conn; the clock that
 * durations are measured by goes one millisecond on each time that it is read, so that they are the same in each run.
 *
 * @example
 * import { endpoint, text } from 'plugboard'
 * import { router, scope } from 'plugboard/router'
 * import { conn, recordTelemetry, run } from 'plugboard/testing'
 * const telemetry = recordTelemetry()
 * const app = endpoint({ telemetry }, router(scope('/', ({ get }) => [get('/', text('home'))])))
 * run(app)(conn('GET', '/')).status // => 200
 * telemetry.events.map(event => event.name)
 * // => ['plugboard.endpoint.start', 'plugboard.router_dispatch.start', 'plugboard.router_dispatch.stop', 'plugboard.endpoint.stop']
 * telemetry.events[2]?.measurements // => { duration: 1 }
 */
export const recordTelemetry = (): TelemetryRecorder => {
  const events: TelemetryEvent[] = []
  let time = 0
  return {
    events,
    systemTime: () => Date.UTC(2026, 0, 1),
    monotonicTime: () => time++,
    execute: event => () => void events.push(event),
  }
}
