// What the micro bench measures does what it should: an operation that fails at once would look fast.
import t from 'tap'
import { operations } from '../../bench/operations.js'

t.test('each operation of the micro bench gives what it says', async t => {
  const all = await operations()
  t.equal(new Set(all.map(({ name }) => name)).size, all.length, 'no two have the same name')
  for (const { name, work, shows, expected } of all) {
    const result = work(0)
    t.strictSame(shows === undefined ? result : shows(result as never), expected, name)
    t.doesNotThrow(() => work(1), `${name}, once more`)
  }
})
