/** S1 to S4 and S8: a text, JSON, a table of routes, ten plugs, a form. */
import { routes, hello, jsonPath, formPath, plugs, plugsPath, type Work } from '../contenders/work.js'
import { start } from '../harness.js'
import { overHttp, type Contender, type Visit } from '../over-http.js'
import { external, isNamed } from '../phoenix.js'
import { isDeep } from '../routes.js'
import type { Scenario } from '../scenario.js'

const files: Readonly<Record<string, string>> = {
  'node:http by hand': 'node',
  Plugboard: 'plugboard',
  'Fastify 5': 'fastify',
  'Hono 4': 'hono',
  'Koa 3': 'koa',
  'Express 5': 'express',
  Polka: 'polka',
  'hyper-ts': 'hyper',
}

/** Those whose file has the work; Phoenix where it was started. */
export const having = (work: Work, without: readonly string[] = []): Readonly<Record<string, Contender>> => {
  const chosen = Object.entries(files).filter(([name]) => !without.includes(name))
  return {
    ...Object.fromEntries(
      chosen.map(([name, file]) => [name, { start: () => start('./server.js', [file, work]) }]),
    ),
    ...(isNamed() ? { Phoenix: { start: async () => external() } } : {}),
  }
}

const once = (visit: Visit) => async (): Promise<readonly Visit[]> => [visit]

const text = 'text/plain'
const json = 'application/json'

/** Requests for the deep routes of a table, with other values each time. */
export const deepVisits = (table: readonly { readonly pattern: string }[], count: number): readonly Visit[] =>
  Array.from({ length: count }, (_, i) => {
    const { pattern } = table[(i * 7) % table.length] as { readonly pattern: string }
    const values = [`org-${i}`, `${1000 + i}`, `v${i % 10}`, `file-${i}.txt`]
    let at = 0
    const path = pattern.replace(/:\w+/g, () => values[at++] as string)
    return { asked: { path }, expected: { type: text, body: values.join(' ') } }
  })

const fields = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  subject: 'Notes on the engine',
  message: 'It weaves algebraical patterns, just as the loom weaves flowers & leaves.',
  newsletter: 'yes',
}

/** A record as JSON whose keys are in order: that in which it holds them is nobody's promise. */
const sorted = (body: string): string =>
  JSON.stringify(Object.entries(JSON.parse(body) as object).sort(([a], [b]) => (a < b ? -1 : 1)))

export const http: readonly Scenario[] = [
  overHttp({
    name: 'S1',
    title: 'Hello, as text',
    goal: 'a ratio of 0.95',
    contenders: having('hello'),
    visits: once({ asked: { path: '/' }, expected: { type: text, body: hello } }),
  }),
  overHttp({
    name: 'S2',
    title: 'A record as JSON',
    goal: 'a ratio of 0.95',
    contenders: having('json'),
    visits: once({
      asked: { path: jsonPath },
      expected: { type: json, body: JSON.stringify({ message: hello }) },
    }),
  }),
  overHttp({
    name: 'S3',
    title: 'A table of 200 routes, deep routes with four parameters',
    goal: 'a ratio of 0.92',
    contenders: having('routes', ['Koa 3', 'hyper-ts']),
    visits: async (_, most) => deepVisits(routes.filter(isDeep), Math.min(most, 100)),
  }),
  overHttp({
    name: 'S4',
    title: 'Ten plugs, each with an assign and a header',
    goal: 'a ratio of 0.85',
    contenders: having('plugs'),
    visits: once({
      asked: { path: plugsPath },
      expected: {
        type: text,
        body: hello,
        headers: Object.fromEntries(plugs.map(({ header, value }) => [header, value])),
      },
    }),
  }),
]

export const form: readonly Scenario[] = [
  overHttp({
    name: 'S8',
    title: 'A form of five fields, urlencoded, parsed and sent back as JSON',
    goal: 'a ratio of 0.80',
    contenders: having('form', ['hyper-ts']),
    visits: once({
      asked: {
        method: 'POST',
        path: formPath,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      },
      expected: { type: json, body: sorted(JSON.stringify(fields)), plain: sorted },
    }),
  }),
]
