/**
 * Measures the load of the process by the delay of its event loop: how late a timer fires. A process that is asked for more than
 * it can do delays everything, until all clients have given up; it does more if it rejects some requests at once.
 */
import { performance } from 'node:perf_hooks'
import { plugError } from '../../../error.js'

/** Milliseconds between two measurements. */
const interval = 50

/** The load of the process. */
export interface Load {
  /** Whether the event loop is delayed by more than the limit. */
  readonly isTooHigh: () => boolean
  /** Stops measuring. */
  readonly stop: () => void
}

/** The failure of a request that is rejected because of the load. */
export const overloaded = plugError(503, 'Overloaded', 'the server is busy; try again later', {
  headers: { 'retry-after': '1' },
})

/**
 * Starts to measure. Each measurement counts half, the one before it a quarter, and so on: one pause is forgotten soon, and
 * one shorter than twice the limit does not count.
 *
 * @param limit milliseconds
 */
export const measureLoad = (limit: number): Load => {
  let delay = 0
  let dueAt = performance.now() + interval
  const measure = (): void => {
    const now = performance.now()
    delay = (delay + Math.max(0, now - dueAt)) / 2
    dueAt = now + interval
    timer.refresh()
  }
  const timer = setTimeout(measure, interval).unref()
  return { isTooHigh: () => delay > limit, stop: () => clearTimeout(timer) }
}
