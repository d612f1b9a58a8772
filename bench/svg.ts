/** Bars as SVG: one for each row, as long as its median, with a line from the least to the most. */
import { htmlEscape } from '../lib/index.js'
import type { Spread } from './scenario.js'
import { digits } from './statistics.js'

export interface Bar {
  readonly label: string
  readonly value: Spread
  /** Whether it is the one that the chart is about. */
  readonly own: boolean
}

const [labels, width, right, row, bar] = [260, 420, 70, 28, 16]

/**
 * A chart, as an `svg` element. An empty list is an empty chart.
 *
 * @param least What the scale holds at least: 1 for ratios, so that one far below it is seen to be.
 */
export const bars = (title: string, rows: readonly Bar[], least: number = 0): string => {
  const most = Math.max(...rows.map(({ value }) => value.max), least, Number.MIN_VALUE)
  const x = (value: number): string => (labels + (value / most) * width).toFixed(1)
  const lines = rows.map(({ label, value: { median, min, max }, own }, i) => {
    const top = i * row + (row - bar) / 2
    const middle = i * row + row / 2
    const length = ((median / most) * width).toFixed(1)
    return [
      `<text x="${labels - 8}" y="${middle}" text-anchor="end" dominant-baseline="central">${htmlEscape(label)}</text>`,
      `<rect x="${labels}" y="${top}" width="${length}" height="${bar}" class="${own ? 'own' : 'other'}"/>`,
      `<path d="M${x(min)} ${middle}H${x(max)}M${x(min)} ${middle - 4}v8M${x(max)} ${middle - 4}v8" class="range"/>`,
      `<text x="${Number(x(max)) + 8}" y="${middle}" dominant-baseline="central">${digits(median)}</text>`,
    ].join('')
  })
  const size = `${labels + width + right} ${rows.length * row}`
  return `<svg viewBox="0 0 ${size}" role="img" aria-label="${htmlEscape(title)}"><title>${htmlEscape(title)}</title>${lines.join('')}</svg>`
}
