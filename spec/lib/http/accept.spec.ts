import t from 'tap'
import * as fc from 'fast-check'
import { acceptsEncoding, negotiate } from '../../../lib/http/accept.js'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

t.test('without a header, or with one that accepts anything, the first offer is chosen', async t => {
  t.equal(negotiate(undefined, ['json', 'html']), 'json')
  t.equal(negotiate('*/*', ['json', 'html']), 'json')
  t.equal(negotiate('*/*', []), undefined)
})

t.test('a browser gets html wherever it is offered', async t => {
  t.equal(negotiate(browser, ['json', 'html']), 'html')
  t.equal(negotiate('application/json, */*', ['json', 'html']), 'html')
  t.equal(negotiate(browser, ['json']), 'json')
})

t.test('the first item of full weight that names an offer wins', async t => {
  t.equal(negotiate('application/json', ['html', 'json']), 'json')
  t.equal(negotiate('text/html;q=0.9, application/json', ['html', 'json']), 'json')
  t.equal(negotiate('application/json, text/html', ['html', 'json']), 'json')
  t.equal(negotiate('image/png, text/html, application/json', ['json', 'html']), 'html')
  t.equal(negotiate('application/json;q=1.0', ['html', 'json']), 'json')
  t.equal(negotiate('text/html;q=0.5, application/json;q=much', ['html', 'json']), 'json')
})

t.test('lighter items are tried by their weight, ties in the order of their text', async t => {
  t.equal(negotiate('text/html;q=0.5,application/json;q=0.7', ['html', 'json']), 'json')
  t.equal(negotiate('text/html;q=0.7,application/json;q=0.5', ['html', 'json']), 'html')
  t.equal(negotiate('text/html;q=0.5,application/json;q=0.5', ['html', 'json']), 'json')
  t.equal(negotiate('application/json;q=0.5,text/html;q=0.5', ['html', 'json']), 'json')
  t.equal(negotiate('text/html;q=0.5,text/html;q=0.5', ['html']), 'html')
  t.equal(negotiate('application/json;q=2, text/html;q=0.5', ['html', 'json']), 'json')
})

t.test('an item for a whole kind names the first offer of that kind', async t => {
  t.equal(negotiate('text/*', ['json', 'txt', 'html']), 'txt')
  t.equal(negotiate('text/*;q=0.5', ['json', 'html']), 'html')
  t.equal(negotiate('image/*', ['json', 'html']), undefined)
  t.equal(negotiate('image/png, */*;q=0.1', ['json', 'txt']), 'json')
})

t.test('a structured suffix names its format', async t => {
  t.equal(negotiate('application/vnd.shop+json', ['json']), 'json')
  t.equal(negotiate('application/vnd.api+json', ['json', 'json-api']), 'json-api')
})

t.test('media types may be offered as well as formats', async t => {
  t.equal(negotiate('text/turtle', ['json', 'text/turtle']), 'text/turtle')
  t.equal(negotiate('text/*', ['json', 'text/turtle']), 'text/turtle')
  t.equal(negotiate('application/json', ['text/turtle', 'json']), 'json')
})

t.test('what names no offer is not acceptable, and what is no media range is skipped', async t => {
  t.equal(negotiate('image/png', ['html', 'json']), undefined)
  t.equal(negotiate('', ['html', 'json']), undefined)
  t.equal(negotiate('html', ['html', 'json']), undefined)
  t.equal(negotiate('???, application/json', ['html', 'json']), 'json')
  t.equal(negotiate('*/html', ['html']), undefined)
})

t.test('the weight 0 refuses, which Phoenix overlooks and RFC 9110 §12.4.2 asks for', async t => {
  t.equal(negotiate('text/html;q=0', ['html']), undefined)
  t.equal(negotiate('text/html;q=0, */*', ['html', 'json']), 'json')
  t.equal(negotiate('text/*;q=0, */*;q=0.1', ['html', 'json']), 'json')
  t.equal(negotiate('text/*;q=0, text/html;q=0.5', ['txt', 'html']), 'html')
  t.equal(negotiate('*/*;q=0, application/json', ['html', 'json']), 'json')
  t.equal(negotiate('*/*;q=0', ['html', 'json']), undefined)
  t.equal(negotiate('text/turtle;q=0.0, text/*', ['text/turtle', 'txt']), 'txt')
})

t.test('negotiation answers with an offer or nothing, whatever the header', async () => {
  const unit = fc.constantFrom(
    'text/',
    'application/',
    'html',
    'json',
    '*',
    '*/*',
    ';q=',
    '0',
    '.5',
    '1',
    ',',
    ' ',
  )
  const offers = ['json', 'html', 'text/turtle']
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit }), fc.string()), header => {
      const found = negotiate(header, offers)
      return found === undefined || offers.includes(found)
    }),
    { numRuns: 3000 },
  )
})

t.test('headers made to be slow are read in one pass', async t => {
  for (const part of [',', ' ', 'a/b,', 'a/b;q=0,', '*/*;q=0,', ';', 'a/b;q=0.5,', '"'])
    t.doesNotThrow(() => {
      negotiate(part.repeat(20_000), ['html', 'json'])
      acceptsEncoding(part.repeat(20_000), 'gzip')
    }, part)
})

t.test('a coding has the weight that the header gives it', async t => {
  t.equal(acceptsEncoding('gzip', 'gzip'), 1)
  t.equal(acceptsEncoding('br, GZIP ; Q=0.8', 'gzip'), 0.8)
  t.equal(acceptsEncoding('gzip;q=0.8', 'br'), 0)
  t.equal(acceptsEncoding('gzip;q=0', 'gzip'), 0)
  t.equal(acceptsEncoding('x-gzip', 'gzip'), 1)
  t.equal(acceptsEncoding('gzip;q=1.000;q=0', 'gzip'), 1)
  t.equal(acceptsEncoding('gzipped', 'gzip'), 0)
  t.equal(acceptsEncoding('', 'gzip'), 0)
})

t.test('a weight that cannot be read counts as none', async t => {
  for (const q of ['1.5', '-1', 'x', '', '0.1234', '.5'])
    t.equal(acceptsEncoding(`gzip;q=${q}`, 'gzip'), 0, q)
})

t.test('the asterisk stands for codings that are not named', async t => {
  t.equal(acceptsEncoding('*', 'gzip'), 1)
  t.equal(acceptsEncoding('*;q=0.3, gzip', 'gzip'), 1)
  t.equal(acceptsEncoding('*;q=0.3, gzip', 'br'), 0.3)
  t.equal(acceptsEncoding('*;q=0.3, *;q=0.9', 'br'), 0.3)
  t.equal(acceptsEncoding('identity;q=1, *;q=0', 'gzip'), 0)
})

t.test('identity is acceptable unless it is refused', async t => {
  t.equal(acceptsEncoding(undefined, 'identity'), 1)
  t.equal(acceptsEncoding(undefined, 'gzip'), 0)
  t.equal(acceptsEncoding('gzip;q=0.5', 'identity'), 0.001)
  t.equal(acceptsEncoding('', 'identity'), 0.001)
  t.equal(acceptsEncoding('identity;q=0.5', 'identity'), 0.5)
  t.equal(acceptsEncoding('gzip, identity;q=0', 'identity'), 0)
  t.equal(acceptsEncoding('gzip, *;q=0', 'identity'), 0)
})
