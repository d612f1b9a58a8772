/**
 * The one class behind every Conn. Each update copies the record by the same constructor, so that all conns share one
 * hidden class; what the request holds, and the assigns, sit in private fields, so that a frozen conn still memoises.
 */
import type { BeforeSend, Body, Conn, Halted, MatchedRoute, RespBody, RespCookie, Session } from '../conn.js'
import { exception, isPlugError, type PlugError } from '../error.js'
import type { CookieMemo } from '../crypto/cookie-memo.js'
import { isFetched, notFetched } from '../fetched.js'
import { headerList, type HeaderList } from '../http/headers.js'
import type { TelemetryPort } from '../port.js'

/** What an adapter knows of a request: it makes one of these, whose parts it may compute when they are first read. */
export interface RequestSource {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly segments: readonly string[]
  readonly scriptName: readonly string[]
  readonly queryString: string
  readonly reqHeaders: HeaderList
  readonly remoteIp: string
  readonly httpVersion: string
  readonly body: Body
  readonly now: number
  entropy(label: string, length: number): Uint8Array
  readonly signal: AbortSignal
  readonly endpointUrl: string | undefined
  readonly secretKeyBase: string | undefined
  /** The endpoint's memo of cookies, if it has one. No conn shows it. */
  readonly cookieMemo?: CookieMemo | undefined
  /** The endpoint's port for telemetry, if it has one. No conn shows it. */
  readonly telemetry?: TelemetryPort | undefined
  /** Called with every conn of this request as it is made; undefined outside of tests. */
  readonly watch: ((conn: Conn) => void) | undefined
}

/** The parts of a request that a plug may rewrite. */
export type RequestChanges = Partial<
  Omit<RequestSource, 'httpVersion' | 'body' | 'entropy' | 'signal' | 'watch'>
>

/** A copy of a record. `Object.assign` would take an own `__proto__` for the prototype. */
const copyOf = <V>(record: Readonly<Record<string, V>>): Record<string, V> =>
  Object.hasOwn(record, '__proto__') ? { ...record } : Object.assign({}, record)

const put = <V>(record: Record<string, V>, key: string, value: V): void => {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
  else record[key] = value
}

/** A record with one entry more or another; any name is a name like another, `__proto__` too. */
export const putEntry = <V>(
  record: Readonly<Record<string, V>>,
  key: string,
  value: V,
): Record<string, V> => {
  const next = copyOf(record)
  put(next, key, value)
  return next
}

/** A list with one item more, by index: V8 is slow to spread a frozen list. */
export const appended = <A>(list: readonly A[], item: A): readonly A[] => {
  const made: A[] = []
  for (let i = 0; i < list.length; i++) made.push(list[i] as A)
  made.push(item)
  return made
}

/** Assigns as they were made, newest first; the object they form is built when it is first read. */
class Assigns {
  readonly #before: Assigns | undefined
  readonly #key: string
  readonly #value: unknown
  #object: Readonly<Record<string, unknown>> | undefined

  constructor(
    before: Assigns | undefined,
    key: string,
    value: unknown,
    object: Readonly<Record<string, unknown>> | undefined,
  ) {
    this.#before = before
    this.#key = key
    this.#value = value
    this.#object = object
  }

  static object(last: Assigns): {} {
    if (last.#object !== undefined) return last.#object
    const made: Assigns[] = []
    let at: Assigns = last
    while (at.#object === undefined) {
      made.push(at)
      at = at.#before as Assigns
    }
    const object = copyOf(at.#object)
    for (let i = made.length - 1; i >= 0; i--) {
      const one = made[i] as Assigns
      put(object, one.#key, one.#value)
    }
    last.#object = object
    return object
  }
}

const noAssigns = new Assigns(undefined, '', undefined, Object.freeze({}))
/** What a conn has before anything is put on it, by identity. */
export const nothing: Readonly<Record<string, never>> = Object.freeze({})
const none: readonly never[] = Object.freeze([])

/** The only header a response starts with, as in Plug. */
const firstHeaders = headerList([['cache-control', 'max-age=0, private, must-revalidate']])

const unfetched = {
  cookies: notFetched('cookies', 'put fetchCookies earlier in the pipeline'),
  queryParams: notFetched('queryParams', 'put fetchQueryParams earlier in the pipeline'),
  bodyParams: notFetched('bodyParams', 'put parsers() earlier in the pipeline'),
  flash: notFetched('flash', 'put fetchFlash (after fetchSession) earlier in the pipeline'),
  csrf: notFetched('csrf', 'put protectFromForgery earlier in the pipeline'),
}

/** The fields that {@link ConnRecord.with} may replace. */
export type Changes = {
  -readonly [
    K in
      | 'cookies'
      | 'queryParams'
      | 'bodyParams'
      | 'params'
      | 'pathParams'
      | 'sessions'
      | 'flash'
      | 'csrf'
      | 'status'
      | 'respHeaders'
      | 'respCookies'
      | 'respBody'
      | 'private'
      | 'beforeSend'
      | 'route'
  ]?: Conn[K]
}

export class ConnRecord implements Conn {
  declare cookies: Conn['cookies']
  declare queryParams: Conn['queryParams']
  declare bodyParams: Conn['bodyParams']
  declare params: {}
  declare pathParams: Conn['pathParams']
  declare sessions: Readonly<Record<string, Session>>
  declare flash: Conn['flash']
  declare csrf: Conn['csrf']
  declare status: number | undefined
  declare respHeaders: HeaderList
  declare respCookies: Readonly<Record<string, RespCookie>>
  declare respBody: RespBody | undefined
  declare private: Readonly<Record<string, unknown>>
  declare halted: boolean
  declare beforeSend: readonly BeforeSend[]
  declare route: MatchedRoute | undefined
  declare error: PlugError | undefined
  #request: RequestSource
  #assigns: Assigns

  /** The copy constructor; `from` is a conn or, for the first of a request, the blank one. */
  private constructor(request: RequestSource, assigns: Assigns, from: Blank) {
    this.#request = request
    this.#assigns = assigns
    this.cookies = from.cookies
    this.queryParams = from.queryParams
    this.bodyParams = from.bodyParams
    this.params = from.params
    this.pathParams = from.pathParams
    this.sessions = from.sessions
    this.flash = from.flash
    this.csrf = from.csrf
    this.status = from.status
    this.respHeaders = from.respHeaders
    this.respCookies = from.respCookies
    this.respBody = from.respBody
    this.private = from.private
    this.halted = from.halted
    this.beforeSend = from.beforeSend
    this.route = from.route
    this.error = from.error
  }

  // --- the request

  get method(): string {
    return this.#request.method
  }
  get scheme(): 'http' | 'https' {
    return this.#request.scheme
  }
  get host(): string {
    return this.#request.host
  }
  get port(): number {
    return this.#request.port
  }
  get path(): string {
    return this.#request.path
  }
  get segments(): readonly string[] {
    return this.#request.segments
  }
  get scriptName(): readonly string[] {
    return this.#request.scriptName
  }
  get queryString(): string {
    return this.#request.queryString
  }
  get reqHeaders(): HeaderList {
    return this.#request.reqHeaders
  }
  get remoteIp(): string {
    return this.#request.remoteIp
  }
  get httpVersion(): string {
    return this.#request.httpVersion
  }
  get body(): Body {
    return this.#request.body
  }
  get now(): number {
    return this.#request.now
  }
  entropy(label: string, length: number): Uint8Array {
    return this.#request.entropy(label, length)
  }
  get signal(): AbortSignal {
    return this.#request.signal
  }
  get endpointUrl(): string | undefined {
    return this.#request.endpointUrl
  }
  get secretKeyBase(): string | undefined {
    return this.#request.secretKeyBase
  }
  get assigns(): {} {
    return Assigns.object(this.#assigns)
  }

  /** The memo of cookies that the request of a conn has; what is no conn has none. */
  static cookieMemo(conn: object): CookieMemo | undefined {
    return #request in conn ? conn.#request.cookieMemo : undefined
  }

  /** The port that routers tell of their dispatches, if the request has one. */
  static telemetry(conn: Conn): TelemetryPort | undefined {
    return (conn as ConnRecord).#request.telemetry
  }

  // --- updates: each takes a conn and gives the next

  /** The first conn of a request. */
  static of(request: RequestSource): Conn {
    return ConnRecord.#done(new ConnRecord(request, noAssigns, blank))
  }

  static #copy(conn: Conn): ConnRecord {
    const from = conn as ConnRecord
    return new ConnRecord(from.#request, from.#assigns, from)
  }

  /** Every conn passes here once it is whole: a source may watch its conns, as the test kit does to freeze them. */
  static #done(next: ConnRecord): ConnRecord {
    const { watch } = next.#request
    if (watch !== undefined) watch(next)
    return next
  }

  static assign(conn: Conn, key: string, value: unknown): ConnRecord {
    const from = conn as ConnRecord
    return ConnRecord.#done(
      new ConnRecord(from.#request, new Assigns(from.#assigns, key, value, undefined), from),
    )
  }

  static mergeAssigns(conn: Conn, entries: readonly (readonly [key: string, value: unknown])[]): ConnRecord {
    const from = conn as ConnRecord
    let assigns = from.#assigns
    for (let i = 0; i < entries.length; i++) {
      const [key, value] = entries[i] as readonly [string, unknown]
      assigns = new Assigns(assigns, key, value, undefined)
    }
    return ConnRecord.#done(new ConnRecord(from.#request, assigns, from))
  }

  static with(conn: Conn, changes: Changes): ConnRecord {
    return ConnRecord.#done(Object.assign(ConnRecord.#copy(conn), changes))
  }

  static status(conn: Conn, status: number | undefined): ConnRecord {
    const next = ConnRecord.#copy(conn)
    next.status = status
    return ConnRecord.#done(next)
  }

  static respHeaders(conn: Conn, headers: HeaderList): ConnRecord {
    const next = ConnRecord.#copy(conn)
    next.respHeaders = headers
    return ConnRecord.#done(next)
  }

  static resp(
    conn: Conn,
    status: number | undefined,
    headers: HeaderList,
    body: RespBody | undefined,
  ): ConnRecord {
    const next = ConnRecord.#copy(conn)
    next.status = status
    next.respHeaders = headers
    next.respBody = body
    return ConnRecord.#done(next)
  }

  static session(conn: Conn, name: string, session: Session): ConnRecord {
    const next = ConnRecord.#copy(conn)
    next.sessions = putEntry(next.sessions, name, session)
    return ConnRecord.#done(next)
  }

  static respCookies(conn: Conn, cookies: Conn['respCookies']): ConnRecord {
    const next = ConnRecord.#copy(conn)
    next.respCookies = cookies
    return ConnRecord.#done(next)
  }

  static private(conn: Conn, entries: Readonly<Record<string, unknown>>): ConnRecord {
    const next = ConnRecord.#copy(conn)
    next.private = entries
    return ConnRecord.#done(next)
  }

  /** The conn with a session that a hook is to write; `alone` is the list of that hook, for a conn that has no other. */
  static fetched(conn: Conn, name: string, session: Session, alone: readonly BeforeSend[]): ConnRecord {
    const next = ConnRecord.#copy(conn)
    const { sessions, beforeSend } = next
    next.sessions =
      sessions === nothing && name === 'session' ? { session } : putEntry(sessions, name, session)
    next.beforeSend = beforeSend.length === 0 ? alone : appended(beforeSend, alone[0] as BeforeSend)
    return ConnRecord.#done(next)
  }

  static route(conn: Conn, route: MatchedRoute, pathParams: Conn['pathParams'], params: {}): ConnRecord {
    const next = ConnRecord.#copy(conn)
    next.route = route
    next.pathParams = pathParams
    next.params = params
    return ConnRecord.#done(next)
  }

  static halt(conn: Conn): Halted {
    if (conn.halted) return conn as Halted
    const next = ConnRecord.#copy(conn)
    next.halted = true
    return ConnRecord.#done(next) as Conn as Halted
  }

  /**
   * The conn with a failure, halted. A failure that is there already is copied: that there is a new one can always be
   * seen by comparing `conn.error` before and after.
   */
  static fail(conn: Conn, error: PlugError): Halted {
    const next = ConnRecord.#copy(conn)
    next.halted = true
    next.error = isPlugError(error)
      ? error === conn.error
        ? Object.freeze({ ...error })
        : error
      : exception(new TypeError('a plug failed with something that is no PlugError'))
    return ConnRecord.#done(next) as Conn as Halted
  }

  /** The conn, no longer halted, with its failure if it has one: for what renders or follows a failure. */
  static resume(conn: Conn): Conn {
    const next = ConnRecord.#copy(conn)
    next.halted = false
    return ConnRecord.#done(next)
  }

  /** The conn, no longer halted, with the failure it had before, or none. */
  static recover(conn: Conn, before: PlugError | undefined): Conn {
    const next = ConnRecord.#copy(conn)
    next.halted = false
    next.error = before
    return ConnRecord.#done(next)
  }

  /** The conn with another request: for plugs that rewrite what the adapter read. */
  static request(conn: Conn, changes: RequestChanges): ConnRecord {
    const from = conn as ConnRecord
    return ConnRecord.#done(new ConnRecord(ChangedSource.of(from.#request, changes), from.#assigns, from))
  }

  // --- printing: what must not be seen is masked

  /** What a printer or a trace may show: secrets, entropy, cookies, sessions, authorization and body are masked. */
  toJSON(): Record<string, unknown> {
    const { error } = this
    return {
      method: this.method,
      scheme: this.scheme,
      host: this.host,
      port: this.port,
      path: this.path,
      segments: this.segments,
      scriptName: this.scriptName,
      queryString: this.queryString,
      reqHeaders: this.reqHeaders,
      remoteIp: this.remoteIp,
      httpVersion: this.httpVersion,
      body: masked,
      cookies: masked,
      sessions: maskAll(this.sessions),
      params: isFetched(this.bodyParams) ? maskNames(this.params, this.bodyParams) : this.params,
      status: this.status,
      respHeaders: this.respHeaders,
      respCookies: maskAll(this.respCookies),
      respBody: this.respBody === undefined ? undefined : masked,
      assigns: this.assigns,
      halted: this.halted,
      now: this.now,
      endpointUrl: this.endpointUrl,
      secretKeyBase: this.secretKeyBase === undefined ? undefined : masked,
      route: this.route,
      error: error && { _tag: error._tag, status: error.status, message: error.message },
    }
  }

  /** What `console.log` shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](
    depth: number,
    options: { readonly depth?: number | null },
    inspect: (value: unknown, options: object) => string,
  ): unknown {
    return depth < 0 ? '[Conn]' : `Conn ${inspect(this.toJSON(), { ...options, depth })}`
  }
}

const masked = '[MASKED]'

const maskAll = (record: object): Record<string, string> =>
  Object.fromEntries(Object.keys(record).map(name => [name, masked]))

/** Parameters without what the body gave. */
const maskNames = (params: {}, body: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, Object.hasOwn(body, name) ? masked : value]),
  )

type Blank = Pick<ConnRecord, keyof Changes | 'halted' | 'error'>

const blank: Blank = {
  cookies: unfetched.cookies,
  queryParams: unfetched.queryParams,
  bodyParams: unfetched.bodyParams,
  params: nothing,
  pathParams: nothing,
  sessions: nothing,
  flash: unfetched.flash,
  csrf: unfetched.csrf,
  status: undefined,
  respHeaders: firstHeaders,
  respCookies: nothing,
  respBody: undefined,
  private: nothing,
  halted: false,
  beforeSend: none,
  route: undefined,
  error: undefined,
}

/** The request parts of a source with some replaced; what is not replaced is still computed when it is first read. */
class ChangedSource implements RequestSource {
  readonly #source: RequestSource
  readonly #changes: RequestChanges

  private constructor(source: RequestSource, changes: RequestChanges) {
    this.#source = source
    this.#changes = changes
  }

  /** Changes of changes are one set of changes: however many are made, a read goes two steps at most. */
  static of(source: RequestSource, changes: RequestChanges): ChangedSource {
    return source instanceof ChangedSource
      ? new ChangedSource(source.#source, Object.assign({}, source.#changes, changes))
      : new ChangedSource(source, changes)
  }

  get method(): string {
    return this.#changes.method ?? this.#source.method
  }
  get scheme(): 'http' | 'https' {
    return this.#changes.scheme ?? this.#source.scheme
  }
  get host(): string {
    return this.#changes.host ?? this.#source.host
  }
  get port(): number {
    return this.#changes.port ?? this.#source.port
  }
  get path(): string {
    return this.#changes.path ?? this.#source.path
  }
  get segments(): readonly string[] {
    return this.#changes.segments ?? this.#source.segments
  }
  get scriptName(): readonly string[] {
    return this.#changes.scriptName ?? this.#source.scriptName
  }
  get queryString(): string {
    return this.#changes.queryString ?? this.#source.queryString
  }
  get reqHeaders(): HeaderList {
    return this.#changes.reqHeaders ?? this.#source.reqHeaders
  }
  get remoteIp(): string {
    return this.#changes.remoteIp ?? this.#source.remoteIp
  }
  get httpVersion(): string {
    return this.#source.httpVersion
  }
  get body(): Body {
    return this.#source.body
  }
  get now(): number {
    return this.#changes.now ?? this.#source.now
  }
  entropy(label: string, length: number): Uint8Array {
    return this.#source.entropy(label, length)
  }
  get signal(): AbortSignal {
    return this.#source.signal
  }
  get endpointUrl(): string | undefined {
    return this.#changes.endpointUrl ?? this.#source.endpointUrl
  }
  get secretKeyBase(): string | undefined {
    return this.#changes.secretKeyBase ?? this.#source.secretKeyBase
  }
  get cookieMemo(): CookieMemo | undefined {
    return this.#changes.cookieMemo ?? this.#source.cookieMemo
  }
  get telemetry(): TelemetryPort | undefined {
    return this.#changes.telemetry ?? this.#source.telemetry
  }
  get watch(): ((conn: Conn) => void) | undefined {
    return this.#source.watch
  }
}
