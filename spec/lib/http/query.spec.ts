import t from 'tap'
import * as fc from 'fast-check'
import { isLeft, isRight, type Either } from 'fp-ts/lib/Either.js'
import type { PlugError } from '../../../lib/error.js'
import { addParam, emptyParams, paramsDone, type ParamsOf } from '../../../lib/http/params.js'
import {
  decodeAscii,
  decodeQuery,
  encodeQuery,
  type Params,
  type QueryOptions,
  type QueryValue,
} from '../../../lib/http/query.js'
import { decodeWwwForm } from '../../../lib/http/utf8.js'
import { bytesOf, canonical, cases, toValue, type Case, type Term } from './vectors.js'

// Raw bytes of 0x80 or more reach the decoder as text where they are UTF-8, and percent-encoded where they are not.
const queryOf = (term: Term): string =>
  bytesOf(term)
    ?.toString('latin1')
    .replace(/[\x80-\xff]/g, c => '%' + c.charCodeAt(0).toString(16)) ?? String(term)

const ok = <A>(result: Either<PlugError, A>): A => {
  if (isLeft(result)) throw new Error(result.left.message)
  return result.right
}

const refusal = (text: string, options?: QueryOptions): PlugError | undefined => {
  const result = decodeQuery(text, options)
  return isLeft(result) ? result.left : undefined
}

t.test('queries are read as Plug reads them', async t => {
  for (const { query, expect } of cases('decode')) {
    const text = queryOf(query)
    const { decoded, message } = expect as Case
    if (message !== undefined) t.match(refusal(text), { _tag: 'InvalidQuery', status: 400, message }, text)
    else t.equal(canonical(ok(decodeQuery(text))), canonical(toValue(decoded)), text.slice(0, 60))
  }
})

t.test('the percent-encoded form of a query means the same', async t => {
  for (const { query, expect } of cases('decode')) {
    const { decoded, message } = expect as Case
    if (message !== undefined || typeof query !== 'string') continue
    const text = query.replace(/[[\]]/g, encodeURIComponent)
    t.equal(canonical(ok(decodeQuery(text))), canonical(toValue(decoded)), text.slice(0, 60))
    t.equal(canonical(ok(decodeQuery(text.replaceAll('%5D', '%5d')))), canonical(toValue(decoded)))
  }
})

t.test('bytes that are not UTF-8 are replaced where they are not refused', async t => {
  // Plug keeps the raw bytes; text in JavaScript cannot, so that each becomes U+FFFD.
  for (const { query, decoded } of cases('decode_no_utf8_validation'))
    t.equal(
      canonical(ok(decodeQuery(String(query), { validateUtf8: false }))),
      canonical(toValue(decoded, () => '\ufffd')),
    )
})

t.test('a query means what its pairs mean one by one, whether it is short or long', async () => {
  const piece = fc.constantFrom(
    'a',
    'é',
    '€',
    '+',
    '%',
    '%4',
    '%41',
    '%c3',
    '%a9',
    '%zz',
    '&',
    '=',
    '\ufeff',
    'b=',
  )
  const naive = (text: string): string | undefined => {
    const record: Record<string, string> = Object.create(null)
    for (const pair of text.split('&').filter(Boolean)) {
      const [name, ...value] = pair.split('=')
      const [key, decoded] = [decodeWwwForm(name as string), decodeWwwForm(value.join('='))]
      if (key === undefined || decoded === undefined) return undefined
      record[key] = decoded
    }
    return canonical(record)
  }
  const long = `long=${'x'.repeat(10_000)}`
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = pieces.join('')
      return [text, `${long}&${text}`].every(given => {
        const read = decodeQuery(given)
        const meant = naive(given)
        const ascii = decodeAscii(Buffer.from(given))
        return (
          (isLeft(read) ? undefined : canonical(read.right)) === meant &&
          // oxlint-disable-next-line no-control-regex
          (ascii === undefined ? undefined : canonical(ascii)) ===
            (/^[\0-\x7f]*$/.test(given) ? meant : undefined)
        )
      })
    }),
    { numRuns: 2000 },
  )
})

t.test('pairs with values of any type can be gathered one by one', async t => {
  for (const { name, pairs, decoded } of cases('decode_each')) {
    const acc = emptyParams<unknown>()
    for (const [key, value] of pairs as [string, Term][]) addParam(acc, key, toValue(value))
    t.equal(canonical(ok(paramsDone(acc))), canonical(toValue(decoded)), String(name))
  }
})

t.test('initial entries replace what was gathered under their names', async t => {
  for (const { query, initial, decoded } of cases('decode_with_initial')) {
    const acc = emptyParams<unknown>()
    for (const pair of String(query).split('&').filter(Boolean))
      addParam(acc, pair.split('=')[0] as string, pair.split('=')[1])
    const result = ok(paramsDone(acc, toValue(initial) as ParamsOf<unknown>))
    t.equal(canonical(result), canonical(toValue(decoded)))
  }
})

t.test('gathering may go on after a first result, which stays as it was', async t => {
  const acc = emptyParams()
  addParam(acc, 'a[b]', '1')
  const first = ok(paramsDone(acc))
  addParam(acc, 'a[c]', '2')
  t.equal(canonical(first), canonical({ a: { b: '1' } }))
  t.equal(canonical(ok(paramsDone(acc))), canonical({ a: { b: '1', c: '2' } }))
})

t.test('a nested name once opened is not opened again', async t => {
  t.equal(canonical(ok(decodeQuery('x[y]=1&x=2&x[z]=3'))), canonical({ x: '2' }))
  t.equal(canonical(ok(decodeQuery('x[]=1&x=2&x[]=3'))), canonical({ x: '2' }))
})

t.test('no record has a prototype, at any depth', async t => {
  const params = ok(decodeQuery('__proto__[a]=1&b[__proto__]=2&b[c][constructor]=3'))
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    t.equal(Object.getPrototypeOf(value), null)
    Object.values(value).forEach(check)
  }
  check(params)
  check(ok(decodeQuery('__proto__=1&toString=2')))
  t.equal(({} as { a?: string }).a, undefined)
  t.same(Object.keys(ok(decodeQuery('__proto__=1'))), ['__proto__'])
})

t.test('a query that is too long is answered with 414, at its default length and at one given', async t => {
  t.equal(refusal('a'.repeat(1_000_000)), undefined)
  t.match(refusal('a'.repeat(1_000_001)), {
    _tag: 'InvalidQuery',
    status: 414,
    message: 'maximum query string length is 1000000, got a query with 1000001 characters',
  })
  t.equal(refusal('abc', { length: 3 }), undefined)
  t.match(refusal('abcd', { length: 3 }), { status: 414 })
})

t.test('nesting beyond the limit is answered with 400', async t => {
  const nested = (levels: number): string => 'a' + '[b]'.repeat(levels) + '=1'
  t.equal(refusal(nested(100)), undefined)
  t.match(refusal(nested(101)), {
    _tag: 'InvalidQuery',
    status: 400,
    message: 'parameter names may be nested 100 levels deep, not deeper',
  })
  t.match(refusal('a[][][]=1&b=2', { depth: 2 }), { status: 400 })
  t.equal(refusal('a[][]=1&b=2', { depth: 2 }), undefined)
  t.equal(refusal('a=1', { depth: 0 }), undefined)
  t.match(refusal('a[]=1', { depth: 0 }), { status: 400 })
})

t.test('pairs beyond the limit are answered with 400, empty ones not counted', async t => {
  t.equal(refusal('a&'.repeat(10_000)), undefined)
  t.match(refusal('a&'.repeat(10_001)), {
    _tag: 'InvalidQuery',
    status: 400,
    message: 'a query may have 10000 parameters, not more',
  })
  t.equal(refusal('&&a&&b&&', { pairs: 2 }), undefined)
  t.match(refusal('a[]&b&c', { pairs: 2 }), { status: 400 })
})

const branchesOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, each) => sum + branchesOf(each), 1)
    : 0

t.test('arrays and objects beyond the limit are answered with 400, however they are nested', async t => {
  const many = (pairs: number, rest: string): string =>
    Array.from({ length: pairs }, (_, i) => `a${i}${rest}=1`).join('&')
  const message = 'parameters may have 20000 arrays and objects in all (branches), not more'
  for (const level of ['[]', '[b]', '[][b]']) {
    const levels = level.repeat(100 / (level.split('[').length - 1))
    t.equal(branchesOf(ok(decodeQuery(many(200, levels)))) - 1, 20_000, level)
    t.match(refusal(many(201, levels)), { _tag: 'InvalidQuery', status: 400, message }, level)
  }
  const text = many(4800, '[]'.repeat(100))
  t.ok(text.length < 1_000_000)
  t.match(refusal(text), { message }, 'within all other limits')
  t.match(refusal('a' + '[0]'.repeat(3) + '=1', { branches: 2 }), { status: 400 })
  t.equal(
    refusal('a[0][0][0]=1&a[0][0][1]=2&b=3', { branches: 3 }),
    undefined,
    'one that is open is not counted again',
  )
  t.equal(refusal('a=1', { branches: 0 }), undefined)
  t.match(refusal('a[]=1', { branches: 0 }), { status: 400 })
  const gathered = emptyParams(100, 2)
  for (const key of ['a[b]', 'c[d]', 'e[f]', 'g']) addParam(gathered, key, '1')
  t.match(paramsDone(gathered), { _tag: 'Left', left: { status: 400 } })
})

t.test('a branch is found again among few entries and among many', async t => {
  const rows = Array.from({ length: 30 }, (_, i) => i)
  const text = ['name', 'age'].flatMap(field => rows.map(i => `x[${i}][${field}]=${i}&x[${i}]=no`)).join('&')
  // A value under the name of a branch comes after it, and wins.
  const plain = ['name', 'age'].flatMap(field => rows.map(i => `x[${i}][${field}]=${i}`)).join('&')
  const row = (i: number) => ({ name: `${i}`, age: `${i}` })
  t.equal(canonical(ok(decodeQuery(plain))), canonical({ x: Object.fromEntries(rows.map(i => [i, row(i)])) }))
  t.equal(canonical(ok(decodeQuery(text))), canonical({ x: Object.fromEntries(rows.map(i => [i, 'no'])) }))
})

t.test('queries made to be slow are read in one pass', async t => {
  const size = 1_000_000
  const slow = ['&', '=', '%', '+', '[', ']', '%5D', '[]', 'a[]&', 'a&', 'a[b][c]=1&', '][', '%ff&']
  for (const part of slow) {
    const text = part.repeat(Math.floor(size / part.length))
    const options = { length: 2 * size, pairs: size, depth: size, branches: size, validateUtf8: false }
    t.ok(isRight(decodeQuery(text, options)), part)
    t.ok(isRight(decodeQuery('a' + text + ']', options)), part)
  }
})

t.test('nesting of any depth is built without recursion where the limit allows it', async t => {
  let value: unknown = ok(
    decodeQuery('a' + '[b]'.repeat(300_000) + '=1', { depth: 300_000, branches: 300_000 }),
  )['a']
  let levels = 0
  while (typeof value === 'object') {
    value = (value as Params)['b']
    levels++
  }
  t.equal(levels, 300_000)
  t.equal(value, '1')
})

// The deviations from Plug: what has no counterpart here, each with its reason.
const encodeDeviations = new Map([
  ['[{:a, 1}, {"a", 2}]', 'a record has one kind of key, so that :a and "a" are the same'],
  ['%{a: ~U[2024-01-02 03:04:05Z]}', 'a Date is written as ISO 8601, which Date and Temporal read back'],
  ['%{a: {1, 2}}', 'JavaScript has no tuples'],
  ['%{a: <<255>>}', 'text in JavaScript is Unicode: there are no values of other bytes'],
])

t.test('parameters are written as Plug writes them', async t => {
  for (const { input, input_elixir: source, encoded, raise } of cases('encode')) {
    if (encodeDeviations.has(String(source))) continue
    // Elixir's Date has no time, and so no counterpart among dates here: it is given as its text.
    const given = toValue(source === '%{a: ~D[2024-01-02]}' ? { a: '2024-01-02' } : input)
    const params = (Array.isArray(given) ? {} : given) as Readonly<Record<string, QueryValue>>
    if (raise === undefined) t.equal(encodeQuery(params), encoded, String(source))
    else t.throws(() => encodeQuery(params), TypeError, String(source))
  }
})

t.test('dates are written as ISO 8601', async t => {
  t.equal(encodeQuery({ a: new Date(1704164645000) }), 'a=2024-01-02T03%3A04%3A05.000Z')
})

t.test('empty lists and records are left out wherever they stand', async t => {
  t.equal(encodeQuery({ a: [], b: { c: {}, d: [] }, e: [[], 'f', [[]]] }), 'e[]=f')
  t.equal(
    encodeQuery({ a: undefined, b: { c: undefined, d: 1 }, e: [{ f: 2, g: undefined }] }),
    'b[d]=1&e[][f]=2',
  )
})

t.test('what could not be read back, or is no value, is a mistake that is named', async t => {
  t.throws(() => encodeQuery({ a: [{}] }), {
    name: 'TypeError',
    message: 'encodeQuery: an object inside an array must have exactly one key, at a[]',
  })
  for (const value of [() => 1, Symbol('a'), new Map(), new URL('http://a/')])
    t.throws(() => encodeQuery({ a: { b: value as unknown as string } }), {
      name: 'TypeError',
      message:
        'encodeQuery: a value must be a string, number, bigint, boolean, null, date, array or object, at a[b]',
    })
})

// Names that nest as themselves, and values whose shape the grammar can say.
const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !/[[\]]/.test(text))
const { value: decodable } = fc.letrec<{ value: QueryValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
    fc.dictionary(name, tie('value'), { minKeys: 1, noNullPrototype: false }),
  ),
}))

t.test('what is written is read back', async () => {
  fc.assert(
    fc.property(fc.dictionary(name, decodable), params => {
      const read = decodeQuery(encodeQuery(params as Readonly<Record<string, QueryValue>>))
      return canonical(ok(read)) === canonical(params)
    }),
  )
})

t.test('no text makes the decoder throw, and its limits always hold', async () => {
  const unit = fc.constantFrom('a', 'b', '[', ']', '[]', '][', '=', '&', '%', '+', '%5B', '%5D', '%ff', 'é')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), text => {
      const result = decodeQuery(text, { depth: 3, pairs: 5 })
      return isLeft(result)
        ? result.left.status === 400
        : Object.getPrototypeOf(result.right) === null && Object.keys(result.right).length <= 5
    }),
    { numRuns: 5000 },
  )
})
