/** The little arithmetic of the benchmarks: medians with their extremes, and how far two measurements differ. */
import type { Spread } from './scenario.js'

/**
 * The median of some measurements, with the least and the most. Of an even number of them it is the mean of the middle two.
 *
 * @throws RangeError where there is no measurement.
 */
export const spreadOf = (values: readonly number[]): Spread => {
  if (values.length === 0) throw new RangeError('spreadOf: there must be a measurement')
  const sorted = [...values].sort((a, b) => a - b)
  const at = (i: number): number => sorted[i] as number
  const half = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2
  return { median, min: at(0), max: at(sorted.length - 1) }
}

/** By which part of the lesser one of two positive measurements is more than the other: 0.15 is 15 per cent. */
export const difference = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b) - 1

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A number with so many digits as matter: `0.94`, `31.4`, `12,345`. */
export const digits = (value: number): string =>
  Math.abs(value) < 10 ? value.toFixed(2) : Math.abs(value) < 100 ? value.toFixed(1) : whole.format(value)

/** A spread in words: `0.94 (0.90 to 0.97)`, and without the extremes where all is one measurement. */
export const words = ({ median, min, max }: Spread): string =>
  min === max ? digits(median) : `${digits(median)} (${digits(min)} to ${digits(max)})`
