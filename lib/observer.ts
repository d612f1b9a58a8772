/**
 * The seam of the interpreter: what may look on while the steps of a request run. A request has an observer only where its
 * adapter gave it one, for a trace in development or a recording; without one nothing here costs anything.
 */
import type { Conn } from './conn.js'

/**
 * Looks on while a request runs. It sees each step before and after, in the order in which they run, and the ports that steps
 * reach the world by. It changes nothing: its functions must neither throw nor keep the request waiting.
 *
 * A step is `list[at]`: a plug of a pipeline, or an effect that a generator yielded. `at === 0` begins a list inside the
 * step that runs now; a larger `at` continues a list that was seen before.
 *
 * @example
 * import type { Observer } from 'plugboard'
 * const names: string[] = []
 * const observer: Observer = {
 *   before: (list, at) => void names.push(list[at]?.name ?? ''),
 *   effect: () => undefined,
 *   after: () => undefined,
 *   port: (_, port) => port,
 * }
 */
export interface Observer {
  /** The step is about to be called with this conn. */
  before(list: readonly ObservedStep[], at: number, conn: Conn): void
  /** The step returned an effect, which is about to be executed. */
  effect(list: readonly ObservedStep[], at: number, conn: Conn): void
  /**
   * The step is done: `made` is the conn that it passes on, or that it halted or failed with (`made.error`). After a yielded
   * effect that succeeded it is the conn from before.
   */
  after(list: readonly ObservedStep[], at: number, conn: Conn, made: Conn): void
  /** The port as this request is to see it: the port itself, or one that stands in for it. */
  port<P extends object>(name: string, port: P): P
}

/** A step as an observer sees it: a function with a name. */
export interface ObservedStep {
  readonly name: string
}
