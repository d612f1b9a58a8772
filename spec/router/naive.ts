// Matching as one would explain it: decode the segments, and try the routes in the order of declaration, segment by
// segment. It shares no code with the router, so that the two can be compared.
import type { PathStrings, Matchable, Matcher } from '../../router/matcher.js'

/** A route as it is declared. */
export interface Declared {
  readonly method: string
  readonly pattern: string
  readonly hosts: readonly string[]
  /** What the text of a parameter must fit, by its name. */
  readonly shapes?: Readonly<Record<string, RegExp>>
}

const segmentsOf = (path: string): string[] => path.split('/').filter(segment => segment !== '')

const parts = /^(?<before>[^:*]*)(?:(?<sign>[:*])(?<name>[a-z_]\w*)(?<behind>.*))?$/

const fitsWhole = (shape: RegExp, text: string): boolean =>
  new RegExp(`(?<![^])(?:${shape.source})(?![^])`, shape.flags).test(text)

/** The parameters of a path, or undefined if the pattern does not fit. */
const paramsOf = ({ pattern, shapes = {} }: Declared, path: readonly string[]): PathStrings | undefined => {
  const params: Record<string, string | readonly string[]> = {}
  const wanted = segmentsOf(pattern)
  for (const [i, segment] of wanted.entries()) {
    const { before = '', sign, name = '', behind = '' } = parts.exec(segment)?.groups ?? {}
    const text = path[i]
    if (sign === '*') {
      if (before !== '' && !text?.startsWith(before)) return undefined
      params[name] = path.slice(i)
      return params
    }
    if (text === undefined) return undefined
    if (sign === undefined) {
      if (text !== segment) return undefined
      continue
    }
    if (!text.startsWith(before) || !text.slice(before.length).endsWith(behind)) return undefined
    const value = text.slice(before.length, text.length - behind.length)
    const shape = shapes[name]
    if (shape !== undefined && !fitsWhole(shape, value)) return undefined
    params[name] = value
  }
  return path.length === wanted.length ? params : undefined
}

const decoded = (path: string): readonly string[] | undefined => {
  try {
    return segmentsOf(path).map(decodeURIComponent)
  } catch {
    return undefined
  }
}

/** A matcher that tries its routes one after the other. */
export const naive = <R extends Matchable & Declared>(routes: readonly R[]): Matcher<R> => ({
  find: (method, host, path) => {
    const segments = decoded(path)
    if (segments === undefined) return 'malformed'
    for (const route of routes) {
      if (route.method !== '*' && route.method !== method) continue
      const { hosts } = route
      if (hosts.length > 0 && !hosts.some(one => (one.endsWith('.') ? host.startsWith(one) : host === one)))
        continue
      const params = paramsOf(route, segments)
      if (params) return { kind: 'route', route, pathParams: params, params }
    }
    return 'none'
  },
})
