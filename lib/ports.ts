/**
 * How an app and its plugs reach the world: by ports, objects whose functions return effects. A plug asks for its port with the
 * conn that it was given, so that a request that is observed shows each call, and one that is not costs nothing more.
 */
import type { Conn } from './conn.js'
import { assign } from './conn/assigns.js'
import { ConnRecord } from './conn/record.js'
import type { Assign } from './pipeline-types.js'

const check = (caller: string, name: unknown, port: unknown): void => {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`${caller}: name must be a non-empty string`)
  if ((typeof port !== 'object' && typeof port !== 'function') || port === null)
    throw new TypeError(
      `${caller}: the port must be an object of functions that return effects, got ${port === null ? 'null' : typeof port}`,
    )
}

/**
 * The way to a port, for a plug of your own that is given one as an option: a function from the conn of a request to the port
 * as that request sees it. That is the port itself, unless the request has an observer, which may let another stand in for
 * it. Nothing is allocated per request.
 *
 * @param name what an observer calls it: the plug's name
 * @throws TypeError if the name is not a non-empty string, or the port is not an object.
 * @example
 * import { effect, portOf, text, type Conn, type Effect } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * interface Rates { readonly latest: (currency: string) => Effect<number> }
 * const showRate = (rates: Rates) => {
 *   const from = portOf('showRate', rates)
 *   return (c: Conn) => effect.map((rate: number) => text(String(rate))(c))(from(c).latest('EUR'))
 * }
 * run(showRate({ latest: () => effect.of(1.5) }))(conn('GET', '/')).respBody // => '1.5'
 */
export const portOf = <P extends object>(name: string, port: P): ((conn: Pick<Conn, 'now'>) => P) => {
  check('portOf', name, port)
  return conn => {
    const observer = ConnRecord.is(conn) ? ConnRecord.observer(conn) : undefined
    return observer === undefined ? port : observer.port(name, port)
  }
}

/**
 * Assigns what the app may do in the world: an object of functions that return effects, such as its database and its
 * mailer. Handlers find it under `conn.assigns`. It is {@link assign}, but an observer of the request sees each call.
 *
 * @throws TypeError if the key is not a non-empty string, or the port is not an object.
 * @example
 * import { effect, pipeline, ports, text, type Assigned, type Conn } from 'plugboard'
 * import { conn, run } from 'plugboard/testing'
 * const services = { rates: () => effect.of(1.5) }
 * const show = (c: Conn & Assigned<{ readonly services: typeof services }>) =>
 *   effect.map((rate: number) => text(String(rate))(c))(c.assigns.services.rates())
 * run(pipeline(ports('services', services), show))(conn('GET', '/')).respBody // => '1.5'
 */
export const ports = <const K extends string, P extends object>(key: K, port: P) => {
  check('ports', key, port)
  const from = portOf(key, port)
  const put = assign(key, port)
  return function ports<C extends Conn>(conn: C): Assign<C, K, P> {
    const seen = from(conn)
    return seen === port ? put(conn) : assign(key, seen)(conn)
  }
}
