/** The telemetry port of Node: its clocks, and plain functions that are told of events. */
import type { TelemetryEvent, TelemetryPort } from '../../port.js'
import { reporter } from './report.js'

/**
 * A telemetry port that calls functions with each event, in turn. They run while the request waits: whatever takes long
 * is put off by them. One that throws, or whose promise rejects, is written to the standard error; the others are called
 * all the same, and so is it the next time.
 *
 * @throws TypeError unless it is given functions, at least one
 * @example
 * import { endpoint, text } from 'plugboard'
 * import { telemetryTo } from 'plugboard/node'
 * import { router, scope } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const slowest = new Map<string, number>()
 * const telemetry = telemetryTo(({ name, measurements, metadata }) => {
 *   if (name === 'plugboard.router_dispatch.stop')
 *     slowest.set(metadata.route, Math.max(slowest.get(metadata.route) ?? 0, measurements.duration))
 * })
 * const app = endpoint({ telemetry }, router(scope('/', ({ get }) => [get('/posts/:id', text('a post'))])))
 * run(app)(conn('GET', '/posts/7')).status // => 200
 * slowest.has('/posts/:id') // => true
 */
export const telemetryTo = (...handlers: readonly ((event: TelemetryEvent) => void)[]): TelemetryPort => {
  if (handlers.length === 0 || !handlers.every(handler => typeof handler === 'function'))
    throw new TypeError('telemetryTo: it takes functions that are told of events, at least one')
  const told = handlers.map(handler => reporter(handler))
  return {
    systemTime: () => Date.now(),
    monotonicTime: () => performance.now(),
    execute: event => () => {
      for (const tell of told) tell(event)
    },
  }
}
