// Header fields (RFC 9112 §5, RFC 9110 §5): names, values, white space, line ends, size.
import { bad, each, get, head, ok, post, rule, type Case } from '../case.js'

const with_ = (...lines: readonly string[]): string => head('GET /x HTTP/1.1', 'Host: a.test', ...lines)
const saw = (headers: Readonly<Record<string, string>>) => ({ app: { headers } })

const names: readonly Case[] = [
  ...each(
    'field-name-token',
    {
      space: 'X Y',
      parenthesis: 'X(Y',
      at: 'X@Y',
      empty: '',
      'beyond ASCII': 'X\xe9',
      quotes: '"X"',
      control: 'X\x01',
      bracket: 'X[Y]',
      slash: 'X/Y',
      nul: 'X\0Y',
    },
    name => bad(with_(`${name}: y`)),
  ),
  ...each(
    'field-name-characters',
    {
      brace: 'X{Y}',
      equals: 'X=Y',
      comma: 'X,Y',
      semicolon: 'X;Y',
      angle: 'X<Y>',
      question: 'X?Y',
      backslash: 'X\\Y',
      delete: 'X\x7f',
    },
    name => bad(with_(`${name}: y`)),
  ),
  ...each('field-name-allowed', { punctuation: "!#$%&'*+-.^_`|~", digits: '123', underscore: 'X_Y' }, name =>
    ok(with_(`${name}: y`), saw({ [name.toLowerCase()]: 'y' })),
  ),
  ...each(
    'field-colon-space',
    {
      space: 'X : y',
      spaces: 'X   : y',
      tab: 'X\t: y',
      'content length': 'Content-Length : 5',
      'transfer coding': 'Transfer-Encoding : chunked',
      cookie: 'Cookie : a=b',
      'form feed': 'X\f: y',
      'vertical tab': 'X\v: y',
    },
    line => bad(with_(line)),
  ),
  ...rule('field-colon-space', {
    'host of two': bad(head('GET /x HTTP/1.1', 'Host: a.test', 'Host : b.test')),
    'host alone': bad(head('GET /x HTTP/1.1', 'Host : a.test')),
  }),
  ...rule('field-no-colon', {
    word: bad(with_('X')),
    'two words': bad(with_('X y')),
    'a request line': bad(with_('GET /y HTTP/1.1')),
    'only a colon': bad(with_(':')),
    last: bad(with_('X: y', 'Z')),
  }),
  ...rule('field-name-case', {
    host: ok(head('GET /x HTTP/1.1', 'hOsT: a.test'), { app: { host: 'a.test' } }),
    'content length': ok(head('POST /echo HTTP/1.1', 'Host: a.test', 'CONTENT-LENGTH: 2') + 'hi', {
      body: 'hi',
    }),
    'transfer coding': ok(
      `${head('POST /echo HTTP/1.1', 'Host: a.test', 'tRANSFER-eNCODING: chunked')}2\r\nhi\r\n0\r\n\r\n`,
      { body: 'hi' },
    ),
    connection: { ...ok(with_('CONNECTION: close')), connection: 'closed' },
    unknown: ok(with_('X-OtHeR: Y'), saw({ 'x-other': 'Y' })),
  }),
]

const values: readonly Case[] = [
  ...each(
    'field-value-nul',
    {
      middle: 'a\0b',
      first: '\0a',
      last: 'a\0',
      alone: '\0',
    },
    value => bad(with_(`X: ${value}`)),
  ),
  ...each(
    'field-value-bare-cr',
    {
      middle: 'a\rb',
      first: '\ra',
      'before the end': 'a\r',
      'a header after it': 'a\rY: z',
      'a request after it': 'a\r\rGET /smuggled HTTP/1.1',
    },
    value => bad(with_(`X: ${value}`)),
  ),
  ...each(
    'field-value-control',
    {
      bell: 'a\x07',
      one: '\x01',
      escape: 'a\x1bb',
      unit: '\x1f',
      delete: 'a\x7f',
      backspace: 'a\b',
      'vertical tab': 'a\vb',
      'form feed': 'a\fb',
    },
    value => bad(with_(`X: ${value}`)),
  ),
  ...each(
    'obs-fold',
    {
      space: 'X: y\r\n z',
      tab: 'X: y\r\n\tz',
      'after an empty value': 'X:\r\n y',
      spaces: 'X: y\r\n    z',
      'transfer coding': 'Transfer-Encoding:\r\n chunked',
      'content length': 'Content-Length:\r\n 5',
      twice: 'X: y\r\n z\r\n w',
      'an empty fold': 'X: y\r\n \r\nZ: w',
      'of Host': 'Host:\r\n b.test',
    },
    lines => bad(with_(lines)),
  ),
  ...rule('obs-fold', { 'bare LF': bad(with_('X: y\n z')) }),
  ...each(
    'field-value-characters',
    {
      'latin-1': 'caf\xe9',
      'utf-8': '\xe6\x97\xa5',
      tab: 'a\tb',
      punctuation: '"\\(),/:;<=>?@[]{}',
      spaces: 'a   b',
      'all of obs-text': '\x80\xff',
    },
    value => ok(with_(`X: ${value}`), saw({ x: value })),
  ),
  ...rule('field-white-space', {
    none: ok(with_('X:y'), saw({ x: 'y' })),
    before: ok(with_('X:   y'), saw({ x: 'y' })),
    after: ok(with_('X: y   '), saw({ x: 'y' })),
    tabs: ok(with_('X:\ty\t'), saw({ x: 'y' })),
    'tabs and spaces': ok(with_('X: \t y \t '), saw({ x: 'y' })),
    empty: ok(with_('X:'), saw({ x: '' })),
    'only white space': ok(with_('X: \t '), saw({ x: '' })),
    'before the length': ok(head('POST /echo HTTP/1.1', 'Host: a.test', 'Content-Length: \t 2') + 'hi', {
      body: 'hi',
    }),
    'spaces after the length': ok(head('POST /echo HTTP/1.1', 'Host: a.test', 'Content-Length: 2  ') + 'hi', {
      body: 'hi',
    }),
    'tab after the length': ok(head('POST /echo HTTP/1.1', 'Host: a.test', 'Content-Length: 2\t') + 'hi', {
      body: 'hi',
    }),
  }),
  ...rule('field-order', {
    twice: ok(with_('X: 1', 'X: 2'), saw({ x: '1|2' })),
    'with others between': ok(with_('X: 1', 'Y: 2', 'X: 3'), saw({ x: '1|3', y: '2' })),
    'case of names': ok(with_('x: 1', 'X: 2'), saw({ x: '1|2' })),
    'a list and a line': ok(with_('X: 1, 2', 'X: 3'), saw({ x: '1, 2|3' })),
  }),
  ...rule('field-unknown', {
    unknown: ok(with_('Unheard-Of: 1')),
    'a field of responses': ok(
      with_('Server: x', 'Set-Cookie: a=b'),
      saw({ server: 'x', 'set-cookie': 'a=b' }),
    ),
    'content location': ok(post('hi', 'Content-Location: /other'), { body: 'hi', paths: ['/echo'] }),
    'named like a property': ok(with_('constructor: 1', '__proto__: 2'), saw({ constructor: '1' })),
  }),
]

const lines: readonly Case[] = [
  ...rule('bare-lf', {
    'of all lines': {
      send: 'GET /x HTTP/1.1\nHost: a.test\n\n',
      status: [200, 400],
      app: { path: '/x', host: 'a.test' },
    },
    'of the request line': {
      send: 'GET /x HTTP/1.1\nHost: a.test\r\n\r\n',
      status: [200, 400],
      app: { path: '/x' },
    },
    'of a field': {
      send: 'GET /x HTTP/1.1\r\nHost: a.test\nX: y\r\n\r\n',
      status: [200, 400],
      app: { host: 'a.test' },
    },
    'of the end': {
      send: 'GET /x HTTP/1.1\r\nHost: a.test\r\n\n',
      status: [200, 400],
      app: { host: 'a.test' },
      end: true,
    },
  }),
  ...rule('bare-cr', {
    'of the request line': bad('GET /x HTTP/1.1\rHost: a.test\r\n\r\n'),
    'in the method': bad('GE\rT /x HTTP/1.1\r\nHost: a.test\r\n\r\n'),
    'in the target': bad('GET /x\ry HTTP/1.1\r\nHost: a.test\r\n\r\n'),
    'in the version': bad('GET /x HTTP/1.1\r\r\nHost: a.test\r\n\r\n'),
    'in a name': bad(with_('X\rY: z')),
    'after a colon': bad(with_('X:\ry')),
    'instead of the end': bad('GET /x HTTP/1.1\r\nHost: a.test\r\n\rX: y\r\n\r\n'),
  }),
  ...rule('field-size', {
    'one long value': bad(get('/x', `X: ${'y'.repeat(5_000)}`), 431),
    'one long name': bad(get('/x', `${'X'.repeat(5_000)}: y`), 431),
    'many fields': bad(get('/x', ...Array.from({ length: 500 }, (_, i) => `X-${i}: yyyyyy`)), 431),
    'a long cookie': bad(get('/x', `Cookie: a=${'y'.repeat(5_000)}`), 431),
    'below the limit': ok(get('/x', `X: ${'y'.repeat(3_900)}`), saw({ x: 'y'.repeat(3_900) })),
    'a hundred fields': ok(
      get('/x', ...Array.from({ length: 100 }, (_, i) => `X${i}: y`)),
      saw({ x99: 'y' }),
    ),
    'two hundred of one name': ok(get('/x', ...Array.from({ length: 200 }, () => 'X: y'))),
  }),
]

/** The cases of header fields. */
export const fields: readonly Case[] = [...names, ...values, ...lines]
