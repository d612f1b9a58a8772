// Runs the cases: some servers in this process, each of which answers one case at a time, so that what its app saw is that case's.
import { rmSync } from 'node:fs'
import { serve } from '../../lib/adapters/node.js'
import { httpDate, parseHttpDate } from '../../lib/http/date.js'
import { makeFolder, recorder, type Recorder } from './app.js'
import type { Case, Seen } from './case.js'
import { cutProblem, exchange, valuesOf, type Answer, type Exchange } from './exchange.js'

/** How a case went. */
export interface Outcome {
  readonly id: string
  /** What came back, in a few words: the statuses, and whether the connection was closed. */
  readonly said: string
  /** What is wrong; empty if the case holds. */
  readonly problems: readonly string[]
}

/** The major version of the Node that runs. */
export const nodeMajor = Number(process.versions.node.split('.')[0])

/** How many cases run concurrently. */
const lanes = 24

/** The limits of the servers, which cases exceed. */
export const limits = { maxHeaderSize: 4_096, maxTargetSize: 1_024, headersTimeout: 2_500 } as const

/** What every response must satisfy (RFC 9110 §5.6.7, §6.6.1, §15.5.6; RFC 9112 §9.6). */
const answerProblems = (answer: Answer): readonly string[] => {
  const problems: string[] = []
  const dates = valuesOf(answer, 'date')
  const ms = parseHttpDate(dates[0] ?? '')
  if (dates.length !== 1 || ms === undefined || httpDate(ms) !== dates[0])
    problems.push(`a ${answer.status} with the dates ${JSON.stringify(dates)}`)
  for (const name of [
    'content-length',
    'transfer-encoding',
    'content-type',
    'location',
    'etag',
    'last-modified',
  ])
    if (valuesOf(answer, name).length > 1) problems.push(`${name} is sent twice`)
  if (answer.status === 405 && valuesOf(answer, 'allow').length === 0) problems.push('a 405 without Allow')
  return problems
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'undefined'

const headerProblem = (
  answer: Answer,
  name: string,
  wanted: string | RegExp | boolean,
): string | undefined => {
  const values = valuesOf(answer, name)
  const value = values.join('|')
  if (typeof wanted === 'boolean')
    return values.length > 0 === wanted ? undefined : `${name} ${wanted ? 'is missing' : `is ${show(value)}`}`
  const fits = typeof wanted === 'string' ? value === wanted : wanted.test(value)
  return fits ? undefined : `${name} is ${show(values)}, not ${String(wanted)}`
}

/** What the app saw, compared with what it must have seen. */
const seenProblems = (
  { app, paths, status }: Case,
  seen: readonly Seen[],
  first: Answer | undefined,
): readonly string[] => {
  const called = seen.map(({ path }) => path)
  if (called.includes('/smuggled')) return ['the app was called for what was smuggled in']
  if (paths !== undefined && show(called) !== show(paths)) return [`the app was called for ${show(called)}`]
  if (app === undefined) return []
  const isRejected = app === false || (typeof status !== 'number' && (first?.status ?? 400) >= 400)
  if (isRejected) return seen.length > 0 ? [`the app was called for ${show(called)}`] : []
  const saw = seen[0]
  if (saw === undefined) return ['the app was not called']
  const problems: string[] = []
  for (const [name, wanted] of Object.entries(app)) {
    const found = saw[name as keyof Seen]
    if (name === 'headers') {
      for (const [header, value] of Object.entries(wanted as Seen['headers']))
        if (saw.headers[header] !== value)
          problems.push(`the app saw ${header}: ${show(saw.headers[header])}`)
    } else if (show(found) !== show(wanted)) problems.push(`the app saw the ${name} ${show(found)}`)
  }
  return problems
}

/** What is wrong with what came back. */
export const problemsOf = (
  test: Case,
  { answers, closed, problems }: Exchange,
  seen: readonly Seen[],
  read: readonly string[] = [],
): readonly string[] => {
  const { status, rest = [], cut = false, interim = [], headers = {}, body, connection, reads, check } = test
  const found = [
    ...problems.filter(problem => !cut || problem !== cutProblem),
    ...answers.flatMap(answerProblems),
  ]
  if (cut && !problems.includes(cutProblem)) found.push('the response is whole')
  const statuses = answers.map(answer => answer.status)
  const first = answers[0]
  const allowed = typeof status === 'number' ? [status] : status
  if (!allowed.includes(first?.status ?? 0)) found.push(`the status is ${first?.status ?? 'missing'}`)
  if (show(statuses.slice(1)) !== show(rest)) found.push(`the statuses are ${show(statuses)}`)
  if (show(first?.interim ?? []) !== show(interim))
    found.push(`the interim responses are ${show(first?.interim)}`)
  if (connection !== undefined && closed !== (connection === 'closed'))
    found.push(`the connection is ${closed ? 'closed' : 'open'}`)
  if (first !== undefined) {
    for (const [name, wanted] of Object.entries(headers)) {
      const problem = headerProblem(first, name, wanted)
      if (problem !== undefined) found.push(problem)
    }
    if (body !== undefined && !(typeof body === 'string' ? first.body === body : body.test(first.body)))
      found.push(`the body is ${show(first.body.slice(0, 80))}`)
  }
  if (reads !== undefined && show(read) !== show(reads)) found.push(`the app has read ${show(read)}`)
  const other = check?.(answers)
  if (other !== undefined) found.push(other)
  return [...found, ...seenProblems(test, seen, first)]
}

const runCase = async (test: Case, port: number, { seen, reads }: Recorder): Promise<Outcome> => {
  seen.length = 0
  reads.length = 0
  const count = test.status === 0 ? 0 : 1 + (test.rest?.length ?? 0)
  const done = await exchange(port, test, count)
  const statuses = done.answers.map(({ status, interim }) => [...interim, status].join(' '))
  const said = `${statuses.join(', ') || 'nothing'}${done.closed ? ', closed' : ''}`
  return { id: test.id, said, problems: problemsOf(test, done, seen.slice(), reads.slice()) }
}

/** Runs all cases, many concurrently, and returns how each went, in their order. */
export const runCases = async (cases: readonly Case[]): Promise<readonly Outcome[]> => {
  const folder = makeFolder()
  const outcomes: Outcome[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    const record = recorder(folder)
    const started = await serve(record.app, {
      ...limits,
      port: 0,
      host: '127.0.0.1',
      stopOn: [],
      onError: () => undefined,
    })()
    if (started._tag === 'Left') throw new Error(started.left.message)
    for (let at = next++; at < cases.length; at = next++)
      outcomes[at] = await runCase(cases[at] as Case, started.right.port, record)
    await started.right.stop()
  }
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } finally {
    rmSync(folder, { recursive: true })
  }
  return outcomes
}
