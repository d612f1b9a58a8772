import * as fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { left, right } from 'fp-ts/lib/Either.js'
import { text } from '../../lib/index.js'
import { int, orBadRequest, router, scope, uuid } from '../../router/index.js'

t.test('int takes safe integers as String writes them, and nothing else', async t => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), n => {
      const decoded = int.decode(String(n))
      return isRight(decoded) && decoded.right === n
    }),
  )
  for (const text of [
    '',
    '-',
    '-0',
    '07',
    '+7',
    '7.0',
    '7e3',
    ' 7',
    '0x7',
    '9007199254740992',
    '-9007199254740992',
    '99999999999999999999',
    '٧',
  ])
    t.ok(isLeft(int.decode(text)), JSON.stringify(text))
  for (const other of [7, undefined, null, ['7']]) t.ok(isLeft(int.decode(other)))
})

t.test('uuid takes the textual form of RFC 9562 and gives it in lower case', async t => {
  t.strictSame(uuid.decode('F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'), {
    _tag: 'Right',
    right: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  })
  for (const other of [
    'f81d4fae7dec11d0a76500a0c91e6bf6',
    '{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}',
    'x',
    '',
    7,
    null,
  ])
    t.ok(isLeft(uuid.decode(other)), String(other))
})

t.test('orBadRequest decodes alike and asks for 400', async t => {
  const codec = orBadRequest(int)
  t.strictSame(codec.decode('7'), int.decode('7'))
  t.ok(isLeft(codec.decode('x')))
  t.equal(codec.status, 400)
})

t.test('what is not a codec is refused when the app starts', async t => {
  /** Schemas of other libraries: their decode returns the value, and throws for a bad one. */
  const parse = { parse: (u: unknown) => u }
  const decodes = { parse: (u: unknown) => u, decode: (u: unknown) => u }
  const throws = {
    decode: (u: unknown) => {
      if (Number.isNaN(Number.parseInt(String(u), 10))) throw new TypeError('invalid')
      return u
    },
  }
  const cases: readonly (readonly [codec: unknown, got: string])[] = [
    [Number, 'a function without decode'],
    ['int', 'a string'],
    [7, 'a number'],
    [null, 'null'],
    [undefined, 'undefined'],
    [parse, 'an object without decode'],
    [decodes, 'an object whose decode returns no Either'],
    [{ decode: () => undefined }, 'an object whose decode returns no Either'],
    [throws, 'an object whose decode throws'],
    [Object.assign((u: unknown) => u, decodes), 'a function whose decode returns no Either'],
  ]
  for (const [codec, got] of cases)
    for (const [path, name] of [
      ['/n/:id', 'id'],
      ['/files/*path', 'path'],
    ] as const) {
      const declare = () =>
        router(scope('/', ({ get }) => [get(path, { [name]: codec } as never, text('ok'))]))
      t.throws(
        declare,
        new TypeError(
          `GET ${path}: the parameter "${name}" needs a codec or a regular expression, got ${got}: a codec has a function decode: `,
        ),
        `${got} for ${path}`,
      )
    }
  const lists: unknown[] = []
  const glob = {
    decode: (u: unknown) => {
      lists.push(u)
      return Array.isArray(u) ? right(u) : left('a list')
    },
  }
  router(scope('/', ({ get }) => [get('/files/*path', { path: glob }, text('ok'))]))
  t.strictSame(lists, [['']], 'the codec of a glob is tried with an array')
})
