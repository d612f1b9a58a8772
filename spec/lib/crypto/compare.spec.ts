import t from 'tap'
import * as fc from 'fast-check'
import { mask, maskedCompare, secureCompare } from '../../../lib/crypto/index.js'
import { cases, fromHex, toBytes, toHex } from './vectors.js'

t.test('secureCompare agrees with Plug', async t => {
  for (const { left, right, equal } of cases('secure_compare'))
    t.equal(secureCompare(toBytes(left), toBytes(right)), equal, `${left} and ${right}`)
})

t.test('mask agrees with Plug, and refuses what differs in length', async t => {
  for (const { left_hex, right_hex, mask_hex, raise } of cases('mask')) {
    const masked = () => mask(fromHex(left_hex), fromHex(right_hex))
    if (raise === undefined) t.equal(toHex(masked()), mask_hex)
    else
      t.throws(masked, {
        name: 'RangeError',
        message: 'mask: left and right must have the same number of bytes',
      })
  }
})

t.test('text stands for its UTF-8 bytes', async t => {
  t.equal(secureCompare('é', Uint8Array.of(0xc3, 0xa9)), true)
  t.equal(toHex(mask('é', Uint8Array.of(0, 0xff))), 'c356')
  t.equal(secureCompare(Buffer.from('a'), 'a'), true)
})

t.test('anything but text and bytes is refused without being shown', async t => {
  const secret = 123456 as unknown as string
  t.throws(() => secureCompare(secret, 'a'), {
    name: 'TypeError',
    message: 'secureCompare: left must be a string or a Uint8Array',
  })
  t.throws(() => secureCompare('a', secret), {
    message: 'secureCompare: right must be a string or a Uint8Array',
  })
  t.throws(() => mask('a', secret), { message: 'mask: right must be a string or a Uint8Array' })
  t.throws(() => maskedCompare('a', 'b', secret), {
    message: 'maskedCompare: mask must be a string or a Uint8Array',
  })
})

t.test('maskedCompare needs three equal lengths and the right mask', async t => {
  t.equal(maskedCompare('abc', 'xyz', mask('abc', 'xyz')), true)
  t.equal(maskedCompare('abc', 'xyz', mask('abc', 'xyw')), false)
  t.equal(maskedCompare('abc', 'xy', 'abc'), false)
  t.equal(maskedCompare('abc', 'xyz', 'ab'), false)
  t.equal(maskedCompare('', '', ''), true)
})

t.test('masking twice gives the first value again', async t => {
  const pair = fc
    .nat(60)
    .chain(n => fc.tuple(...[0, 1].map(() => fc.uint8Array({ minLength: n, maxLength: n }))))
  fc.assert(
    fc.property(pair, ([left, right]) => {
      const masked = mask(left as Uint8Array, right as Uint8Array)
      return (
        toHex(mask(masked, right as Uint8Array)) === toHex(left as Uint8Array) &&
        maskedCompare(left as Uint8Array, right as Uint8Array, masked)
      )
    }),
  )
  t.pass()
})
