import t from 'tap'
import { fail, pipe, plugError, text, type Conn } from '../../../lib/index.js'
import { conn, expectStatus, run } from '../../../lib/testing/index.js'

const get = conn('GET', '/')

t.test('a response of the status is returned', async t => {
  const done = run(text('hello'))(get)
  t.equal(expectStatus(200)(done), done)
})

t.test('of another status the message says what the app has thrown, and where', async t => {
  const thrown = new TypeError('no such row')
  const broken = (): Conn => {
    throw thrown
  }
  try {
    pipe(get, run(broken), expectStatus(200))
    t.fail('it must throw')
  } catch (error) {
    const { message, cause } = error as Error
    t.match(message, /^expected status 200, got 500: TypeError: no such row\n +at /)
    t.equal(cause, thrown)
  }
})

t.test('a failure is named, and a response that did not fail has no reason', async t => {
  t.throws(
    () =>
      pipe(
        get,
        run(c => fail(c, plugError(409, 'Taken', 'It is taken'))),
        expectStatus(200),
      ),
    {
      message: 'expected status 200, got 409: It is taken',
    },
  )
  t.throws(() => pipe(get, run(text('hello')), expectStatus(201)), {
    message: 'expected status 201, got 200',
  })
})
