/**
 * What the operations of `operations.ts` cost: `node dist/bench/micro.js`. Nanoseconds each, the median of several rounds with
 * the extremes, in one process as Node runs it; and the bytes that each allocates, counted in a process whose new space is so
 * large that nothing is collected meanwhile. Options: `--rounds 7`, `--only session,seal` (parts of names), `--json FILE`.
 */
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { spreadOf } from './statistics.js'
import { operations, type Operation } from './operations.js'
import type { Spread } from './scenario.js'

/** What an operation cost. */
interface Cost {
  readonly name: string
  readonly ns: Spread
  /** Bytes on the heap and outside of it. */
  readonly bytes: number
}

/** Nanoseconds that a round takes, about. */
const roundTime = 40e6
/** Turns before the first round, for the compiler. */
const warmUp = 20_000

let sink: unknown

/** Nanoseconds of so many turns. */
const timeOf = ({ work }: Operation, turns: number): number => {
  const begun = process.hrtime.bigint()
  for (let i = 0; i < turns; i++) sink = work(i)
  return Number(process.hrtime.bigint() - begun)
}

const nanoseconds = (operation: Operation, rounds: number): Spread => {
  timeOf(operation, warmUp)
  const turns = Math.max(1000, Math.round((roundTime * warmUp) / timeOf(operation, warmUp)))
  timeOf(operation, turns)
  return spreadOf(Array.from({ length: rounds }, () => timeOf(operation, turns) / turns))
}

const used = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** What so many turns add to what is used, when all that was unused has been collected. */
const growth = (operation: Operation, turns: number): number => {
  // The memory of buffers is given back in the background; the second time waits for the first.
  for (let i = 0; i < 2; i++) globalThis.gc?.()
  const before = used()
  timeOf(operation, turns)
  return used() - before
}

/** Bytes that a batch may allocate, well below the size of the new space. */
const batch = 16 * 2 ** 20

/** The bytes of one turn: the median of several batches. */
const bytesOf = (operation: Operation): number => {
  timeOf(operation, warmUp)
  const turns = Math.min(100_000, Math.floor((1000 * batch) / Math.max(1, growth(operation, 1000))))
  return Math.round(spreadOf(Array.from({ length: 9 }, () => growth(operation, turns) / turns)).median)
}

/** What each operation allocates, as a process says that collects nothing. */
const allocations = (): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    const execArgv = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--count'], { execArgv })
    child.once('message', message => resolve(message as readonly number[]))
    child.once('exit', code => reject(new Error(`the process that counts bytes ended with ${code}`)))
  })

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    count: { type: 'boolean', default: false },
  },
})
const parts = options.only.split(',')
const chosen = (await operations()).filter(({ name }) => parts.some(part => name.includes(part)))

if (options.count) process.send?.(chosen.map(bytesOf), () => process.exit())
else {
  const bytes = await allocations()
  console.log(`${'operation'.padEnd(34)} ${'ns, median (least to most)'.padEnd(30)} bytes`)
  const costs = chosen.map((operation, i): Cost => {
    const ns = nanoseconds(operation, Number(options.rounds))
    const cost = { name: operation.name, ns, bytes: bytes[i] as number }
    const times = `${ns.median.toFixed(0)} (${ns.min.toFixed(0)} to ${ns.max.toFixed(0)})`
    console.log(`${cost.name.padEnd(34)} ${times.padEnd(30)} ${cost.bytes}`)
    return cost
  })
  if (options.json !== undefined) {
    const taken = { at: new Date().toISOString(), node: process.version, operations: costs }
    writeFileSync(options.json, JSON.stringify(taken, null, 2))
  }
}

export const last = (): unknown => sink
