/**
 * A coverage-guided fuzzer: it mutates inputs, and keeps each input that runs code that no input before it ran.
 * V8 counts what runs and how often, which also shows whether the work grows faster than the input.
 */
import { statSync } from 'node:fs'
import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'

/** What is fuzzed. An input is a string in which each character is a byte. */
export interface Target {
  readonly name: string
  /** The source files whose blocks guide the search, such as `lib/http/query`. */
  readonly files: readonly string[]
  /** Inputs to begin with. */
  readonly seeds: readonly string[]
  /** What mutations insert: tokens that chance would hardly find. */
  readonly words: readonly string[]
  /** Throws if a law does not hold for an input. */
  readonly check: (input: string) => void
  /** The same with a planted fault: throws for a rare input that the fuzzer must find. */
  readonly planted: (input: string) => void
  /** What grows with an input, if not the input itself repeated. */
  readonly grow?: (input: string, times: number) => string
}

/** What a run found. */
export interface Report {
  readonly name: string
  readonly runs: number
  /** Of the characters in functions of the target's files, the share that ran: 0 to 1. */
  readonly covered: number
  readonly corpus: readonly string[]
  readonly failure?: { readonly input: string; readonly cause: unknown } | undefined
}

// --- random numbers: the same for the same seed

const randomOf = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0 || 1
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

// --- coverage

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}
interface Script {
  readonly url: string
  readonly functions: readonly { readonly ranges: readonly Range[]; readonly functionName: string }[]
}

/** How often each character of the functions of some files ran, by file; -1 outside of functions. */
export type Counts = ReadonlyMap<string, Int32Array>

/** Counts what runs. Start it before the code that it counts is loaded. */
export interface Coverage {
  /** What ran in these files since the last call. */
  readonly take: (files: readonly string[]) => Counts
}

export const startCoverage = (): Coverage => {
  const session = new Session()
  session.connect()
  const post = (method: string, params: object = {}): unknown => {
    let result: unknown
    // with a session of the same thread, the callback is called before `post` returns
    session.post(method, params, (cause, value) => {
      if (cause !== null) throw cause as unknown as Error
      result = value
    })
    return result
  }
  const sizes = new Map<string, number>()
  post('Profiler.enable')
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  return {
    take: files => {
      const { result } = post('Profiler.takePreciseCoverage') as { readonly result: readonly Script[] }
      const counts = new Map<string, Int32Array>()
      for (const { url, functions } of result) {
        const file = files.find(name => url.endsWith(`/dist/${name}.js`))
        if (file === undefined) continue
        // what was collected is not reported any more, not even the module, so that the file itself must say its size
        const size = sizes.get(url) ?? statSync(fileURLToPath(url)).size
        sizes.set(url, size)
        const painted = new Int32Array(size).fill(-1)
        for (const { ranges, functionName } of functions)
          // V8 joins neighbors that ran equally often, so that only characters can be compared: inner ranges come last
          if (functionName !== '' || ranges[0]?.startOffset !== 0)
            for (const { startOffset, endOffset, count } of ranges)
              painted.fill(count, startOffset, endOffset)
        counts.set(file, painted)
      }
      return counts
    },
  }
}

// --- mutations

const longest = 512

const mutationOf = (random: (below: number) => number, words: readonly string[]) => {
  const at = (text: string): number => random(text.length + 1)
  const slice = (text: string): string => {
    const from = at(text)
    return text.slice(from, from + 1 + random(16))
  }
  const replace = (text: string, from: number, count: number, by: string): string =>
    text.slice(0, from) + by + text.slice(from + count)
  const kinds: readonly ((text: string, other: string) => string)[] = [
    text => replace(text, at(text), 1, String.fromCharCode(random(256))),
    text => replace(text, at(text), 1, String.fromCharCode(32 + random(95))),
    text => replace(text, at(text), 0, String.fromCharCode(random(256))),
    text => replace(text, at(text), 1 + random(8), ''),
    text => replace(text, at(text), 0, words[random(words.length)] ?? ''),
    text => replace(text, at(text), random(4), words[random(words.length)] ?? ''),
    text => replace(text, at(text), 0, slice(text)),
    (text, other) => replace(text, at(text), random(4), slice(other)),
    (text, other) => text.slice(0, at(text)) + other.slice(at(other)),
    text => replace(text, at(text), 1, String.fromCharCode(1 << random(8))),
    text => text.slice(0, at(text)),
  ]
  return (text: string, other: string): string => {
    let made = text
    for (let i = 1 + random(4); i > 0; i--)
      made = (kinds[random(kinds.length)] as (text: string, other: string) => string)(made, other)
    return made.slice(0, longest)
  }
}

/** The shortest input found by leaving parts out for which a check still throws. */
export const shortened = (input: string, check: (input: string) => void): string => {
  const fails = (text: string): boolean => {
    try {
      check(text)
      return false
    } catch {
      return true
    }
  }
  let text = input
  for (let size = text.length >> 1; size >= 1; size >>= 1)
    for (let from = 0; from < text.length;) {
      const less = text.slice(0, from) + text.slice(from + size)
      if (less !== text && fails(less)) text = less
      else from += size
    }
  return text
}

// --- the search

/** How long to search, from what, and how inputs are drawn. */
export interface Effort {
  readonly seed: number
  readonly corpus: readonly string[]
  /** Whether to run one more batch after so many inputs. */
  readonly more: (runs: number) => boolean
  /** Whether to check with the planted fault. */
  readonly planted?: boolean
}

const batchSize = 512

/** Searches for an input that a target's check throws for. */
export const search = (target: Target, coverage: Coverage, effort: Effort): Report => {
  const { files, seeds, words } = target
  const check = effort.planted === true ? target.planted : target.check
  const random = randomOf(effort.seed)
  const mutate = mutationOf(random, words)
  const corpus = [...new Set([...seeds, ...effort.corpus])]
  /** What ran, by file: -1 outside of functions, 0 for what has not run. */
  const seen = new Map<string, Int8Array>()
  let runs = 0

  /** Whether anything ran since the last call that no input ran before. */
  const isNew = (note: boolean): boolean => {
    let found = false
    for (const [file, counts] of coverage.take(files)) {
      const before = seen.get(file) ?? new Int8Array(counts.length).fill(-1)
      if (note) seen.set(file, before)
      for (let i = 0; i < counts.length; i++) {
        const count = counts[i] as number
        if (count > 0 && before[i] !== 1) {
          found = true
          if (note) before[i] = 1
        } else if (note && count === 0 && before[i] === -1) before[i] = 0
      }
    }
    return found
  }

  /** Of a batch that ran new blocks, the inputs that did. */
  const keep = (batch: readonly string[]): void => {
    for (const input of batch) check(input)
    if (!isNew(batch.length === 1)) return
    if (batch.length === 1) return void corpus.push(batch[0] as string)
    const middle = batch.length >> 1
    keep(batch.slice(0, middle))
    keep(batch.slice(middle))
  }

  const report = (failure?: Report['failure']): Report => {
    const marks = [...seen.values()].flatMap(one => [...one])
    const run = marks.filter(mark => mark === 1).length
    const covered = run / Math.max(1, marks.filter(mark => mark >= 0).length)
    return { name: target.name, runs, covered, corpus, failure }
  }

  let input = ''
  try {
    for (input of corpus) {
      check(input)
      runs++
    }
    isNew(true)
    while (effort.more(runs)) {
      const batch: string[] = []
      for (let i = 0; i < batchSize; i++) {
        const from = corpus[random(corpus.length)] as string
        input = mutate(from, corpus[random(corpus.length)] as string)
        batch.push(input)
        check(input)
        runs++
      }
      if (isNew(false)) keep(batch)
    }
  } catch (cause) {
    return report({ input: shortened(input, check), cause })
  }
  return report()
}

// --- growth

const repeated = (input: string, times: number): string => input.repeat(times)

/** The work for an input: the characters of a target's files, each as often as it ran. */
const workOf = (target: Target, coverage: Coverage, input: string): number => {
  coverage.take(target.files)
  target.check(input)
  let work = 0
  for (const counts of coverage.take(target.files).values())
    for (let i = 0; i < counts.length; i++) work += Math.max(0, counts[i] as number)
  return work
}

/**
 * Whether the work for an input grows faster than the input: for twice as long an input it may be at most three
 * times as much. Loops inside the engine (regular expressions, `indexOf`) are not counted.
 */
export const growsTooFast = (target: Target, coverage: Coverage, input: string): string | undefined => {
  const grow = target.grow ?? repeated
  const times = Math.max(1, Math.floor(4_096 / Math.max(1, input.length)))
  const once = workOf(target, coverage, grow(input, times))
  const twice = workOf(target, coverage, grow(input, times * 2))
  return twice > once * 3 + 100_000
    ? `${target.name}: ${JSON.stringify(input.slice(0, 80))} ${times} times is ${once} characters of code, and ${times * 2} times ${twice}`
    : undefined
}

/**
 * Whether the memory that an input takes exceeds a multiple of its size. What has been collected in between is not counted.
 *
 * @param multiple bytes for each byte of the input
 */
export const takesTooMuch = (target: Target, input: string, multiple: number): string | undefined => {
  const large = (target.grow ?? repeated)(input, Math.max(1, Math.floor(65_536 / Math.max(1, input.length))))
  const used = (): number => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = used()
  target.check(large)
  const taken = used() - before
  return taken > large.length * multiple + 2_000_000
    ? `${target.name}: ${JSON.stringify(input.slice(0, 80))} grown to ${large.length} bytes takes ${taken} bytes`
    : undefined
}
