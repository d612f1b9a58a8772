/**
 * Serves files of a directory (Plug.Static), with what HTTP offers for them: validators and 304, ranges, files that have
 * been compressed beforehand. Which file there is, and how it is sent, is data: the directory is a port.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Conn, Halted } from '../lib/conn.js'
import { chain, of, type Effect, type Result } from '../lib/effect.js'
import { invalidPath, type PlugError } from '../lib/error.js'
import { left, right } from '../lib/fp.js'
import { acceptsEncoding } from '../lib/http/accept.js'
import { headerProblem } from '../lib/http/headers.js'
import { splitPath } from '../lib/http/uri.js'
import { decodeSegment } from '../lib/http/utf8.js'
import { declare } from '../lib/declared.js'
import { fail } from '../lib/plug.js'
import type { Directory, FileInfo } from '../lib/port-types.js'
import { portOf } from '../lib/ports.js'
import { isRecord } from '../lib/is-record.js'
import {
  checkOptions,
  flag,
  func,
  having,
  isListOf,
  isText,
  required,
  strings,
  type Rules,
} from '../lib/options.js'
import { askedRange, furtherHeaders, knower, respond, type Serving } from './static-files/respond.js'

export type { Directory, FileInfo } from '../lib/port-types.js'

/** Options of {@link staticFiles}. */
export interface StaticFilesOptions {
  /** The path under which the files are: `'/'`, `'/assets'`. */
  readonly at: string
  /** The directory: `directory('public')` of `plugboard/node`. */
  readonly from: Directory
  /** First segments, as they are sent, that are served; all, where neither this nor `onlyMatching` is given. */
  readonly only?: readonly string[]
  /** Beginnings of first segments that are served as well. */
  readonly onlyMatching?: readonly string[]
  /** Whether a file that is there but not in `only` is an error (`InvalidPath`, 400): for development. Default false. */
  readonly raiseOnMissingOnly?: boolean
  /** Content codings of files that lie beside the plain ones, each with its suffix: `[['zstd', '.zst']]`. */
  readonly encodings?: readonly (readonly [coding: string, suffix: string])[]
  /** Whether files with the suffix `.br` are sent to clients that take them. Default false. */
  readonly brotli?: boolean
  /** Whether files with the suffix `.gz` are sent to clients that take them. Default false. */
  readonly gzip?: boolean
  /** The cache-control of files that are known by their entity tag; null for neither. Default `'public'`. */
  readonly cacheControlForEtags?: string | null
  /**
   * The cache-control of requests whose query begins with `vsn=`; null to treat them as others. Default
   * `'public, max-age=31536000, immutable'`.
   */
  readonly cacheControlForVsnRequests?: string | null
  /**
   * Makes the entity tag of the file that is sent, perhaps a compressed one, quotes included. Default: a weak one of size, time of change and coding. A file that changes and keeps
   * both counts as unchanged: give a tag of the content where that may be, as for files of packages, which all have one time.
   */
  readonly etag?: (file: FileInfo) => string
  /**
   * Further headers, which replace others, or a function that returns them; the names in `vary` are added to those there are. A 304
   * has all but those of the body (`content-type`), a 412 and a 416 those that say nothing of the file (`access-control-allow-origin`).
   */
  readonly headers?: Readonly<Record<string, string>> | ((conn: Conn) => Readonly<Record<string, string>>)
  /** Content types by file name; false to set none. Default: by extension. */
  readonly contentTypes?: Readonly<Record<string, string>> | false
}

const isHeaderValue = (value: unknown): boolean => headerProblem('value', value as string) === undefined
const isHeaders = (value: unknown): boolean =>
  isRecord(value) &&
  Object.entries(value).every(([name, text]) => headerProblem(name, text as string) === undefined)
const isCoding = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && /^[\w-]+$/.test(String(value[0])) && isText(value[1])

const cacheControl = {
  must: 'the value of a cache-control header, or null',
  ok: (v: unknown) => v === null || isHeaderValue(v),
}
const rules: Rules = {
  at: { must: "a path such as '/assets'", ok: isText, required: true },
  from: required(having("a directory port, such as directory('public') of plugboard/node", 'stat')),
  only: strings,
  onlyMatching: strings,
  raiseOnMissingOnly: flag,
  encodings: { must: "an array of pairs such as ['zstd', '.zst']", ok: isListOf(isCoding) },
  brotli: flag,
  gzip: flag,
  cacheControlForEtags: cacheControl,
  cacheControlForVsnRequests: cacheControl,
  etag: func('from a file to its entity tag'),
  headers: {
    must: 'an object of headers in lower case, or a function that returns one',
    ok: value => typeof value === 'function' || isHeaders(value),
  },
  contentTypes: {
    must: 'an object of content types by file name, or false',
    ok: value => value === false || (isRecord(value) && Object.values(value).every(isHeaderValue)),
  },
}

/** A content coding with its suffix; that of the plain file is undefined. */
type Coding = readonly [name: string | undefined, suffix: string]
const plain: Coding = [undefined, '']
const onlyPlain: readonly Coding[] = [plain]

/** The codings that a request takes, the most wanted first; among equals as they were given, and the plain one last. */
const acceptable = (conn: Conn, codings: readonly Coding[]): readonly Coding[] => {
  // A part of an encoded file is no part of the plain one: ranges are of plain files.
  if (codings.length === 0 || askedRange(conn) !== undefined) return onlyPlain
  const headers = conn.reqHeaders.getAll('accept-encoding')
  const header = headers.length === 0 ? undefined : headers.join(',')
  const weighed: (readonly [coding: Coding, weight: number])[] = []
  for (const coding of [...codings, plain]) {
    const weight = acceptsEncoding(header, coding[0] ?? 'identity')
    // Refusing the plain file, too, would leave a client with nothing.
    if (weight > 0 || coding === plain) weighed.push([coding, weight])
  }
  return weighed.sort(([, a], [, b]) => b - a).map(([coding]) => coding)
}

/** What a segment may not be once it is decoded: itself a path, in any system's notation, or one upwards. */
const unsafe = /^\.\.?$|[/\\:\0]/

const refusal = invalidPath('the path may not be served')

/** The decoded segments, or undefined where one cannot be decoded and so names no file; a failure for an unsafe one. */
const decodePath = (segments: readonly string[]): Either<PlugError, readonly string[] | undefined> => {
  const path: string[] = []
  let known = true
  for (const segment of segments) {
    const name = decodeSegment(segment)
    if (name === undefined) known = false
    else if (unsafe.test(name)) return left(refusal)
    else path.push(name)
  }
  return right(known ? path : undefined)
}

/**
 * Serves the files of a directory: GET and HEAD of a path under `at` that names a regular file. Everything else passes
 * unchanged: other methods, other paths, files that are not there, and those that `only` and `onlyMatching` leave out.
 *
 * A segment that is `.` or `..`, or holds a slash, backslash, colon or NUL once it is decoded, fails with `InvalidPath`
 * (400). A file that the client has is not sent again (304), by entity tag or by time; `If-Match` and `If-Unmodified-Since` that do
 * not hold are a 412. A part may be asked for (206; 416 beyond the end). With `If-Range` it is sent only if the client has the rest of
 * the same bytes, which the weak default tag cannot say, nor can a date: it gets the whole file, unless `etag` makes strong tags. With codings configured, the compressed file that the client wants most is
 * sent, and `vary` says so. The 304 and ranges are RFC 9110's, which is stricter than Plug.
 *
 * @example
 * import { right } from 'fp-ts/lib/Either.js'
 * import { staticFiles, type Directory } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const files: Directory = {
 *   stat: path => () => right(path.join('/') === 'app.css' ? { file: '/srv/app.css', size: 9, mtimeMs: 0 } : undefined),
 * }
 * const done = run(staticFiles({ at: '/assets', from: files }))(conn('GET', '/assets/app.css'))
 * done.respBody // => { kind: 'file', file: '/srv/app.css', offset: 0, length: 'all' }
 */
export const staticFiles = (options: StaticFilesOptions) => {
  checkOptions('staticFiles', options, rules)
  const { from, only = [], onlyMatching = [], contentTypes = {}, headers = {} } = options
  const directory = portOf('staticFiles', from)
  const fixed = furtherHeaders(typeof headers === 'function' ? {} : headers)
  const prefix = splitPath(options.at)
  const codings: readonly Coding[] = [
    ...(options.encodings ?? []),
    ...(options.brotli ? [['br', '.br'] as const] : []),
    ...(options.gzip ? [['gzip', '.gz'] as const] : []),
  ]
  const serving: Serving = {
    cacheControlForEtags:
      options.cacheControlForEtags === undefined ? 'public' : options.cacheControlForEtags,
    cacheControlForVsnRequests:
      options.cacheControlForVsnRequests === undefined
        ? 'public, max-age=31536000, immutable'
        : options.cacheControlForVsnRequests,
    etag: options.etag,
    headersOf: typeof headers === 'function' ? conn => furtherHeaders(headers(conn)) : () => fixed,
    contentTypes,
    knownOf: knower(),
    varies: codings.length > 0,
  }
  const everything = only.length + onlyMatching.length === 0
  const listed = (first: string): boolean =>
    everything || only.includes(first) || onlyMatching.some(beginning => first.startsWith(beginning))

  /** The first file that is there, plain or coded, as a response; the conn as it was if there is none. */
  const search = (
    conn: Conn,
    path: readonly string[],
    candidates: readonly Coding[],
    at: number,
  ): Effect<Conn> => {
    const coding = candidates[at]
    if (coding === undefined) return of(conn)
    const [name, suffix] = coding
    const last = path.length - 1
    const wanted = suffix === '' ? path : [...path.slice(0, last), `${path[last]}${suffix}`]
    return chain((file: FileInfo | undefined) =>
      file === undefined
        ? search(conn, path, candidates, at + 1)
        : of<Conn>(respond(conn, serving, { file, name: path[last] as string, coding: name })),
    )(directory(conn).stat(wanted))
  }

  const missed = (conn: Conn, path: readonly string[]): Effect<Conn> => {
    const problem = invalidPath(
      `the file is there but not served: add ${JSON.stringify(path[0])} to the option only of staticFiles`,
    )
    return chain((file: FileInfo | undefined) => () => (file === undefined ? right(conn) : left(problem)))(
      directory(conn).stat(path),
    )
  }

  const serve = (conn: Conn): Conn | Effect<Conn> => {
    const { method, segments } = conn
    if ((method !== 'GET' && method !== 'HEAD') || segments.length <= prefix.length) return conn
    for (let i = 0; i < prefix.length; i++) if (segments[i] !== prefix[i]) return conn
    const rest = prefix.length === 0 ? segments : segments.slice(prefix.length)
    const serves = listed(rest[0] as string)
    if (!serves && options.raiseOnMissingOnly !== true) return conn
    const decoded = decodePath(rest)
    if (decoded._tag === 'Left') return serves ? fail(conn, decoded.left) : conn
    const path = decoded.right
    if (path === undefined) return conn
    return serves ? search(conn, path, acceptable(conn, codings), 0) : missed(conn, path)
  }
  return declare(
    function staticFiles<C extends Conn>(conn: C): Result<C | Halted> {
      return serve(conn) as Result<C | Halted>
    },
    () => [invalidPath],
  )
}
