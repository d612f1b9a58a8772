import t from 'tap'
import { caught, raise, raised } from '../../../lib/conn/raise.js'
import { invalidHeader } from '../../../lib/error.js'

t.test('a failure that was thrown is taken out again, with what was thrown as its cause', async t => {
  const error = invalidHeader('no such name')
  t.throws(() => raise(error), { name: 'PlugboardError', message: 'no such name' })
  const thrown = raised(error)
  t.ok(thrown instanceof TypeError)
  const back = caught(thrown)
  t.match(back, { _tag: 'InvalidHeader', status: 500, message: 'no such name' })
  t.equal(back.cause, thrown)
  t.ok(Object.isFrozen(back))
})

t.test('anything else that was thrown is an exception', async t => {
  for (const thrown of [new Error('secret'), 'text', undefined, null]) {
    const failure = caught(thrown)
    t.match(failure, { _tag: 'Exception', status: 500, message: 'Internal Server Error' })
    t.equal(failure.cause, thrown)
  }
})

t.test('a failure that is thrown by itself is the failure', async t => {
  const error = invalidHeader('not thrown by raise')
  t.equal(caught(error), error)
})
