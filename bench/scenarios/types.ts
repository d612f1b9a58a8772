/** S15: what type checking an app of 100, 300 and 1,000 routes costs, beside Hono and Elysia, whose routes are chained. */
import { checkingCost, type Cost } from '../../spec/support/typescript.js'
import type { Effort, Result, Scenario } from '../scenario.js'
import { spreadOf } from '../statistics.js'

/** An app of some routes, each with a parameter that its handler reads, ten to a resource. */
const plugboard = (routes: number): string => `import { text } from 'plugboard'
import { router, scope } from 'plugboard/router'
export const app = router(
${Array.from(
  { length: routes / 10 },
  (_, i) => `  scope('/things${i}', ({ get, post }) => [
${Array.from({ length: 5 }, (_, j) => `    get('/part${j}/:id', c => text(c.params.id)(c)),\n    post('/part${j}/:id', c => text(c.params.id)(c)),`).join('\n')}
  ]),`,
).join('\n')}
)
`

/** The same routes, one call behind another, as an app of Hono or Elysia keeps the types of all. */
const chained = (routes: number, handler: string): string =>
  Array.from(
    { length: routes },
    (_, i) =>
      `  .${i % 2 === 0 ? 'get' : 'post'}('/things${Math.floor(i / 10)}/part${Math.floor((i % 10) / 2)}/:id', ${handler})`,
  ).join('\n')

const sources: Readonly<Record<string, (routes: number) => string>> = {
  Plugboard: plugboard,
  Hono: routes => `import { Hono } from 'hono'
export const app = new Hono()
${chained(routes, `c => c.text(c.req.param('id'))`)}
export type App = typeof app
`,
  Elysia: routes => `import { Elysia } from 'elysia'
export const app = new Elysia()
${chained(routes, '({ params }) => params.id')}
export type App = typeof app
`,
}

const sizes = [100, 300, 1000] as const

/** Checks of each, whose instantiations are the same each time; fewer where fewer rounds are asked for. */
const most = 5

/** What the compiler says, where it does not take the routes. */
const problemOf = ({ diagnostics }: Cost): string | undefined => {
  const [first] = diagnostics
  return first === undefined ? undefined : `TS${first.code}: ${first.lines[0]}`
}

/** The costs of as many checks as are wanted, or what the compiler says against the routes. */
const check = async (contender: string, routes: number, times: number): Promise<readonly Cost[] | string> => {
  const source = (sources[contender] as (routes: number) => string)(routes)
  const costs: Cost[] = []
  for (let i = 0; i < times; i++) {
    const cost = await checkingCost(`bench-${contender}-${routes}`, source)
    const problem = problemOf(cost)
    if (problem !== undefined) return problem
    costs.push(cost)
  }
  return costs
}

const rowOf = (
  contender: string,
  costs: readonly Cost[],
  before: { readonly routes: number; readonly instantiations: number } | undefined,
  routes: number,
): Result => {
  const instantiations = (costs[0] as Cost).instantiations
  const further =
    before === undefined ? undefined : (instantiations - before.instantiations) / (routes - before.routes)
  return {
    contender: `${contender}, ${routes} routes`,
    figures: {
      'check time': { value: spreadOf(costs.map(cost => cost.checkTime)), unit: 's' },
      instantiations: { value: spreadOf([instantiations]), unit: '' },
      ...(further !== undefined && { 'for a further route': { value: spreadOf([further]), unit: '' } }),
    },
  }
}

const measure = async (
  contender: string,
  effort: Effort,
  wanted: (contender: string) => boolean,
  report: (result: Result) => void,
): Promise<void> => {
  let before: { routes: number; instantiations: number } | undefined
  for (const routes of effort.rounds === 0 ? [10] : sizes) {
    const name = `${contender}, ${routes} routes`
    if (!wanted(name)) continue
    const costs = await check(contender, routes, Math.max(1, Math.min(most, effort.rounds)))
    if (typeof costs === 'string') report({ contender: name, failure: costs })
    else if (effort.rounds === 0) report({ contender: name })
    else {
      report(rowOf(contender, costs, before, routes))
      before = { routes, instantiations: (costs[0] as Cost).instantiations }
    }
  }
}

export const typeChecking: Scenario = {
  name: 'S15',
  title: 'Type checking of 100, 300 and 1,000 routes by TypeScript 7',
  goal: 'linear, under 3 s for 1,000 routes, and less than Hono and Elysia at 300 and 1,000',
  run: async (effort, wanted, report) => {
    const results: Result[] = []
    for (const contender of Object.keys(sources))
      await measure(contender, effort, wanted, result => {
        results.push(result)
        report?.(result)
      })
    return results
  },
}
