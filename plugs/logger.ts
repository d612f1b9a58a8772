/** Logs each request as one structured record (Plug.Logger and Phoenix.Logger in one), through a port. */
import type { Conn } from '../lib/conn.js'
import { registerBeforeSend } from '../lib/conn/response.js'
import type { Effect } from '../lib/effect.js'
import type { PlugError } from '../lib/error.js'
import { right } from '../lib/fp.js'
import { portOf } from '../lib/ports.js'
import { headerProblem } from '../lib/http/headers.js'
import { decodeSegment } from '../lib/http/utf8.js'
import type { LogLevel, LogPort, LogRecord } from '../lib/port-types.js'
import { secretTerms } from '../lib/secret-names.js'
import { filtered, filterOf, type Filter, type FilterParameters } from './logger/filter.js'
import { isRecord } from '../lib/is-record.js'
import { checkOptions, having, isListOf, isText, oneOf, required, type Rules } from '../lib/options.js'

export type { LogLevel, LogPort, LogRecord } from '../lib/port-types.js'
export type { FilterParameters } from './logger/filter.js'

/** Options of {@link logger}. */
export interface LoggerOptions {
  /** Where records go: `stdout` of `plugboard/node`. */
  readonly to: LogPort
  /** The level of requests that are answered with less than 500; the others are `'error'`. Default `'info'`. */
  readonly level?: LogLevel
  /**
   * Parameters that are blanked out: those whose name holds one of these terms, whatever its case, `-` and `_` aside, and
   * texts that hold a term and `=`. Or `{ keep }`: all but those of exactly these names. Default: `password`, `secret`,
   * `token` and their like.
   */
  readonly filterParameters?: FilterParameters
  /** The response header that holds the request id. Default `'x-request-id'`. */
  readonly requestIdHeader?: string
}

const isNames = isListOf(isText)

const rules: Rules = {
  to: required(having('a log port, such as stdout of plugboard/node', 'write')),
  level: oneOf('debug', 'info', 'warn', 'error'),
  filterParameters: {
    must: 'an array of strings, or { keep } with one',
    ok: value =>
      isNames(value) || (isRecord(value) && Object.keys(value).length === 1 && isNames(value['keep'])),
  },
  requestIdHeader: {
    must: 'a header name in lower case',
    ok: value => headerProblem(value as string, '') === undefined,
  },
}

const tagOf = (error: PlugError): string => (error._tag === 'AppError' ? error.name : error._tag)

/** The path, without the values of parameters that are secrets. */
const pathOf = ({ path, pathParams }: Conn, { isSecret }: Filter): string => {
  const secrets = Object.entries(pathParams).flatMap(([name, value]) => (isSecret(name) ? value : []))
  if (secrets.length === 0) return path
  const isBlank = (segment: string): boolean => {
    const text = decodeSegment(segment) ?? segment
    return secrets.some(secret => secret !== '' && text.includes(secret))
  }
  return path
    .split('/')
    .map(segment => (isBlank(segment) ? filtered : segment))
    .join('/')
}

const recordOf = (conn: Conn, filter: Filter, level: LogLevel, requestIdHeader: string): LogRecord => {
  const { method, remoteIp, params, route, error } = conn
  const status = conn.status as number
  const requestId = conn.respHeaders.get(requestIdHeader)
  const record: { -readonly [K in keyof LogRecord]: LogRecord[K] } = {
    level: status >= 500 ? 'error' : level,
    startedAt: conn.now,
    method,
    path: pathOf(conn, filter),
    status,
    remoteIp,
  }
  if (requestId !== undefined) record.requestId = requestId
  if (route !== undefined) record.route = route.pattern
  if (Object.keys(params).length > 0) record.params = filter.show(params) as Readonly<Record<string, unknown>>
  if (error !== undefined) record.error = tagOf(error)
  return record
}

/**
 * Writes one record for each request before its response is sent: method, path, status, address, request id, route,
 * parameters and failure; never headers, cookies, bodies or the session. How long it took is the port's to say, which
 * has a clock: from `startedAt` until it writes.
 *
 * Put it first in the endpoint, so that it sees what every other hook leaves, error responses too.
 *
 * @throws TypeError if an option is unknown or wrong; the message names it
 * @example
 * import { pipeline, text } from 'plugboard'
 * import { logger, type LogRecord } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const records: LogRecord[] = []
 * const log = logger({ to: { write: record => () => void records.push(record) } })
 * run(pipeline(log, text('hello')))(conn('GET', '/greet'))
 * records.map(({ method, path, status }) => `${method} ${path} ${status}`) // => ['GET /greet 200']
 */
export const logger = (options: LoggerOptions) => {
  checkOptions('logger', options, rules)
  const { to, level = 'info', requestIdHeader = 'x-request-id', filterParameters = secretTerms } = options
  const filter = filterOf(filterParameters)
  const port = portOf('logger', to)
  const log = (conn: Conn): Effect<Conn> => {
    const write = port(conn).write(recordOf(conn, filter, level, requestIdHeader))
    return () => {
      write()
      return right(conn)
    }
  }
  const register = registerBeforeSend(log)
  return function logger<C extends Conn>(conn: C): C {
    return register(conn)
  }
}
