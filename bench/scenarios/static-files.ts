/** S10: a file of 100 kB, sent whole and, to a client that has it, not at all. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, headersOf, measure, start, type Server } from '../harness.js'
import type { Asked } from '../load.js'
import { withServer } from '../over-http.js'
import type { Effort, Result, Scenario } from '../scenario.js'

const contenders = [
  'Plugboard',
  'Plugboard, read once',
  '@fastify/static',
  'sirv, dev',
  'sirv, read once',
  'express.static',
] as const
const answers = ['whole', '304'] as const

const path = '/app.js'
/** 100,000 bytes of text that is not all the same. */
const content = Array.from({ length: 3125 }, (_, i) => `line ${String(i).padStart(6)} of a long script\n`)
  .join('')
  .slice(0, 100_000)

/** Asks for what a contender is to answer, and fails where it does not. */
const visit = async ({ port }: Server, answer: (typeof answers)[number]): Promise<Asked> => {
  const whole = await ask(port, { path })
  if (whole.status !== 200 || whole.body !== content) throw new Error(`the file comes with ${whole.status}`)
  const [etag] = headersOf(whole, 'etag')
  if (etag === undefined) throw new Error('the file comes without an entity tag')
  if (answer === 'whole') return { path }
  const asked = { path, headers: { 'if-none-match': etag } }
  const { status, body } = await ask(port, asked)
  if (status !== 304 || body !== '') throw new Error(`status ${status}, which must be 304`)
  return asked
}

const measureAll = async (
  folder: string,
  effort: Effort,
  wanted: (contender: string) => boolean,
  report: (result: Result) => void,
): Promise<void> => {
  for (const answer of answers)
    for (const contender of contenders) {
      const name = `${contender}, ${answer}`
      if (!wanted(name)) continue
      const result = await withServer(
        name,
        () => start('./server.js', ['static', contender, folder]),
        async server => {
          const asked = await visit(server, answer)
          if (effort.rounds === 0) return { contender: name }
          const measured = await measure(name, server, [asked], effort)
          await visit(server, answer)
          return measured
        },
      )
      report(result)
    }
}

export const staticFile: Scenario = {
  name: 'S10',
  title: 'a static file of 100 kB with an entity tag, and its 304',
  goal: 'less CPU time a request than @fastify/static and sirv, whole and 304',
  run: async (effort, wanted, report) => {
    const folder = mkdtempSync(join(tmpdir(), 'plugboard-static-'))
    const results: Result[] = []
    try {
      writeFileSync(join(folder, 'app.js'), content)
      await measureAll(folder, effort, wanted, result => {
        results.push(result)
        report?.(result)
      })
      return results
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}
