import * as fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { int, orBadRequest, uuid } from '../../router/index.js'

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
