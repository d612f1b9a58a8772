/** The response for a file that has been found: its headers, and all of it, a part of it, or neither. */
import type { Conn, Halted } from '../../lib/conn.js'
import { putRespHeaders } from '../../lib/conn/resp-headers.js'
import { halt, resp, sendFile } from '../../lib/conn/response.js'
import { httpDate } from '../../lib/http/date.js'
import { fileEtag, ifRange, notModified, type Validators } from '../../lib/http/etag.js'
import { putHeader, type HeaderList } from '../../lib/http/headers.js'
import { mimeFromPath } from '../../lib/http/mime.js'
import { parseRange } from '../../lib/http/range.js'
import type { FileInfo } from '../../lib/port-types.js'

/** How files are served: the options, with their defaults. */
export interface Serving {
  readonly cacheControlForEtags: string | null
  readonly cacheControlForVsnRequests: string | null
  readonly etag: ((file: FileInfo) => string) | undefined
  /** Gives the plug that puts the further headers. */
  readonly putHeaders: (conn: Conn) => (conn: Conn) => Conn
  readonly contentTypes: Readonly<Record<string, string>> | false
  /** What a file is known by: made by {@link knower}. */
  readonly knownOf: (file: FileInfo) => Known
  /** Whether the response depends on Accept-Encoding. */
  readonly varies: boolean
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

/** Adds Accept-Encoding to what the response varies with. */
const varying = (headers: HeaderList): HeaderList => {
  const given = headers.get('vary')
  if (given === undefined) return putHeader(headers, 'vary', 'Accept-Encoding')
  return /(?:^|[\s,])(?:\*|accept-encoding)(?:$|[\s,])/i.test(given)
    ? headers
    : putHeader(headers, 'vary', `${given}, Accept-Encoding`)
}

const joined = (conn: Conn, name: string): string | undefined => {
  const values = conn.reqHeaders.getAll(name)
  return values.length < 2 ? values[0] : values.join(', ')
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
  let headers = serving.varies ? varying(conn.respHeaders) : conn.respHeaders
  let validators: Validators = {}
  if (serving.cacheControlForVsnRequests !== null && conn.queryString.startsWith('vsn=')) {
    headers = putHeader(headers, 'cache-control', serving.cacheControlForVsnRequests)
  } else if (serving.cacheControlForEtags !== null) {
    const known = serving.knownOf(file)
    const etag = etagOf(found, known.etag, serving.etag)
    validators = { etag, lastModified: file.mtimeMs }
    headers = putHeader(headers, 'cache-control', serving.cacheControlForEtags)
    headers = putHeader(headers, 'etag', etag)
    headers = putHeader(headers, 'last-modified', known.lastModified)
    const conditions = {
      ifNoneMatch: joined(conn, 'if-none-match'),
      ifModifiedSince: conn.reqHeaders.get('if-modified-since'),
    }
    if (notModified(conditions, validators)) return ended(conn, 304, headers)
  }
  const heeded = ifRange(conn.reqHeaders.get('if-range'), validators)
  const range = parseRange(heeded ? askedRange(conn) : undefined, file.size)
  if (range === 'unsatisfiable')
    return ended(
      conn,
      416,
      putHeader(
        putHeader(conn.respHeaders, 'accept-ranges', 'bytes'),
        'content-range',
        `bytes */${file.size}`,
      ),
    )
  if (serving.contentTypes !== false)
    headers = putHeader(headers, 'content-type', typeOf(serving.contentTypes, name))
  headers = putHeader(headers, 'accept-ranges', 'bytes')
  if (coding !== undefined) headers = putHeader(headers, 'content-encoding', coding)
  const part = range === 'whole' ? undefined : range
  if (part !== undefined)
    headers = putHeader(headers, 'content-range', `bytes ${part.start}-${part.end}/${file.size}`)
  const ready = serving.putHeaders(conn)(putRespHeaders(headers)(conn))
  return halt(
    part === undefined
      ? sendFile(200, file.file)(ready)
      : sendFile(206, file.file, part.start, part.end - part.start + 1)(ready),
  )
}

const typeOf = (types: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(types, name) ? (types[name] as string) : mimeFromPath(name)
