import t from 'tap'
import {
  reasonPhrase,
  reasonPhraseOr,
  statusCode,
  statusName,
  type StatusName,
} from '../../../lib/http/status.js'
import { cases, toValue } from './vectors.js'

const camel = (atom: string): string => atom.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

t.test('every code has the name and the phrase that Plug gives it', async t => {
  for (const { code, atom, reason } of cases('status_codes')) {
    t.equal(statusName(Number(code)), camel(String(atom)))
    t.equal(statusCode(camel(String(atom)) as StatusName), code)
    t.equal(reasonPhrase(Number(code)), reason)
  }
})

t.test('a status is given by number or by name, and anything else is a mistake', async t => {
  for (const { in: given, code, raise } of cases('status_atoms')) {
    const term = toValue(given)
    const status = (typeof term === 'string' ? camel(term) : term) as StatusName
    if (raise === undefined) t.equal(statusCode(status), code, status)
    else t.throws(() => statusCode(status), typeof term === 'number' ? RangeError : TypeError)
  }
  for (const number of [99, 1000, 200.5, NaN, Infinity]) t.throws(() => statusCode(number), RangeError)
  t.equal(statusCode(100), 100)
  t.equal(statusCode(999), 999)
})

t.test('what the program gets wrong is named in the message', async t => {
  t.throws(() => statusCode(20), { message: 'status must be an integer from 100 to 999, got 20' })
  t.throws(() => statusCode('toString' as StatusName), {
    message: 'status must be a number or a known status name, got "toString"',
  })
  // an argument in the wrong place may hold a secret, or itself
  const misplaced: Record<string, unknown> = { password: 'secret' }
  misplaced['self'] = misplaced
  t.throws(() => statusCode(misplaced as never), {
    message: 'status must be a number or a known status name, got a value of type object',
  })
  t.throws(() => reasonPhrase(299), { message: 'status must be a code with a known reason phrase, got 299' })
})

t.test('a code without a phrase throws, or gets the fallback where one is given', async t => {
  for (const { code } of cases('status_unknown')) {
    t.throws(() => reasonPhrase(Number(code)), RangeError)
    t.throws(() => statusName(Number(code)), RangeError)
    t.equal(reasonPhraseOr('Error', Number(code)), 'Error')
  }
  t.equal(reasonPhraseOr('Error', 404), 'Not Found')
})

t.test('both names of 422 are known, and the newer is the one given back', async t => {
  t.equal(statusCode('unprocessableEntity'), 422)
  t.equal(statusName(422), 'unprocessableContent')
  t.equal(reasonPhrase(418), "I'm a teapot")
})
