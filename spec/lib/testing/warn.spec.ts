// What a developer sees where a request of a test fails: the status alone would not say why.
import t from 'tap'
import { attempt, badRequest, fail, text, type Conn } from '../../../lib/index.js'
import { conn, run, runAsync } from '../../../lib/testing/index.js'

interface Warning extends Error {
  readonly detail?: string
}

/** The warnings of failed requests that work emits. */
const warningsOf = async (work: () => unknown): Promise<readonly Warning[]> => {
  const seen: Warning[] = []
  const listen = (warning: Warning): void => {
    if (warning.name === 'FailedRequest') seen.push(warning)
  }
  process.on('warning', listen)
  await work()
  await new Promise(resolve => setImmediate(resolve))
  process.off('warning', listen)
  return seen
}

const get = () => conn('GET', '/posts?secret=1')
const broken = (): Conn => {
  throw new Error('no such table')
}

t.test('an exception is a warning with what was thrown, and the response a 500', async t => {
  const runs: readonly (() => unknown)[] = [
    () => run(broken)(get()),
    () => runAsync(() => attempt(async () => broken()))(get()),
  ]
  for (const work of runs) {
    const [warning, ...others] = await warningsOf(work)
    t.match(warning, {
      message: 'GET /posts failed with status 500',
      detail: /^Error: no such table\n +at .*broken/,
    })
    t.strictSame(others, [])
  }
})

t.test('what is no exception is no warning', async t => {
  t.strictSame(await warningsOf(() => run((c: Conn) => fail(c, badRequest('no')))(get())), [])
  t.strictSame(await warningsOf(() => run(text('fine'))(get())), [])
})

t.test('what cannot be shown is no second failure', async t => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('a trap')
      },
    },
  )
  const [warning] = await warningsOf(() =>
    run(() => {
      throw hostile
    })(get()),
  )
  t.match(warning, { message: 'GET /posts failed with status 500' })
})
