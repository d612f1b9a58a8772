import t from 'tap'
import { rawEntry } from '../../../../lib/crypto/term-format.js'
import type { Result } from '../../../../lib/index.js'
import { memoryStore, memoryTable } from '../../../../plugs/session/index.js'
import { countingContext } from '../kit.js'

const start = Date.UTC(2026, 0, 1)

t.test('a million sessions are held, and one more takes the place of the oldest', async t => {
  const most = 1_000_000
  const table = memoryTable({ maxEntries: most })
  const store = memoryStore(table)
  const place = { name: 'session', ttl: undefined }
  const context = countingContext(start)
  const executed = <A>(result: Result<A>): A => {
    const outcome = typeof result === 'function' ? (result as () => unknown)() : undefined
    return (outcome as { readonly right: A }).right
  }
  const entry = rawEntry('user_id', 123_456)
  const write = { changes: [{ op: 'put', entry }] as const, entries: [entry] }
  const before = process.memoryUsage().heapUsed
  const ids: string[] = []
  for (let i = 0; i <= most; i++) {
    const id = executed(store.apply(undefined, write, place, context))
    if (i % 100_000 === 0) ids.push(id as string)
  }
  const each = (process.memoryUsage().heapUsed - before) / most
  t.equal(table.size, most)
  t.ok(each < 1000, `${Math.round(each)} bytes a session`)
  t.strictSame(
    ids.map(id => executed(store.get(id, place, context))?.entries.length),
    [undefined, ...Array.from({ length: 10 }, () => 1)],
  )
})
