// Terms, tokens and messages: bytes of an attacker never throw, and nothing but what was sealed here opens.
import { messageEncryptor, messageVerifier, termFormat, token, type Term } from '../../../lib/crypto/index.js'
import type { Target } from '../engine.js'
import { fault, law } from '../law.js'

const bytesOf = (input: string): Buffer => Buffer.from(input, 'latin1')

/** A token as it would be written: padding is optional, and the last bits of a part may be any, as in Plug. */
const canonical = (text: string): string =>
  text
    .split('.')
    .map(part => Buffer.from(part, 'base64url').toString('base64url'))
    .join('.')

const isRecord = (term: unknown): term is object => typeof term === 'object' && term !== null

const read = (input: string): Term | undefined => {
  const made = termFormat.decode(bytesOf(input))
  if (made._tag === 'Left') return undefined
  const written = termFormat.encode(made.right)
  const again = termFormat.decode(written)
  law(again._tag === 'Right', 'what was written is read')
  if (again._tag === 'Right')
    law(Buffer.compare(termFormat.encode(again.right), written) === 0, 'a term is written as it was read')
  return made.right
}

const terms = [{ a: 1, b: [1, 2, 'x'] }, [1.5, -7, 2 ** 40], 'text', { n: { m: { k: null } } }, [true, [[]]]]

export const term: Target = {
  name: 'term',
  files: [
    'lib/crypto/term/decode',
    'lib/crypto/term/encode',
    'lib/crypto/term/raw-map',
    'lib/crypto/term/reader',
    'lib/crypto/term/read',
    'lib/crypto/term/skip',
  ],
  seeds: terms.map(one => Buffer.from(termFormat.encode(one as Term)).toString('latin1')),
  words: [
    '\x83',
    'm\0\0\0\x01',
    'l\0\0\0\x01',
    't\0\0\0\x01',
    'h\x02',
    'j',
    'a\x07',
    'F?\xf0\0\0\0\0\0\0',
    'n\x08\0',
    'w\x01a',
  ],
  check: input => {
    read(input)
    const raw = termFormat.decodeMapRaw(bytesOf(input))
    if (raw._tag === 'Right') termFormat.encodeMapRaw(raw.right)
  },
  // a list of the term begins and ends once
  grow: (input, times) =>
    `\x83l${String.fromCharCode(0, 0, (times >> 8) & 255, times & 255)}${input.slice(1).repeat(times)}j`,
  planted: input => {
    const made = read(input)
    fault(isRecord(made) && Object.values(made).some(one => isRecord(one) && Object.values(one).length > 2))
  },
}

const secret = 'a'.repeat(64)
const now = 1_700_000_000_000
const signed = token.sign(secret, 'salt', 'ann', { signedAt: now / 1000 })
const sealed = token.encrypt(secret, 'salt', 'ann', { signedAt: now / 1000, entropy: new Uint8Array(24) })

const opened = (text: string): string => {
  const verified = token.verify(secret, 'salt', text, { now })
  const decrypted = token.decrypt(secret, 'salt', text, { now })
  law(
    verified._tag === 'Left' || canonical(text) === canonical(signed),
    'a token that was not signed is not verified',
  )
  law(
    decrypted._tag === 'Left' || canonical(text) === canonical(sealed),
    'a token that was not encrypted is not decrypted',
  )
  return verified._tag === 'Left' ? verified.left : 'verified'
}

export const tokens: Target = {
  name: 'tokens',
  files: [
    'lib/crypto/sealed-term',
    'lib/crypto/token',
    'lib/crypto/message-verifier',
    'lib/crypto/message-encryptor',
  ],
  seeds: [signed, sealed, '', 'SFMyNTY.x.y'],
  words: ['.', 'SFMyNTY.', 'XCP.', '=', '-', '_'],
  check: text => void opened(text),
  planted: text =>
    fault(opened(text) === 'verified' || (text.startsWith('SFMyNTY.') && text.split('.').length === 5)),
}

const key = 'abcdefgh'.repeat(4)
const message = messageVerifier.sign('hello', 'secret')
const box = messageEncryptor.encrypt('hello', key, '', { nonce: new Uint8Array(24) })

export const messages: Target = {
  name: 'messages',
  files: [
    'lib/crypto/message-verifier',
    'lib/crypto/message-encryptor',
    'lib/crypto/base64url',
    'lib/crypto/legacy-decrypt',
  ],
  seeds: [message, box, 'SFM1MTI.aGVsbG8.x', 'QTEyOEdDTQ.a.b.c.d'],
  words: ['.', 'SFMyNTY.', 'SFM1MTI.', 'XCP.', 'QTEyOEdDTQ.', '=', 'AAAA'],
  check: text => {
    const verified = messageVerifier.verify(text, 'secret')
    law(
      verified._tag === 'None' || canonical(text) === canonical(message),
      'a message that was not signed is not verified',
    )
    const decrypted = messageEncryptor.decrypt(text, key, '')
    law(
      decrypted._tag === 'None' || canonical(text) === canonical(box),
      'a message that was not encrypted is not decrypted',
    )
    const payload = bytesOf(text)
    const made = messageVerifier.verify(messageVerifier.sign(payload, 'other'), 'other')
    law(made._tag === 'Some' && Buffer.compare(made.value, payload) === 0, 'what is signed is verified')
  },
  planted: text => fault(/^QTEyOEdDTQ\.\w+\.\w+\.\w+\.\w+$/.test(text) && text.includes('AAAAAAAA')),
}
