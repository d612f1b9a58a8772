/**
 * A failure that is thrown, where a function must return a conn and its argument makes that impossible. The runner
 * takes the failure out again, so that it keeps its tag and status.
 */
import { exception, type PlugError } from '../error.js'

class Raised extends TypeError {
  override readonly name = 'PlugboardError'
  readonly plugError: PlugError
  constructor(plugError: PlugError) {
    super(plugError.message)
    this.plugError = plugError
  }
}

/** An Error to throw or to reject with, from which the runner takes the failure. */
export const raised = (error: PlugError): Error => new Raised(error)

/** Throws a failure. */
export const raise = (error: PlugError): never => {
  throw raised(error)
}

/** The failure in what was thrown, or an `Exception` of it. */
export const caught = (thrown: unknown): PlugError =>
  thrown instanceof Raised ? Object.freeze({ ...thrown.plugError, cause: thrown }) : exception(thrown)
