// Matching as one would explain it: try the routes in the order of declaration, segment by segment. It shares no code
// with the router, so that the two can be compared.

/** A route as it is declared. */
export interface Declared {
  readonly method: string
  readonly pattern: string
  readonly hosts: readonly string[]
}

export interface Found {
  /** The place of the route in the order of declaration. */
  readonly index: number
  readonly params: Readonly<Record<string, string | readonly string[]>>
}

const segmentsOf = (path: string): string[] => path.split('/').filter(segment => segment !== '')

const parts = /^(?<before>[^:*]*)(?:(?<sign>[:*])(?<name>[a-z_]\w*)(?<behind>.*))?$/

/** The parameters of a path, or undefined if the pattern does not fit. */
const paramsOf = (pattern: string, path: readonly string[]): Found['params'] | undefined => {
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
    params[name] = text.slice(before.length, text.length - behind.length)
  }
  return path.length === wanted.length ? params : undefined
}

/** What the first route that takes the request finds in it. The segments are decoded. */
export const naive = (
  routes: readonly Declared[],
  method: string,
  host: string,
  segments: readonly string[],
): Found | undefined => {
  for (const [index, route] of routes.entries()) {
    if (route.method !== '*' && route.method !== method) continue
    const { hosts } = route
    if (hosts.length > 0 && !hosts.some(one => (one.endsWith('.') ? host.startsWith(one) : host === one)))
      continue
    const params = paramsOf(route.pattern, segments)
    if (params) return { index, params }
  }
  return undefined
}
