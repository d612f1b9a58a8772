/**
 * The events of a dispatch, as Phoenix's router has them: its start, and its end. A telemetry port reads clocks and calls functions
 * of the app, so that an observed dispatch is an effect. It is synchronous if the route is.
 */
import type { Conn } from '../lib/conn.js'
import type { AnyPlug } from '../lib/pipeline-types.js'
import { right } from '../lib/fp.js'
import { interpret } from '../lib/interpret.js'
import { passedOn } from '../lib/step-result.js'
import { soon } from '../lib/later.js'
import { pipeline } from '../lib/plug.js'
import { steps, type Step } from '../lib/steps.js'
import type { Effect } from '../lib/effect.js'
import type { RouterDispatch, TelemetryPort } from '../lib/port-types.js'
import { begun } from '../lib/telemetry.js'
import type { Found } from './matcher.js'
import { handlerName, throughNames, type TableRoute } from './table.js'

/** A conn with its route. */
type Routed = RouterDispatch['conn']

/** Runs the route that a decision has found, on a conn with its parameters, and reports its events to a port. */
export type Observed = (port: TelemetryPort, conn: Conn, found: Found<unknown>) => Effect<Conn>

/** Runs the plugs of a route and its handler: `handler` is the declared one, or what mounts it. */
export const observed = (route: TableRoute, handler: AnyPlug): Observed => {
  const before = pipeline(...(route.plugs as readonly never[]))
  const through = interpret(before)
  const list = [...steps(before), ...steps(handler)] as readonly Step[]
  const last = steps(before).length - 1
  const dispatch = interpret(handler)
  const plug = handlerName(route)
  const pipeThrough = Object.freeze(throughNames(route))

  return (port, start, { pathParams }) =>
    () => {
      const { pattern } = (start as Routed).route
      const span = {}
      /** The event's metadata with a conn. Written out, since V8 is slow to spread. */
      const about = (conn: Conn): RouterDispatch => ({
        conn: conn as Routed,
        route: pattern,
        plug,
        pathParams,
        pipeThrough,
        span,
      })
      const tellEnd = begun(port, measurements => ({
        name: 'plugboard.router_dispatch.start',
        measurements,
        metadata: about(start),
      }))
      /** Reports the end. A failure that the handler did not receive is its own. */
      const end = (before: Conn, done: Conn): Conn => {
        const { error } = done
        tellEnd(measurements =>
          error === undefined || error === before.error
            ? { name: 'plugboard.router_dispatch.stop', measurements, metadata: about(done) }
            : {
                name: 'plugboard.router_dispatch.exception',
                measurements,
                metadata: Object.assign(about(done), { error }),
              },
        )
        return done
      }
      // A halted conn skips the handler.
      const ended = soon(through(start), given => {
        const piped = passedOn(list, last, start, given)
        return soon(dispatch(piped), done => end(piped, done))
      })
      return soon(ended, right)
    }
}
