// Random tables of routes and random requests for them: of few letters, so that patterns overlap and paths hit them.
import * as fc from 'fast-check'
import type { Matchable, Matcher } from '../../router/matcher.js'
import { parsePattern, shapeOf, withShapes } from '../../router/pattern.js'
import { covers } from '../../router/unreachable.js'
import type { Declared } from './naive.js'

/** A declared route as a matcher takes it, with its place in the order of declaration. */
export interface Numbered extends Matchable, Declared {
  readonly index: number
}

/** Routes as a router has them. */
export const numbered = (routes: readonly Declared[]): readonly Numbered[] =>
  routes.map((route, index) => {
    const { pattern, shapes = {} } = route
    const known = Object.entries(shapes).map(
      ([name, shape]) => [name, shapeOf(shape, name, pattern)] as const,
    )
    return { ...route, segments: withShapes(parsePattern(pattern, pattern), new Map(known)), index }
  })

/** The places of routes that one before them covers. */
export const refusedOf = (routes: readonly Declared[]): ReadonlySet<number> => {
  const made = numbered(routes)
  return new Set(made.flatMap((route, i) => (made.slice(0, i).some(one => covers(one, route)) ? [i] : [])))
}

/** What a matcher finds, as data that can be compared. */
export const answerOf = (matcher: Matcher<Numbered>, { method, host, path }: Request): string => {
  const found = matcher.find(method, host, path)
  return typeof found === 'string' ? found : JSON.stringify([found.route.index, Object.entries(found.params)])
}

export interface Request {
  readonly method: string
  readonly host: string
  readonly path: string
}

const literal = fc.constantFrom('a', 'b', 'ab', 'abb', 'é%')
const shapes: readonly RegExp[] = [/a+/, /a|ab/, /[^/]*/, /\d+/, /B/i]
const segment = fc.oneof(
  { weight: 3, arbitrary: literal },
  { weight: 2, arbitrary: fc.constantFrom(':', 'a:', ':.b', 'a.:.b', 'ab:') },
  // The digit is the place of a shape.
  { weight: 1, arbitrary: fc.constantFrom(':0', ':1', ':2', 'a:0', ':4.b', 'b:3') },
)

const route: fc.Arbitrary<Declared> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', '*'),
    segments: fc.array(segment, { maxLength: 4 }),
    glob: fc.option(fc.constantFrom('*', 'a*', 'ab*'), { freq: 4 }),
    hosts: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.constantFrom(['h.'], ['h.x'], ['h.x', 'k.']) },
    ),
  })
  .map(({ method, segments, glob, hosts }) => {
    const asked: Record<string, RegExp> = {}
    const named = [...segments, ...(glob === null ? [] : [glob])].map((one, i) =>
      one.replace(/([:*])(\d?)/, (_, sign: string, at: string) => {
        const shape = shapes[Number(at)]
        if (at !== '' && shape !== undefined) asked[`p${i}`] = shape
        return `${sign}p${i}`
      }),
    )
    return { method, pattern: `/${named.join('/')}`, hosts, shapes: asked }
  })

/** Tables of up to 25 routes. */
export const table = fc.array(route, { minLength: 1, maxLength: 25 })

/** One segment as it is sent: as it is, encoded, behind empty segments, or not decodable. */
const sent = fc
  .tuple(
    fc.oneof(
      literal,
      fc.constantFrom('c', 'aa', 'ac', 'c.b', 'a.b', 'acb', '.b', 'ab.b', 'a/b', '/', '7', '%'),
    ),
    fc.nat(20),
  )
  .map(([text, way]) => {
    const written = text.replace(/[%/é]/g, encodeURIComponent)
    if (way < 13) return written
    if (way < 16) return written.replace('a', '%61')
    if (way < 18) return `/${written}`
    if (way < 20) return `${written}/`
    return `${written}%f`
  })

const path = fc
  .tuple(fc.array(sent, { maxLength: 5 }), fc.constantFrom('', '', '', '/'))
  .map(([segments, end]) => `/${segments.join('/')}${end}`)

const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'PUT'),
  host: fc.constantFrom('h.x', 'h.y', 'k.z', 'other'),
  path,
})

/** A number of requests. */
export const requests = (count: number): fc.Arbitrary<Request[]> =>
  fc.array(request, { minLength: count, maxLength: count })
