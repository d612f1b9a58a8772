/** The response for a file that has been found: its headers, and all of it, a part of it, or neither. */
import type { Conn, Halted } from '../../lib/conn.js'
import { conditionsOf } from '../../lib/conn/request.js'
import { checkRespHeader, putRespHeaders } from '../../lib/conn/resp-headers.js'
import { halt, resp, sendFile } from '../../lib/conn/response.js'
import { bodyHeaders } from '../../lib/error-response.js'
import { httpDate } from '../../lib/http/date.js'
import { fileEtag, ifRange, precondition, type Validators } from '../../lib/http/etag.js'
import { headerPairs, putHeader, type HeaderList } from '../../lib/http/headers.js'
import { list } from '../../lib/http/media-type.js'
import { mimeFromPath } from '../../lib/http/mime.js'
import { parseRange } from '../../lib/http/range.js'
import type { FileInfo } from '../../lib/port-types.js'

/** How files are served: the options, with their defaults. */
export interface Serving {
  readonly cacheControlForEtags: string | null
  readonly cacheControlForVsnRequests: string | null
  readonly etag: ((file: FileInfo) => string) | undefined
  /** Returns the further headers. */
  readonly headersOf: (conn: Conn) => FurtherHeaders
  readonly contentTypes: Readonly<Record<string, string>> | false
  /** What a file is known by: made by {@link knower}. */
  readonly knownOf: (file: FileInfo) => Known
  /** Whether the response depends on Accept-Encoding. */
  readonly varies: boolean
}

/** The further headers of the options, checked. */
export interface FurtherHeaders {
  readonly all: HeaderPairs
  /** Those of a 304, which has no body that they could describe. */
  readonly bodiless: HeaderPairs
  /** Those of a 412 and a 416, which are not about the file at all. */
  readonly failed: HeaderPairs
}
type HeaderPairs = readonly (readonly [name: string, value: string])[]

/** Fields of the body alone: RFC 9110 §15.4.5 wants the others of the 200 in the 304, too. */
const ofBody = new Set([
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
])
const ofFile = new Set([...bodyHeaders, 'cache-control', 'vary'])

export const furtherHeaders = (fields: Readonly<Record<string, string>>): FurtherHeaders => {
  const all = headerPairs(fields, checkRespHeader)
  return {
    all,
    bodiless: all.filter(([name]) => !ofBody.has(name)),
    failed: all.filter(([name]) => !ofFile.has(name)),
  }
}

/** A file that answers the request. */
export interface Found {
  readonly file: FileInfo
  /** The name that was asked for, without the suffix of its coding. */
  readonly name: string
  readonly coding: string | undefined
}

/** What a file is known by, as headers say it. */
interface Known {
  readonly size: number
  readonly mtimeMs: number
  readonly etag: string
  readonly lastModified: string
}

/**
 * Makes what files are known by. It keeps what it made last for a size and a time, in as many places as there are here: the
 * same files are requested again and again.
 */
export const knower = (): ((file: FileInfo) => Known) => {
  const places: Known[] = Array.from({ length: 256 }, () => ({
    size: -1,
    mtimeMs: -1,
    etag: '',
    lastModified: '',
  }))
  return ({ size, mtimeMs }) => {
    const place = (size ^ mtimeMs) & 255
    const there = places[place] as Known
    if (there.size === size && there.mtimeMs === mtimeMs) return there
    return (places[place] = { size, mtimeMs, etag: fileEtag(size, mtimeMs), lastModified: httpDate(mtimeMs) })
  }
}

/** RFC 9110 §8.8.3: an entity tag, weak or strong. */
const entityTag = /^(?:W\/)?"[!#-~\x80-\xff]*"$/

const etagOf = ({ file, coding }: Found, tag: string, make: Serving['etag']): string => {
  // Each coding of a file is another representation, and has another tag (RFC 9110 §8.8.3.3).
  if (make === undefined) return coding === undefined ? tag : `${tag.slice(0, -1)}-${coding}"`
  const made: unknown = make(file)
  if (typeof made === 'string' && entityTag.test(made)) return made
  throw new TypeError('staticFiles: etag must give an entity tag in quotes')
}

/** The names in `vary`, those of several headers joined. */
const variesWith = (headers: HeaderList): string | undefined =>
  headers.has('vary') ? headers.getAll('vary').join(', ') : undefined

const lists = (names: string, name: string): boolean =>
  names.split(',').some(each => each.trim().toLowerCase() === name)

/** Adds a name to what the response varies with. */
const vary = (headers: HeaderList, name: string): HeaderList => {
  const given = variesWith(headers)
  if (given === undefined) return putHeader(headers, 'vary', name)
  return lists(given, '*') || lists(given, name.toLowerCase())
    ? headers
    : putHeader(headers, 'vary', `${given}, ${name}`)
}

/** Puts headers; `vary` says more, and replaces nothing. */
const put = (headers: HeaderList, pairs: HeaderPairs): HeaderList => {
  let next = headers
  for (const [name, value] of pairs)
    if (name === 'vary') for (const each of list(value)) next = vary(next, each)
    else next = putHeader(next, name, value)
  return next
}

const ended = (conn: Conn, status: number, headers: HeaderList): Halted =>
  halt(resp(status, '')(putRespHeaders(headers)(conn)))

/** The range that a request asks for: only GET has ranges (RFC 9110 §14.2), and of several headers none is heeded. */
export const askedRange = (conn: Conn): string | undefined => {
  const ranges = conn.method === 'GET' ? conn.reqHeaders.getAll('range') : []
  return ranges.length === 1 ? ranges[0] : undefined
}

/** The file as a response, halted. */
export const respond = (conn: Conn, serving: Serving, found: Found): Halted => {
  const { file, name, coding } = found
  const further = serving.headersOf(conn)
  let headers = serving.varies ? vary(conn.respHeaders, 'Accept-Encoding') : conn.respHeaders
  let validators: Validators = {}
  if (serving.cacheControlForVsnRequests !== null && conn.queryString.startsWith('vsn=')) {
    headers = putHeader(headers, 'cache-control', serving.cacheControlForVsnRequests)
  } else if (serving.cacheControlForEtags !== null) {
    const known = serving.knownOf(file)
    const etag = etagOf(found, known.etag, serving.etag)
    // A time that is yet to come is replaced by that of the response (RFC 9110 §8.8.2.1).
    const early = file.mtimeMs > conn.now
    validators = { etag, lastModified: early ? conn.now : file.mtimeMs }
    headers = putHeader(headers, 'cache-control', serving.cacheControlForEtags)
    headers = putHeader(headers, 'etag', etag)
    headers = putHeader(headers, 'last-modified', early ? httpDate(conn.now) : known.lastModified)
  }
  const status = precondition(conn.method, conditionsOf(conn), validators)
  if (status === 304) return ended(conn, 304, put(headers, further.bodiless))
  if (status === 412) return ended(conn, 412, put(conn.respHeaders, further.failed))
  // Files may change and keep their time, so that only a tag can say that a client has the rest of this one.
  const etag = validators.etag
  const heeded = ifRange(conn.reqHeaders.get('if-range'), etag === undefined ? {} : { etag })
  const range = parseRange(heeded ? askedRange(conn) : undefined, file.size)
  if (range === 'unsatisfiable') {
    const failed = put(conn.respHeaders, further.failed)
    return ended(
      conn,
      416,
      putHeader(putHeader(failed, 'accept-ranges', 'bytes'), 'content-range', `bytes */${file.size}`),
    )
  }
  if (serving.contentTypes !== false)
    headers = putHeader(headers, 'content-type', typeOf(serving.contentTypes, name))
  headers = putHeader(headers, 'accept-ranges', 'bytes')
  if (coding !== undefined) headers = putHeader(headers, 'content-encoding', coding)
  const part = range === 'whole' ? undefined : range
  if (part !== undefined)
    headers = putHeader(headers, 'content-range', `bytes ${part.start}-${part.end}/${file.size}`)
  const ready = putRespHeaders(put(headers, further.all))(conn)
  return halt(
    part === undefined
      ? sendFile(200, file.file)(ready)
      : sendFile(206, file.file, part.start, part.end - part.start + 1)(ready),
  )
}

const typeOf = (types: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(types, name) ? (types[name] as string) : mimeFromPath(name)
