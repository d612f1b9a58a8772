/** Nanoseconds an operation, in one process: `node dist/bench/micro.js`. Medians of several rounds, with the extremes. */
import { assign, pipeline, putRespHeader, putStatus, text, type AnyPlug, type Conn } from '../lib/index.js'
import { ConnRecord, type RequestSource } from '../lib/conn/record.js'
import { noHeaders } from '../lib/http/headers.js'

const source: RequestSource = {
  method: 'GET',
  scheme: 'http',
  host: 'localhost',
  port: 4000,
  path: '/',
  segments: [],
  scriptName: [],
  queryString: '',
  reqHeaders: noHeaders,
  remoteIp: '127.0.0.1',
  httpVersion: '1.1',
  body: { bytes: () => () => ({ _tag: 'Right', right: new Uint8Array() }), chunks: () => ({}) as never },
  now: 0,
  entropy: (_, length) => new Uint8Array(length),
  signal: new AbortController().signal,
  secretKeyBase: undefined,
  watch: undefined,
}

const blank = ConnRecord.of(source)
let sink: unknown

const bench = (name: string, work: () => unknown): void => {
  const times: number[] = []
  for (let round = 0; round < 9; round++) {
    const started = process.hrtime.bigint()
    for (let i = 0; i < 300_000; i++) sink = work()
    times.push(Number(process.hrtime.bigint() - started) / 300_000)
  }
  times.splice(0, 2)
  times.sort((a, b) => a - b)
  console.log(
    `${name.padEnd(34)} ${times[3]?.toFixed(0).padStart(6)} ns (${times[0]?.toFixed(0)} to ${times[6]?.toFixed(0)})`,
  )
}

const status = putStatus(201)
const header = putRespHeader('x-a', 'b')
const anAssign = assign('a', 1)
const twelve = pipeline(
  ...(Array.from({ length: 12 }, () => (conn: Conn) => conn) as never[]),
) as unknown as (conn: Conn) => Conn
const twelveUpdates = pipeline(
  ...(Array.from({ length: 12 }, (_, i) => putStatus(200 + i)) as never[]),
) as unknown as AnyPlug
const ten = pipeline(
  ...(Array.from({ length: 10 }, (_, i) => [
    assign(`k${i}`, i),
    putRespHeader(`x-${i}`, 'v'),
  ]).flat() as never[]),
  text('x') as never,
) as unknown as AnyPlug

bench('conn update: status', () => status(blank))
bench('conn update: header', () => header(blank))
bench('conn update: assign', () => anAssign(blank))
bench('conn update: text', () => text('x')(blank))
bench('pipeline of 12 that do nothing', () => twelve(blank))
bench('pipeline of 12 updates', () => twelveUpdates(blank))
bench('ten assigns, ten headers, text', () => ten(blank))
export const last = (): unknown => sink
