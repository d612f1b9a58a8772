// What stands in request and response headers: parsed without a failure, within bounds, and written as it was read.
import {
  appendHeader,
  contentType,
  decodeCookies,
  deleteHeader,
  headerList,
  headerParams,
  headerProblem,
  httpDate,
  matchesEtag,
  mediaType,
  parseHttpDate,
  parseRange,
  putHeader,
  putRespCookie,
  type HeaderList,
} from '../../../lib/index.js'
import { decodeCookie } from '../../../lib/http/cookies.js'
import { acceptsEncoding, negotiate } from '../../../lib/http/accept.js'
import { setCookies } from '../../../lib/conn/cookies.js'
import { conn } from '../../../lib/testing/index.js'
import type { Target } from '../engine.js'
import { fault, law, throws } from '../law.js'

const cookiesOf = (header: string): Readonly<Record<string, string>> => {
  const all = decodeCookies([header])
  for (const [name, value] of Object.entries(all)) {
    law(typeof value === 'string', 'a cookie is a string')
    law(decodeCookie([header], name) === value, `one cookie is what all cookies say of "${name}"`)
  }
  return all
}

export const cookies: Target = {
  name: 'cookies',
  files: ['lib/http/cookies'],
  seeds: ['a=1; b=2', 'a="quoted"; b', ' a = 1 ;;c=3', '__proto__=1; constructor=2', 'a=\xc3\xa9'],
  words: ['; ', '=', '"', ';', 'a=', '\t', '\r\n', '__proto__', '\xc3\xa9', ' '],
  check: header => void cookiesOf(header),
  planted: header => fault(Object.values(cookiesOf(header)).some(value => /^[^"]+"[^"]+=/.test(value))),
}

/** Name, value and attributes, between line breaks. */
const cookieOf = (input: string): readonly string[] | undefined => {
  const [name = '', value = '', path, domain, maxAge, extra] = input.split('\n')
  let header: string | undefined
  const rejected = throws(TypeError, () => {
    const options = {
      ...(path === undefined ? {} : { path }),
      ...(domain === undefined ? {} : { domain }),
      ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
      ...(extra === undefined ? {} : { extra }),
    }
    header = setCookies(putRespCookie(name, value, options)(conn('GET', '/')))[0]
  })
  if (rejected || header === undefined) return undefined
  law(!/[\r\n\0]/.test(header), 'a cookie is one line')
  const parts = header.split('; ')
  law((parts[0] as string).startsWith(`${name}=`), 'a cookie begins with its name')
  return parts
}

export const setCookie: Target = {
  name: 'set-cookie',
  files: ['lib/http/cookies', 'lib/conn/cookies'],
  seeds: ['n\nv', 'n\nv\n/a\nexample.com\n60', '__Host-n\nv', 'n\n\n/\n\n0\nPriority=High'],
  words: ['\n', ';', '=', '__Host-', '__Secure-', '60', '-1', '1e9', 'example.com', 'SameSite=None'],
  check: input => void cookieOf(input),
  planted: input => fault((cookieOf(input)?.length ?? 0) > 5),
}

/** A list of header fields as an array of pairs. */
type Model = (readonly [string, string])[]
const same = (list: HeaderList, model: Model): boolean =>
  list.length === model.length &&
  [...list].every(([name, value], i) => name === model[i]?.[0] && value === model[i]?.[1])

const names = ['a', 'b', 'vary', 'set-cookie']

/** Each character is an operation on a list: what, which name. */
const operated = (input: string): Model => {
  let list = headerList([])
  let model: Model = []
  const older: [HeaderList, Model][] = []
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    const name = names[code & 3] as string
    const value = `${name}${code >> 4}`
    older.push([list, model])
    const at = model.findIndex(pair => pair[0] === name)
    if ((code & 12) === 0) {
      list = putHeader(list, name, value)
      model = at < 0 ? [...model, [name, value]] : model.with(at, [name, value])
    } else if ((code & 12) === 4) {
      list = appendHeader(list, name, value)
      model = [...model, [name, value]]
    } else {
      list = deleteHeader(list, name)
      model = at < 0 ? model : model.toSpliced(at, 1)
    }
    law(list.get(name) === model.find(pair => pair[0] === name)?.[1], 'get finds the first field')
  }
  law(same(list, model), 'a list of headers is its model')
  for (const [one, expected] of older) law(same(one, expected), 'an older list never changes')
  return model
}

export const headers: Target = {
  name: 'headers',
  files: ['lib/http/headers'],
  seeds: ['\x00\x11\x22\x04', '\x04\x04\x08\x00', '\x05\x15\x25\x09\x09'],
  words: ['\x00', '\x04', '\x08', '\x14\x24\x34'],
  // checking each older list takes time of its own
  grow: input => input,
  check: input => {
    operated(input)
    const [name = '', value = ''] = input.split('=')
    const problem = headerProblem(name, value)
    law(problem !== undefined || !/[\r\n\0]/.test(name + value), 'what may be sent has no line break')
  },
  planted: input => fault(operated(input).filter(([name]) => name === 'vary').length > 2),
}

const typed = (text: string): Readonly<Record<string, string>> => {
  const type = mediaType(text)
  contentType(text)
  const params = headerParams(text)
  if (type !== undefined) {
    const again = mediaType(`${type.type}/${type.subtype}`)
    law(again?.type === type.type && again.subtype === type.subtype, 'a media type is written as it is read')
  }
  for (const [name, value] of Object.entries(params)) {
    law(name === name.toLowerCase() || /[^\0-\x7f]/.test(name), 'names of parameters are in lower case')
    law(typeof value === 'string', 'the value of a parameter is a string')
  }
  return params
}

export const mediaTypes: Target = {
  name: 'media-types',
  files: ['lib/http/media-type'],
  seeds: ['text/html; charset=utf-8', 'multipart/form-data; boundary="a b"', 'a/b;c="\\"";d=e', '*/*'],
  words: ['; ', '="', '\\"', '/', '*', 'charset=', '"', '\\'],
  check: text => void typed(text),
  planted: text =>
    fault(Object.values(typed(text)).some(value => value.includes('"') && value.includes(';'))),
}

const offered = ['text/html', 'application/json', 'text/plain']
const chosen = (header: string): string | undefined => {
  const found = negotiate(header, offered)
  law(found === undefined || offered.includes(found), 'what is chosen was offered')
  for (const coding of ['gzip', 'identity', 'br']) {
    const quality = acceptsEncoding(header, coding)
    law(quality >= 0 && quality <= 1, 'a quality is from 0 to 1')
  }
  return found
}

export const accept: Target = {
  name: 'accept',
  files: ['lib/http/accept', 'lib/http/media-type'],
  seeds: ['text/html, application/json;q=0.9, */*;q=0.1', 'gzip, br;q=0', 'text/*;q=0.5', 'a/b;q=1.5'],
  words: [
    ', ',
    ';q=',
    ';q=0',
    '*/*',
    'text/*',
    'text/plain',
    'application/json',
    'gzip',
    'identity',
    '0.001',
  ],
  check: header => void chosen(header),
  planted: header => fault(header.includes('json') && chosen(header) === 'text/plain'),
}

const ranged = (input: string): string => {
  const at = input.indexOf('|')
  const size = Number(/^\d{1,9}$/.exec(input.slice(0, Math.max(0, at)))?.[0] ?? 100)
  const header = input.slice(at + 1)
  const found = parseRange(header, size)
  if (typeof found === 'string') return found
  law(found.start >= 0 && found.start <= found.end && found.end < size, 'a range is within the size')
  return found.end === size - 1 && header.includes('=-') ? 'suffix' : 'range'
}

export const ranges: Target = {
  name: 'ranges',
  files: ['lib/http/range'],
  seeds: ['100|bytes=0-9', '10|bytes=-5', '0|bytes=0-', '5|bytes=9-', 'bytes=0-1,3-4', '7|bytes=007-8'],
  words: ['bytes=', '-', ',', '9007199254740993', '00', ' '],
  check: input => void ranged(input),
  planted: input => fault(ranged(input) === 'suffix' && input.charCodeAt(1) % 3 === 1),
}

const dated = (text: string): number | undefined => {
  const ms = parseHttpDate(text)
  if (ms !== undefined) law(parseHttpDate(httpDate(ms)) === ms, 'a date is read as it is written')
  matchesEtag(text, '"a"')
  return ms
}

export const dates: Target = {
  name: 'dates',
  files: ['lib/http/date', 'lib/http/etag'],
  seeds: [
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'W/"a", "b"',
  ],
  words: ['GMT', 'Nov', '29 Feb', '-94', ' 00:00:60', '2000', 'W/"a"', '*'],
  check: text => void dated(text),
  planted: text => fault(new Date(dated(text) ?? 0).getUTCDate() >= 20),
}
