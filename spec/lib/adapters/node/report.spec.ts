import t from 'tap'
import { badRequest, notSent, plugError, exception } from '../../../../lib/index.js'
import { bugOf, causeText, reporter, toStderr, type OnError } from '../../../../lib/adapters/node/report.js'
import { conn } from '../../../../lib/testing/index.js'

t.test('stderr gets the stack alone', async t => {
  const cause = Object.assign(new Error('no connection'), { password: 'hunter2' })
  t.equal(causeText(cause), cause.stack)
  t.notMatch(causeText(cause), /hunter2/)
  t.equal(causeText(Object.assign(new RangeError('far'), { stack: undefined })), 'RangeError: far')
  t.equal(causeText('a text'), 'a text')
  t.equal(causeText({ password: 'hunter2' }), 'a value that is not an Error was thrown: object')
  t.equal(causeText(Object.create(null)), 'a value that is not an Error was thrown: object')
  t.equal(causeText(undefined), 'a value that is not an Error was thrown: undefined')
})

/** What is written to stderr meanwhile. */
const heard = async (t: { teardown(f: () => void): void }, work: () => void): Promise<readonly unknown[]> => {
  const lines: unknown[] = []
  const { error } = console
  console.error = (...said: unknown[]) => void lines.push(...said)
  t.teardown(() => (console.error = error))
  work()
  await new Promise(resolve => setImmediate(resolve))
  console.error = error
  return lines
}

t.test('a cause is written to stderr by default', async t => {
  const cause = new Error('oops')
  t.same(await heard(t, () => toStderr(cause)), [cause.stack])
})

t.test('a reporter that fails does no harm: its failure goes to stderr', async t => {
  const thrown = new Error('the reporter failed')
  const failing = reporter<Parameters<OnError>>(() => {
    throw thrown
  })
  t.same(await heard(t, () => failing(new Error('oops'), conn('GET', '/'))), [thrown.stack])
  const rejecting = reporter<Parameters<OnError>>((async () => {
    throw thrown
  }) as () => void)
  t.same(await heard(t, () => rejecting(new Error('oops'), conn('GET', '/'))), [thrown.stack])
})

t.test('a reporter is told the cause and the conn', async t => {
  const told: unknown[] = []
  const c = conn('GET', '/')
  reporter((cause, conn) => void told.push(cause, conn))('oops', c)
  t.equal(told[0], 'oops')
  t.equal(told[1], c)
})

t.test('what is a bug, and what is not', async t => {
  const cause = new Error('beneath')
  t.equal(bugOf(badRequest('no', { cause })), undefined, 'the client is at fault')
  t.equal(bugOf(plugError(503, 'Closed', 'back at nine')), undefined, 'the app expects it')
  t.equal(bugOf(plugError(503, 'Down', 'try later', { cause })), cause, 'the app expects it, and says why')
  t.equal(bugOf(exception(cause)), cause)
  t.match(bugOf(notSent('no response')), { message: 'no response' })
})
