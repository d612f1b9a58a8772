/**
 * The short way for paths without parameters: what the matcher answers for them is known when the app starts, so that a
 * request for one is answered by looking its path up, before its segments are even split.
 */
import type { Matchable, Matcher } from './matcher.js'

/** Routes by method, then by path. */
export type Exact<R> = ReadonlyMap<string, ReadonlyMap<string, R>>

/** The path of a pattern that is all literals, if a request can only be meant for it when its path is this very text. */
const literalPath = (route: Matchable): readonly string[] | undefined => {
  const texts: string[] = []
  for (const segment of route.segments) {
    if (segment.kind !== 'literal' || segment.text.includes('%')) return undefined
    texts.push(segment.text)
  }
  return texts
}

/**
 * The answers of a matcher to the literal paths of its routes: those that are the same for every host, and for which
 * nothing has to be read from the path.
 *
 * @param plain whether a route reads nothing from the path
 */
export const exactRoutes = <R extends Matchable>(
  routes: readonly R[],
  matcher: Matcher<R>,
  plain: (route: R) => boolean,
): Exact<R> => {
  const methods = [...new Set(routes.map(route => route.method))].filter(method => method !== '*')
  // If each host that a route asks for gets the answer that no host in particular gets, then so does every other.
  const hosts = [...new Set(routes.flatMap(route => route.hosts))]
  const exact = new Map(methods.map(method => [method, new Map<string, R>()]))
  for (const route of routes) {
    const texts = literalPath(route)
    if (texts === undefined) continue
    for (const [method, paths] of exact) {
      const answer = matcher.find(method, '', texts)
      if (
        answer !== undefined &&
        plain(answer) &&
        hosts.every(host => matcher.find(method, host, texts) === answer)
      )
        paths.set(`/${texts.join('/')}`, answer)
    }
  }
  return exact
}
