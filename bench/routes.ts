/** Tables of routes as apps have them, made to any size, and paths for them. */

export interface Declared {
  readonly method: string
  readonly pattern: string
}

const nouns =
  'users posts comments orders products invoices teams projects labels milestones snippets branches tags releases packages pipelines jobs runners keys hooks'.split(
    ' ',
  )

/** A resource as an app has it: ten routes. No literal stands beside a parameter, which Hono's RegExpRouter does not take. */
const resource = (i: number): readonly Declared[] => {
  const round = Math.floor(i / nouns.length)
  const noun = `${nouns[i % nouns.length]}${round === 0 ? '' : `-${round}`}`
  return [
    ['GET', `/${noun}`],
    ['POST', `/${noun}`],
    ['GET', `/archive/${noun}`],
    ['GET', `/${noun}/:id`],
    ['PUT', `/${noun}/:id`],
    ['DELETE', `/${noun}/:id`],
    ['GET', `/${noun}/:id/edit`],
    ['GET', `/${noun}/:parent/notes/:note`],
    ['GET', `/api/v1/${noun}/:id`],
    ['GET', `/api/v1/orgs/:org/${noun}/:parent/versions/:version/files/:file`],
  ].map(([method, pattern]) => ({ method, pattern }) as Declared)
}

/** A table of so many routes, a multiple of ten. */
export const tableOf = (size: number): readonly Declared[] =>
  Array.from({ length: size / 10 }, (_, i) => resource(i)).flat()

/** Whether a route is one of the deep ones: four parameters among ten segments. */
export const isDeep = ({ pattern }: Declared): boolean => pattern.endsWith(':file')

/** What a lookup may ask for. */
type Kind = 'static' | 'one parameter' | 'deep' | 'missing'
export const kinds: readonly Kind[] = ['static', 'one parameter', 'deep', 'missing']

/** The patterns of each kind that GET takes, and those of no route. */
export const patternsOf = (table: readonly Declared[]): Readonly<Record<Kind, readonly string[]>> => {
  const gets = table.filter(route => route.method === 'GET').map(route => route.pattern)
  const one = gets.filter(pattern => /^\/[^/]+\/:id$/.test(pattern))
  return {
    static: gets.filter(pattern => !pattern.includes(':')),
    'one parameter': one,
    deep: table.filter(isDeep).map(route => route.pattern),
    missing: one.map(pattern => `${pattern}/nothing/here`),
  }
}
