/** The telemetry port of Node: its clocks, and functions that handle events. */
import type { TelemetryEvent, TelemetryPort } from '../../../port-types.js'
import { reporter } from '../report.js'

/**
 * A telemetry port that calls functions with each event, one after another. They run synchronously and delay the request:
 * defer slow work. If one throws or its promise rejects, its failure goes to stderr; the others are still called, and so is it
 * with the next event.
 *
 * @throws TypeError unless at least one function is passed, and nothing else
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
    throw new TypeError('telemetryTo: pass at least one function that handles events')
  const calls = handlers.map(handler => reporter(handler))
  return {
    systemTime: () => Date.now(),
    monotonicTime: () => performance.now(),
    execute: event => () => {
      for (const call of calls) call(event)
    },
  }
}
