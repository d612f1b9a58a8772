import t from 'tap'
import * as crypto from 'plugboard/crypto'

t.test('the entry point has the functions of Plug.Crypto under their names', async t => {
  t.strictSame(Object.keys(crypto).sort(), [
    'atom',
    'atomField',
    'base64url',
    'decrypt',
    'encrypt',
    'float',
    'improperList',
    'isAtom',
    'isBitString',
    'isFloat',
    'isImproperList',
    'isOpaque',
    'isTermMap',
    'isTuple',
    'keyGenerator',
    'mask',
    'maskedCompare',
    'messageEncryptor',
    'messageVerifier',
    'secureCompare',
    'sign',
    'termFormat',
    'termMap',
    'token',
    'tuple',
    'verify',
  ])
  t.strictSame(Object.keys(crypto.messageVerifier).sort(), ['sign', 'verify'])
  t.strictSame(Object.keys(crypto.messageEncryptor).sort(), ['decrypt', 'encrypt', 'sealNonce'])
  t.strictSame(Object.keys(crypto.keyGenerator).sort(), ['generate', 'generateCached'])
  t.strictSame(Object.keys(crypto.token).sort(), ['decrypt', 'encrypt', 'sign', 'verify'])
})
