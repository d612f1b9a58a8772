import t from 'tap'
import * as plugboard from '../../lib/index.js'
import { exception, isPlugError, plugError } from '../../lib/index.js'

const statuses = {
  badRequest: 400,
  badEncoding: 400,
  invalidQuery: 400,
  parseError: 400,
  invalidPath: 400,
  invalidParams: 400,
  invalidCsrfToken: 403,
  invalidCrossOriginRequest: 403,
  noRoute: 404,
  methodNotAllowed: 405,
  notAcceptable: 406,
  requestTimeout: 408,
  requestTooLarge: 413,
  unsupportedMediaType: 415,
  badGateway: 502,
  gatewayTimeout: 504,
  sessionUnavailable: 503,
  invalidHeader: 500,
  cookieOverflow: 500,
  notSent: 500,
} as const

const makers = { ...plugboard }

t.test('each failure knows its tag and status', async t => {
  for (const [name, status] of Object.entries(statuses)) {
    const error = makers[name as keyof typeof statuses]('why')
    t.strictSame(error, { _tag: name[0]?.toUpperCase() + name.slice(1), status, message: 'why' })
    t.ok(Object.isFrozen(error) && isPlugError(error))
  }
})

t.test('a failure may carry headers, a cause and another status', async t => {
  const cause = new Error('beneath')
  t.strictSame(plugboard.invalidQuery('too long', { status: 414, cause, headers: { 'x-a': '1' } }), {
    _tag: 'InvalidQuery',
    status: 414,
    message: 'too long',
    cause,
    headers: { 'x-a': '1' },
  })
})

t.test('an exception says nothing of what was thrown', async t => {
  const cause = new Error('secret')
  t.strictSame(exception(cause), { _tag: 'Exception', status: 500, message: 'Internal Server Error', cause })
})

t.test('an app has failures of its own, told apart by name', async t => {
  const error = plugError(409, 'OutOfStock', 'sold out', { headers: { 'retry-after': '60' } })
  t.strictSame(error, {
    _tag: 'AppError',
    name: 'OutOfStock',
    status: 409,
    message: 'sold out',
    headers: { 'retry-after': '60' },
  })
  t.ok(Object.isFrozen(error))
  for (const status of [399, 600, 404.5, Number.NaN, '404'])
    t.throws(() => plugError(status as number, 'X', 'x'), {
      name: 'RangeError',
      message: /^plugError: status must be/,
    })
  for (const status of [400, 599]) t.equal(plugError(status, 'X', 'x').status, status)
})

t.test('isPlugError tells failures from anything else', async t => {
  for (const value of [undefined, null, 'text', new Error('x'), {}, { _tag: 'X', status: 400 }])
    t.notOk(isPlugError(value))
  t.notOk(isPlugError({ _tag: 1, status: 400, message: 'x' }))
  t.notOk(isPlugError({ _tag: 'X', status: 200, message: 'x' }))
  t.notOk(isPlugError({ _tag: 'X', status: '400', message: 'x' }))
  t.notOk(isPlugError({ _tag: 'X', status: 600, message: 'x' }))
})
