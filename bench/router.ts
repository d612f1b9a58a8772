/**
 * What finding a route costs: nanoseconds from a method and a path as it was sent to the route and its parameters, beside
 * find-my-way (as Fastify uses it, and compiled) and two routers of Hono. `npm run bench:router`; with `--verify` it
 * compares a million answers with those of trying the routes in order.
 *
 * Every path is a new string, as a server gets one with each request: of one that was seen before, V8 remembers the hash.
 * Contenders take turns in each round, and each is given paths of its own.
 */
import { parseArgs } from 'node:util'
import * as fc from 'fast-check'
import findMyWay from 'find-my-way'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { TrieRouter } from 'hono/router/trie-router'
import { trie, type Counter } from '../router/trie.js'
import { naive } from '../spec/router/naive.js'
import { answerOf, numbered, requests, table as randomTable } from '../spec/router/tables.js'
import { matcherOf } from './matcher.js'
import { kinds, patternsOf, tableOf, type Declared } from './routes.js'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    // So few that they do not make the collector's work.
    paths: { type: 'string', default: '2000' },
    verify: { type: 'boolean', default: false },
  },
})
const rounds = Number(options.rounds)
const pathCount = Number(options.paths)

// --- tables and paths

let seed = 1
/** A number below another: the same ones in each run. */
const below = (limit: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return (seed >>> 8) % limit
}
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
const texts = ['42', '1001', 'abc', '9b2e4c1a-5f3d', 'some-longer-slug']

const buffer = Buffer.alloc(1024)
/** A path as an HTTP parser makes it: a string that was never seen before, in one piece. */
const pathOf = (pattern: string): string => {
  const path = pattern.replace(/:\w+/g, () => pick(texts))
  return buffer.toString('latin1', 0, buffer.write(path, 'latin1'))
}

// --- contenders

interface Answer {
  readonly route: number
  readonly params: object
}

/** A router with a table: what is measured, and how its answer is read to see whether it is right. */
interface Contender<F = unknown> {
  readonly find: (path: string) => F
  readonly read: (found: F) => Answer | undefined
}

const plugboard = (table: readonly Declared[]): Contender => {
  const matcher = matcherOf(table)
  const made: Contender<ReturnType<typeof matcher.find>> = {
    find: path => matcher.find('GET', 'localhost', path),
    read: found =>
      typeof found === 'string' ? undefined : { route: found.route.index, params: found.params },
  }
  return made as Contender
}

const way =
  (compiled: boolean) =>
  (table: readonly Declared[]): Contender => {
    const router = findMyWay()
    for (const [index, { method, pattern }] of table.entries())
      router.on(method as 'GET', pattern, () => undefined, { index })
    if (compiled) (router as unknown as { compile(): void }).compile()
    const made: Contender<ReturnType<typeof router.find>> = {
      find: path => router.find('GET', path),
      read: found =>
        found === null
          ? undefined
          : { route: (found.store as { readonly index: number }).index, params: found.params },
    }
    return made as Contender
  }

/** Hono's routers give where in a list the parameters are; they are put in a record as Hono's requests do it. */
const hono =
  (make: () => RegExpRouter<number> | TrieRouter<number>) =>
  (table: readonly Declared[]): Contender => {
    const router = make()
    for (const [index, { method, pattern }] of table.entries()) router.add(method, pattern, index)
    const made: Contender<Answer | undefined> = {
      find: path => {
        const [handlers, stash] = router.match('GET', path)
        const first = handlers[0]
        if (first === undefined) return undefined
        const [route, names] = first
        if (stash === undefined) return { route, params: names }
        const params: Record<string, string | undefined> = {}
        for (const name in names) params[name] = stash[names[name] as number]
        return { route, params }
      },
      read: found => found,
    }
    return made as Contender
  }

const contenders: Readonly<Record<string, (table: readonly Declared[]) => Contender>> = {
  Plugboard: plugboard,
  'find-my-way': way(false),
  'the same, compiled': way(true),
  'Hono RegExp': hono(() => new RegExpRouter()),
  'Hono Trie': hono(() => new TrieRouter()),
}

/** What keeps a contender from a table: an answer that is not Plugboard's. */
const problemOf = (contender: Contender, table: readonly Declared[]): string | undefined => {
  const reference = plugboard(table)
  const all = patternsOf(table)
  const answer = ({ find, read }: Contender, path: string): string => {
    const found = read(find(path))
    return JSON.stringify(found ? [found.route, Object.entries(found.params).sort()] : 'nothing')
  }
  for (const kind of kinds)
    for (const pattern of all[kind]) {
      const path = pathOf(pattern)
      const [wanted, got] = [answer(reference, path), answer(contender, path)]
      if (wanted !== got) return `${path}: ${got} and not ${wanted}`
    }
  return undefined
}

// --- measuring

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b)
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1] as number

let sink: unknown
export const lastAnswer = (): unknown => sink

const timeOf = ({ find }: Contender, patterns: readonly string[]): number => {
  const paths = Array.from({ length: pathCount }, () => pathOf(pick(patterns)))
  const started = process.hrtime.bigint()
  for (let i = 0; i < paths.length; i++) sink = find(paths[i] as string)
  return Number(process.hrtime.bigint() - started) / pathCount
}

const measure = (size: number): void => {
  const table = tableOf(size)
  const patterns = patternsOf(table)
  const entered: (readonly [name: string, contender: Contender])[] = []
  for (const [name, make] of Object.entries(contenders)) {
    try {
      const contender = make(table)
      const problem = problemOf(contender, table)
      if (problem === undefined) entered.push([name, contender])
      else console.log(`${name} is left out at ${size} routes: ${problem}`)
    } catch (error) {
      console.log(`${name} is left out at ${size} routes: it throws ${String(error)}`)
    }
  }
  const times = new Map<string, number[]>()
  const warm = 20
  for (let round = 0; round < rounds + warm; round++)
    for (const kind of kinds)
      for (let i = 0; i < entered.length; i++) {
        // Each round another one begins.
        const [name, contender] = entered[(i + round) % entered.length] as (typeof entered)[number]
        const taken = timeOf(contender, patterns[kind])
        if (round < warm) continue
        const key = `${kind} ${name}`
        times.set(key, [...(times.get(key) ?? []), taken])
      }
  for (const kind of kinds) {
    const of = (name: string): readonly number[] => times.get(`${kind} ${name}`) as readonly number[]
    const mine = of('Plugboard')
    const cells = entered.map(([name]) => {
      const [least] = sorted(of(name))
      return `${least?.toFixed(0)} / ${median(of(name)).toFixed(0)}`.padEnd(20)
    })
    // Of the same round, so that what disturbs one disturbs the other.
    const ratios = of('find-my-way').map((other, round) => (mine[round] as number) / other)
    console.log(`${String(size).padEnd(8)}${kind.padEnd(16)}${cells.join('')}${median(ratios).toFixed(2)}`)
  }
}

// --- verifying

const verify = (): void => {
  const [tables, each] = [20_000, 50]
  const drawn = fc.sample(fc.tuple(randomTable, requests(each)), { numRuns: tables, seed: 1 })
  let [compared, found, differing, most, mostNodes] = [0, 0, 0, 0, 0]
  for (const [routes, asked] of drawn) {
    const counter: Counter = { nodes: 0, steps: 0 }
    const quick = trie(numbered(routes), counter)
    const slow = naive(numbered(routes))
    for (const request of asked) {
      counter.steps = 0
      const answer = answerOf(quick, request)
      if (counter.steps > most) [most, mostNodes] = [counter.steps, counter.nodes]
      compared += 1
      if (answer.startsWith('[')) found += 1
      if (answer !== answerOf(slow, request)) {
        differing += 1
        console.log('differs', JSON.stringify({ routes, request }))
      }
    }
  }
  console.log(
    `${compared} comparisons in ${tables} tables (${found} found a route), ${differing} differ; at most ${most} steps, in a table of ${mostNodes} nodes`,
  )
  if (differing > 0) process.exitCode = 1
}

if (options.verify) verify()
else {
  console.log(
    `Node ${process.version}, ${rounds} rounds of ${pathCount} paths; nanoseconds, least / median; last, the median ratio to find-my-way`,
  )
  console.log(
    `${'routes'.padEnd(8)}${'path'.padEnd(16)}${Object.keys(contenders)
      .map(name => name.padEnd(20))
      .join('')}ratio`,
  )
  for (const size of [10, 200, 1000]) measure(size)
}
