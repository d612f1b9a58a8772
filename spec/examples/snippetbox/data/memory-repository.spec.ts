import t from 'tap'
import { makeMemoryRepository } from '../../../../examples/snippetbox/data/memory-repository.js'
import { now, repositoryContract, value } from './contract.js'

await repositoryContract(t, async () => makeMemoryRepository())

t.test('every answer is there at once, without a promise', async t => {
  const repository = makeMemoryRepository()
  const outcomes = [
    repository.register({ email: 'ada@example.com', password: 'secret' }, now)(),
    repository.authenticate({ email: 'ada@example.com', password: 'secret' })(),
    repository.createSnippet(1, { title: 'A', content: '' }, now)(),
    repository.updateSnippet(1, 1, { title: 'B', content: '' }, now)(),
    repository.snippet(1)(),
    repository.latestSnippets(10)(),
    repository.pageOfSnippets(1, 10)(),
    repository.deleteSnippet(1, 1)(),
    repository.ping()(),
  ]
  for (const outcome of outcomes) {
    t.notOk(outcome instanceof Promise)
    t.match(outcome, { _tag: 'Right' })
  }
})

t.test('two repositories share nothing', async t => {
  const [one, other] = [makeMemoryRepository(), makeMemoryRepository()]
  await value(one.register({ email: 'ada@example.com', password: 'secret' }, now))
  t.equal(await value(other.authenticate({ email: 'ada@example.com', password: 'secret' })), null)
})
