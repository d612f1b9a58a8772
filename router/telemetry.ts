/**
 * What a dispatch tells the endpoint's telemetry port, as Phoenix's router does: that it starts, and how it ends. A port
 * reads clocks and calls whom it will, so that the dispatch is an effect: still a synchronous one, if the route's is.
 */
import type { Conn } from '../lib/conn.js'
import type { AnyPlug } from '../lib/fold.js'
import { right } from '../lib/fp.js'
import { interpret } from '../lib/interpret.js'
import { passedOn } from '../lib/step-result.js'
import { soon } from '../lib/later.js'
import { pipeline } from '../lib/plug.js'
import { steps, type Step } from '../lib/steps.js'
import type { Effect } from '../lib/effect.js'
import type { RouterDispatch, TelemetryPort } from '../lib/port.js'
import { begun } from '../lib/telemetry.js'
import { handlerName, throughNames, type TableRoute } from './table.js'

/** The conn of a route that has matched. */
type Routed = RouterDispatch['conn']

/** Runs a route on a conn that has its parameters, and tells a port of it. */
export type Observed = (port: TelemetryPort, conn: Conn) => Effect<Conn>

/** A route's pipelines and what it dispatches to, `handler`, observed. */
export const observed = (route: TableRoute, handler: AnyPlug): Observed => {
  const before = pipeline(...(route.plugs as readonly never[]))
  const through = interpret(before)
  const list = [...steps(before), ...steps(handler)] as readonly Step[]
  const last = steps(before).length - 1
  const dispatch = interpret(handler)
  const plug = handlerName(route)
  const pipeThrough = Object.freeze(throughNames(route))

  return (port, start) => () => {
    const { route: matched, pathParams } = start as Routed
    const { pattern } = matched
    const span = {}
    /** What is known with a conn: written out, for V8 is slow to spread. */
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
    /** Tells how it ended: a failure that was not there before the handler is the handler's. */
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
    // a halted conn goes past the handler
    const ended = soon(through(start), given => {
      const piped = passedOn(list, last, start, given)
      return soon(dispatch(piped), done => end(piped, done))
    })
    return soon(ended, right)
  }
}
