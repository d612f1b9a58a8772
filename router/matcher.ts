/**
 * What a matcher is: it finds, among routes in the order they were declared, the first that takes a request. Matching
 * stands behind these two methods, so that it can be made faster without a change elsewhere.
 */
import type { Segment } from './pattern.js'

/** What a matcher needs to know of a route. */
export interface Matchable {
  /** The method in upper case, or `'*'` for any. */
  readonly method: string
  /** The hosts it is for: exact, or a prefix that ends in `.`; any when there are none. */
  readonly hosts: readonly string[]
  readonly segments: readonly Segment[]
}

export interface Matcher<R extends Matchable> {
  /** Adds a route behind those that were added before. */
  add(route: R): void
  /** The first route that takes the method, the host and the path's segments, percent-decoded; undefined if none does. */
  find(method: string, host: string, segments: readonly string[]): R | undefined
}

/** Whether a host is one of a route's. */
export const takesHost = (hosts: readonly string[], host: string): boolean => {
  if (hosts.length === 0) return true
  for (let i = 0; i < hosts.length; i++) {
    const one = hosts[i] as string
    if (host === one || (one.endsWith('.') && host.startsWith(one))) return true
  }
  return false
}

/** Whether a route takes a method and a host. */
export const takes = (route: Matchable, method: string, host: string): boolean =>
  (route.method === method || route.method === '*') && takesHost(route.hosts, host)
