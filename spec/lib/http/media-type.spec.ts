import t from 'tap'
import * as fc from 'fast-check'
import {
  contentType,
  headerParams,
  list,
  mediaType,
  token,
  type MediaType,
} from '../../../lib/http/media-type.js'
import { canonical, cases, type Term } from './vectors.js'

const answer = (found: MediaType | undefined): Term =>
  found === undefined ? 'error' : [found.type, found.subtype, found.params]

t.test('media types are read as Plug reads them', async t => {
  for (const { input, media_type: media, content_type: content } of cases('media_type')) {
    t.equal(canonical(answer(mediaType(String(input)))), canonical(media), JSON.stringify(input))
    t.equal(canonical(answer(contentType(String(input)))), canonical(content), JSON.stringify(input))
  }
})

t.test('a type needs a subtype', async t => {
  for (const text of ['x/', 'x/;a=b', 'x', '*', '*/x', '/*']) t.equal(mediaType(text), undefined, text)
})

t.test('parameters are read as Plug reads them', async t => {
  for (const { input, params } of cases('params'))
    t.equal(canonical(headerParams(String(input))), canonical(params), JSON.stringify(input))
})

t.test('a quote that is escaped does not end the value', async t => {
  // Plug splits at this semicolon, since it counts every quote; RFC 9110 §5.6.4 has it inside.
  t.equal(canonical(headerParams('a="b\\";c"; d=e')), canonical({ a: 'b";c', d: 'e' }))
})

t.test('parameters are a record without a prototype', async t => {
  const params = headerParams('__proto__=1; constructor=2')
  t.equal(Object.getPrototypeOf(params), null)
  t.same(Object.keys(params), ['__proto__', 'constructor'])
})

t.test('names are lower-cased in ASCII only', async t => {
  t.same(Object.keys(headerParams('ÉA=1; \u212a=2')), ['Éa', '\u212a'])
})

t.test('tokens are read as Plug reads them', async t => {
  for (const { input, token: expected } of cases('token'))
    t.equal(token(String(input)), expected === false ? undefined : expected, JSON.stringify(input))
  t.equal(token(''), undefined)
  t.equal(token('"'), undefined)
  t.equal(token('"a\\'), undefined)
  t.equal(token('"a\\"'), undefined)
})

t.test('lists are read as Plug reads them', async t => {
  for (const { input, list: expected } of cases('list')) t.same(list(String(input)), expected, String(input))
  t.same(list(''), [])
  t.same(list(' \t, \r\n a\t b ,'), ['a\t b'])
})

t.test('no text makes a reader throw', async () => {
  const unit = fc.constantFrom('a', '/', '*', ';', '=', '"', '\\', ' ', '\t', '\r\n', ',', 'é')
  fc.assert(
    fc.property(fc.string({ unit }), text => {
      const found = mediaType('a/b;' + text)
      return (
        found !== undefined &&
        canonical(found.params) === canonical(headerParams(text)) &&
        list(text).every(item => item !== '' && !item.includes(','))
      )
    }),
    { numRuns: 2000 },
  )
})

t.test('a parameter that is written is read back', async () => {
  const name = fc.stringMatching(/^[a-z0-9-]+$/)
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), params => {
      const text = Object.entries(params).map(([key, value]) => `${key}="${value.replace(/["\\]/g, '\\$&')}"`)
      return canonical(headerParams(text.join('; '))) === canonical(params)
    }),
  )
})

t.test('headers made to be slow are read in one pass', async t => {
  for (const part of [' ', '\t', ';', ',', '"', '\\', 'a=', 'a="', 'a=";', '\r\n', 'a ', 'a=b ;']) {
    const text = part.repeat(200_000)
    t.doesNotThrow(() => {
      mediaType(text)
      mediaType('a/b' + text + 'x')
      headerParams('a=' + text + 'x')
      headerParams('a="' + text + 'x')
      list('a' + text + 'x')
    }, JSON.stringify(part))
  }
})
