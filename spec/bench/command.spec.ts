// The command line of the benchmarks, and what is compared before a load.
import t from 'tap'
import { chosenOf, commandOf, wantedBy } from '../../bench/command.js'
import { problemOf } from '../../bench/over-http.js'
import { external, isNamed } from '../../bench/phoenix.js'
import { scenarios } from '../../bench/scenarios/index.js'
import { skipUnless } from '../support/skip.js'

t.test('the command line names scenarios, effort, contenders and files', async t => {
  t.same(commandOf(['S1', '--rounds', '2', 'S4', '--seconds', '3', '--only', 'plug,fast', '--out', 'x']), {
    effort: { rounds: 2, seconds: 3 },
    only: ['plug', 'fast'],
    out: 'x',
    json: undefined,
    quick: false,
    names: ['S1', 'S4'],
  })
  t.same(commandOf([]).effort, { rounds: 8, seconds: 1 })
  t.same(commandOf(['--quick']).effort, { rounds: 4, seconds: 1 })
})

t.test('what it does not take is refused in a sentence', async t => {
  t.throws(() => commandOf(['--rounds', '0']), {
    message: '--rounds must be a whole number of 1 or more, and is 0',
  })
  t.throws(() => commandOf(['--seconds', 'long']), {
    message: '--seconds must be a whole number of 1 or more, and is long',
  })
  t.throws(() => commandOf(['--round', '1']), { message: /Unknown option '--round'/ })
  t.throws(() => chosenOf(scenarios, ['S1', 'S99']), {
    message: /^there is no scenario S99: there are S1, S2, /,
  })
})

t.test('scenarios are chosen by name, contenders by a part of theirs', async t => {
  t.same(
    chosenOf(scenarios, ['S4', 'S1']).map(({ name }) => name),
    ['S1', 'S4'],
  )
  t.equal(chosenOf(scenarios, []), scenarios)
  const wanted = wantedBy(['PLUG', 'secure-session'])
  t.same(['Plugboard, encrypted', '@fastify/secure-session', 'Koa 3'].map(wanted), [true, true, false])
  t.ok(wantedBy([])('Koa 3'))
})

t.test('an answer is compared by status, media type, body and headers', async t => {
  const expected = {
    type: 'text/plain',
    body: 'hello N',
    headers: { 'x-a': '1', 'set-cookie': /^s=/ },
    plain: (body: string) => body.replace(/\d+/, 'N'),
  }
  const headers = ['Content-Type', 'Text/Plain; charset=utf-8', 'X-A', '1', 'Set-Cookie', 's=1']
  const given = { status: 200, headers, body: 'hello 7' }
  t.equal(problemOf(expected, given), undefined)
  t.equal(problemOf(expected, { ...given, status: 204 }), 'status 204, which must be 200: hello 7')
  t.equal(problemOf(expected, { ...given, body: 'bye' }), '"bye", which must be "hello N"')
  t.equal(
    problemOf(expected, { ...given, headers: headers.with(1, 'text/html') }),
    'content-type text/html, which must be text/plain',
  )
  t.equal(problemOf(expected, { ...given, headers: headers.with(3, '2') }), 'x-a: 2, which must be 1')
  t.equal(
    problemOf(expected, { ...given, headers: headers.slice(0, 4) }),
    'set-cookie: , which must be /^s=/',
  )
})

t.test('a server that somebody else started is one that the environment names', async t => {
  t.teardown(() => {
    delete process.env['BENCH_PHOENIX_PORT']
    delete process.env['BENCH_PHOENIX_PID']
  })
  t.equal(isNamed(), false)
  process.env['BENCH_PHOENIX_PORT'] = '4000'
  t.throws(external, { message: 'BENCH_PHOENIX_PORT and BENCH_PHOENIX_PID must be set both' })
  process.env['BENCH_PHOENIX_PID'] = 'beam'
  t.throws(external, { message: 'BENCH_PHOENIX_PID must be a number, and is beam' })
})

t.test(
  'its CPU time and memory are read from /proc',
  skipUnless(process.platform === 'linux', 'no server of somebody else is measured: there is no /proc'),
  async t => {
    process.env['BENCH_PHOENIX_PORT'] = '4000'
    process.env['BENCH_PHOENIX_PID'] = String(process.pid)
    t.teardown(() => {
      delete process.env['BENCH_PHOENIX_PORT']
      delete process.env['BENCH_PHOENIX_PID']
    })
    t.equal(isNamed(), true)
    const server = external()
    t.equal(server.port, 4000)
    const used = await server.usage()
    const { user, system } = process.cpuUsage()
    // A tick of the clock is 10 ms for most kernels, of each of the two times.
    t.ok(used.cpu > 0 && used.cpu <= user + system + 40_000, `${used.cpu} of ${user + system} µs`)
    t.ok(Math.abs(used.rss / process.memoryUsage.rss() - 1) < 0.5)
  },
)
