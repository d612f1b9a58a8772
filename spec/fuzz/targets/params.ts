// Queries, forms and JSON bodies: never a failure but a stated one, and what was read is written and read again the same.
import { isDeepStrictEqual } from 'node:util'
import { decodeQuery, encodeQuery, json, pipeline, type QueryValue } from '../../../lib/index.js'
import { conn, run } from '../../../lib/testing/index.js'
import { parseJson, parsers, parseUrlencoded } from '../../../plugs/index.js'
import type { Target } from '../engine.js'
import { fault, law, throws } from '../law.js'

const decoded = (text: string): unknown => {
  const read = decodeQuery(text)
  if (read._tag === 'Left') {
    law([400, 414].includes(read.left.status), 'a query fails with 400 or 414')
    return undefined
  }
  let written = ''
  // an object of several keys in an array cannot be written as a query
  if (throws(TypeError, () => void (written = encodeQuery(read.right as Record<string, QueryValue>))))
    return read.right
  const again = decodeQuery(written, { length: 100_000_000 })
  law(
    again._tag === 'Right' && isDeepStrictEqual({ ...again.right }, { ...withoutEmpty(read.right) }),
    'what is read is written and read the same',
  )
  return read.right
}

/** Empty lists and records cannot be written. */
const withoutEmpty = (value: unknown): object => {
  const kept: Record<string, unknown> = Object.create(null)
  for (const [name, item] of Object.entries(value as object)) {
    if (typeof item === 'object' && item !== null && Object.keys(item).length === 0) continue
    kept[name] = item
  }
  return kept
}

const words = ['[]', '[a]', '[b]', '=', '&', '%5B', '%5D', '%00', '%FF', '%C3%A9', '+', '&&', '[', ']', '=1']

/** A list in a record in a list. */
const isDeep = (value: unknown): boolean =>
  Object.values(Object(value) as object).some(
    list =>
      Array.isArray(list) &&
      list.some(record => Object.values(Object(record) as object).some(inner => Array.isArray(inner))),
  )

export const query: Target = {
  name: 'query',
  files: ['lib/http/query', 'lib/http/utf8'],
  seeds: ['a=1&b=2', 'a[]=1&a[]=2&b[c]=3&b[d][]=4', 'x=%C3%A9+y', 'a%5Bb%5D=1', '=&a&b='],
  words,
  grow: (input, times) => Array.from({ length: times }, () => input).join('&'),
  check: text => void decoded(text),
  planted: text => fault(isDeep(decoded(text))),
}

const answered = (type: string, body: string): { readonly status: number; readonly body: string } => {
  const bytes = Buffer.from(body, 'latin1')
  const done = run(app)(conn('POST', '/', { body: bytes, headers: { 'content-type': type } }))
  return { status: done.status ?? 0, body: String(done.respBody) }
}
const app = pipeline(parsers({ parsers: [parseUrlencoded(), parseJson()] }), c => json(c.bodyParams)(c))

const parsed = (type: string, body: string): unknown => {
  const { status, body: text } = answered(type, body)
  law(status === 200 || (status >= 400 && status < 500), `a body is read, or fails with 4xx: ${status}`)
  return status === 200 ? JSON.parse(text) : undefined
}

export const form: Target = {
  name: 'form',
  files: ['lib/http/query', 'plugs/parsers', 'plugs/parsers/urlencoded', 'lib/http/utf8'],
  seeds: query.seeds,
  words: [...words, '\xef\xbb\xbf'],
  grow: query.grow as (input: string, times: number) => string,
  check: body => void parsed('application/x-www-form-urlencoded', body),
  planted: body => fault(isDeep(parsed('application/x-www-form-urlencoded', body))),
}

const valid = (body: string): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'latin1')))
  } catch {
    return undefined
  }
}

export const jsonBody: Target = {
  name: 'json',
  files: ['plugs/parsers', 'plugs/parsers/json', 'lib/http/utf8'],
  seeds: ['{"a":1}', '[1,2,{"b":null}]', '"x"', '{"__proto__":{"x":1}}', '{"a":"\\u00e9"}', ''],
  words: [
    '"__proto__"',
    '"constructor"',
    '[',
    ']',
    '{',
    '}',
    ':',
    ',',
    '"',
    '\\u',
    'null',
    '1e999',
    '\xef\xbb\xbf',
  ],
  grow: (input, times) =>
    `[${Array.from({ length: times }, () => (valid(input) === undefined ? '1' : input)).join(',')}]`,
  check: body => {
    const made = parsed('application/json', body) as Record<string, unknown> | undefined
    const expected = valid(body)
    if (expected === undefined || made === undefined) return
    const whole = Array.isArray(expected) || typeof expected !== 'object' || expected === null
    law(
      isDeepStrictEqual(whole ? made['_json'] : made, JSON.parse(JSON.stringify(expected))),
      'what is read is what JSON.parse reads',
    )
  },
  planted: body => {
    const made = parsed('application/json', body)
    fault(Object.values(Object(made) as object).some(item => Array.isArray(item) && item.length > 2))
  },
}
