import t from 'tap'
import { logTo, type LogStream } from '../../../../../lib/adapters/node.js'
import type { LogRecord } from '../../../../../lib/port-types.js'
import { node } from '../../../../support/command.js'

const record: LogRecord = {
  level: 'info',
  startedAt: Date.now() - 50,
  method: 'GET',
  path: '/a\nb',
  status: 200,
  remoteIp: '127.0.0.1',
  requestId: 'abc',
  route: '/:name',
  params: { name: 'a\nb' },
}

t.test('a record is one line of JSON, with the time and how long it took', async t => {
  const lines: string[] = []
  const write = logTo({ write: line => lines.push(line) }).write(record)
  t.strictSame(lines, [], 'nothing is written before the effect is executed')
  const before = Date.now()
  write()
  t.equal(lines.length, 1)
  t.match(lines[0], /^[^\n]*\n$/)
  const { time, duration, ...rest } = JSON.parse(lines[0] ?? '') as {
    readonly time: number
    readonly duration: number
  }
  t.ok(time >= before && time <= Date.now())
  t.ok(duration >= 50 && duration < 10_000)
  const { startedAt: _, ...expected } = record
  t.strictSame(rest, expected)
})

t.test('every level is written', async t => {
  const lines: string[] = []
  const log = logTo({ write: line => lines.push(line) })
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log.write({ ...record, level })()
  t.strictSame(
    lines.map(line => (JSON.parse(line) as LogRecord).level),
    ['debug', 'info', 'warn', 'error'],
  )
})

t.test('stdout writes to the standard output, and loads pino only then', async t => {
  const { stdout, stderr } = await node([
    '--input-type=module',
    '-e',
    `import { createRequire } from 'node:module'
    import { stdout } from 'plugboard/node'
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some(path => path.includes('/pino/'))
    const record = ${JSON.stringify(record)}
    const write = stdout.write(record)
    const before = loaded()
    write()
    stdout.write(record)()
    console.log(JSON.stringify([before, loaded()]))`,
  ])
  t.equal(stderr, '')
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  t.equal(lines.length, 3)
  t.strictSame(lines.find(Array.isArray), [false, true])
  const records = lines.filter(line => !Array.isArray(line))
  for (const line of records) t.match(line, { level: 'info', path: '/a\nb' })
})

t.test('the stream must be one', async t => {
  for (const stream of [undefined, null, {}, 'stdout'])
    t.throws(() => logTo(stream as unknown as LogStream), {
      message: 'logTo: stream must have a function write',
    })
})
