/**
 * The one class behind every Conn. Each update makes the next record by the same constructor, so that all conns share one
 * hidden class. A record is small, for pipelines make many: what seldom changes is in a part that the next one shares. Parts
 * sit in private fields, so that a frozen conn still memoises.
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
  #before: Assigns | undefined
  /** Undefined: the value is the object that all assigns up to here form. */
  #key: string | undefined
  #value: unknown

  constructor(before: Assigns | undefined, key: string | undefined, value: unknown) {
    this.#before = before
    this.#key = key
    this.#value = value
  }

  static object(last: Assigns): {} {
    if (last.#key === undefined) return last.#value as {}
    const made: Assigns[] = []
    let at: Assigns = last
    while (at.#key !== undefined) {
      made.push(at)
      at = at.#before as Assigns
    }
    const object = copyOf(at.#value as Readonly<Record<string, unknown>>)
    for (let i = made.length - 1; i >= 0; i--) {
      const one = made[i] as Assigns
      put(object, one.#key as string, one.#value)
    }
    last.#before = undefined
    last.#key = undefined
    last.#value = object
    return object
  }
}

const noAssigns = new Assigns(undefined, undefined, Object.freeze({}))
/** What a conn has before anything is put on it, by identity. */
export const nothing: Readonly<Record<string, never>> = Object.freeze({})
const none: readonly never[] = Object.freeze([])

/** The only header a response starts with, as in Plug. */
const firstHeaders = headerList([['cache-control', 'max-age=0, private, must-revalidate']])

/** What a few plugs of a request change, and most do not: its copies are larger than those of a conn. */
class Rest {
  declare cookies: Conn['cookies']
  declare queryParams: Conn['queryParams']
  declare bodyParams: Conn['bodyParams']
  declare params: {}
  declare pathParams: Conn['pathParams']
  declare sessions: Readonly<Record<string, Session>>
  declare flash: Conn['flash']
  declare csrf: Conn['csrf']
  declare respCookies: Readonly<Record<string, RespCookie>>
  declare private: Readonly<Record<string, unknown>>
  declare beforeSend: readonly BeforeSend[]
  declare route: MatchedRoute | undefined
  declare error: PlugError | undefined

  constructor(from: Rest) {
    this.cookies = from.cookies
    this.queryParams = from.queryParams
    this.bodyParams = from.bodyParams
    this.params = from.params
    this.pathParams = from.pathParams
    this.sessions = from.sessions
    this.flash = from.flash
    this.csrf = from.csrf
    this.respCookies = from.respCookies
    this.private = from.private
    this.beforeSend = from.beforeSend
    this.route = from.route
    this.error = from.error
  }
}

const blank = new Rest({
  cookies: notFetched('cookies', 'put fetchCookies earlier in the pipeline'),
  queryParams: notFetched('queryParams', 'put fetchQueryParams earlier in the pipeline'),
  bodyParams: notFetched('bodyParams', 'put parsers() earlier in the pipeline'),
  params: nothing,
  pathParams: nothing,
  sessions: nothing,
  flash: notFetched('flash', 'put fetchFlash (after fetchSession) earlier in the pipeline'),
  csrf: notFetched('csrf', 'put protectFromForgery earlier in the pipeline'),
  respCookies: nothing,
  private: nothing,
  beforeSend: none,
  route: undefined,
  error: undefined,
})

/** The fields that {@link ConnRecord.with} may replace. */
export type Changes = Partial<Omit<Rest, 'error'>>

export class ConnRecord implements Conn {
  declare readonly status: number | undefined
  declare readonly respHeaders: HeaderList
  declare readonly respBody: RespBody | undefined
  declare readonly halted: boolean
  readonly #request: RequestSource
  readonly #assigns: Assigns
  readonly #rest: Rest

  private constructor(
    request: RequestSource,
    assigns: Assigns,
    rest: Rest,
    status: number | undefined,
    respHeaders: HeaderList,
    respBody: RespBody | undefined,
    halted: boolean,
  ) {
    this.#request = request
    this.#assigns = assigns
    this.#rest = rest
    this.status = status
    this.respHeaders = respHeaders
    this.respBody = respBody
    this.halted = halted
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

  // --- what seldom changes

  get cookies(): Conn['cookies'] {
    return this.#rest.cookies
  }
  get queryParams(): Conn['queryParams'] {
    return this.#rest.queryParams
  }
  get bodyParams(): Conn['bodyParams'] {
    return this.#rest.bodyParams
  }
  get params(): {} {
    return this.#rest.params
  }
  get pathParams(): Conn['pathParams'] {
    return this.#rest.pathParams
  }
  get sessions(): Readonly<Record<string, Session>> {
    return this.#rest.sessions
  }
  get flash(): Conn['flash'] {
    return this.#rest.flash
  }
  get csrf(): Conn['csrf'] {
    return this.#rest.csrf
  }
  get respCookies(): Readonly<Record<string, RespCookie>> {
    return this.#rest.respCookies
  }
  get private(): Readonly<Record<string, unknown>> {
    return this.#rest.private
  }
  get beforeSend(): readonly BeforeSend[] {
    return this.#rest.beforeSend
  }
  get route(): MatchedRoute | undefined {
    return this.#rest.route
  }
  get error(): PlugError | undefined {
    return this.#rest.error
  }

  /** The memo of cookies that the request of a conn has; what is no conn has none. */
  static cookieMemo(conn: object): CookieMemo | undefined {
    return #request in conn ? conn.#request.cookieMemo : undefined
  }

  /** The port that routers tell of their dispatches, if the request has one. */
  static telemetry(conn: Conn): TelemetryPort | undefined {
    return (conn as ConnRecord).#request.telemetry
  }

  /** The values that a conn holds, for those who freeze them or look for changes; its failure is not among them. */
  static valuesOf(conn: Conn): readonly unknown[] {
    const from = conn as ConnRecord
    const rest: readonly unknown[] = Object.values({ ...from.#rest, error: undefined })
    return [...Object.values(from), ...rest, from.assigns, from.segments, from.scriptName]
  }

  // --- updates: each takes a conn and gives the next

  /** The first conn of a request. */
  static of(request: RequestSource): Conn {
    return ConnRecord.#done(
      new ConnRecord(request, noAssigns, blank, undefined, firstHeaders, undefined, false),
    )
  }

  /** Every conn passes here: a source may watch its conns, as the test kit does to freeze them. */
  static #done(next: ConnRecord): ConnRecord {
    const { watch } = next.#request
    if (watch !== undefined) watch(next)
    return next
  }

  static #with(from: ConnRecord, request: RequestSource, assigns: Assigns, rest: Rest, halted: boolean) {
    const { status, respHeaders, respBody } = from
    return ConnRecord.#done(new ConnRecord(request, assigns, rest, status, respHeaders, respBody, halted))
  }

  static #withRest(from: ConnRecord, rest: Rest, halted = from.halted): ConnRecord {
    return ConnRecord.#with(from, from.#request, from.#assigns, rest, halted)
  }

  static #withAssigns(from: ConnRecord, assigns: Assigns): ConnRecord {
    return ConnRecord.#with(from, from.#request, assigns, from.#rest, from.halted)
  }

  static assign(conn: Conn, key: string, value: unknown): ConnRecord {
    const from = conn as ConnRecord
    return ConnRecord.#withAssigns(from, new Assigns(from.#assigns, key, value))
  }

  static mergeAssigns(conn: Conn, entries: readonly (readonly [key: string, value: unknown])[]): ConnRecord {
    const from = conn as ConnRecord
    let assigns = from.#assigns
    for (let i = 0; i < entries.length; i++) {
      const [key, value] = entries[i] as readonly [string, unknown]
      assigns = new Assigns(assigns, key, value)
    }
    return ConnRecord.#withAssigns(from, assigns)
  }

  static with(conn: Conn, changes: Changes): ConnRecord {
    const from = conn as ConnRecord
    return ConnRecord.#withRest(from, Object.assign(new Rest(from.#rest), changes))
  }

  static resp(
    conn: Conn,
    status: number | undefined,
    headers: HeaderList,
    body: RespBody | undefined,
  ): ConnRecord {
    const from = conn as ConnRecord
    return ConnRecord.#done(
      new ConnRecord(from.#request, from.#assigns, from.#rest, status, headers, body, from.halted),
    )
  }

  static status(conn: Conn, status: number | undefined): ConnRecord {
    return ConnRecord.resp(conn, status, conn.respHeaders, conn.respBody)
  }

  static respHeaders(conn: Conn, headers: HeaderList): ConnRecord {
    return ConnRecord.resp(conn, conn.status, headers, conn.respBody)
  }

  static session(conn: Conn, name: string, session: Session): ConnRecord {
    const from = conn as ConnRecord
    const rest = new Rest(from.#rest)
    rest.sessions = putEntry(rest.sessions, name, session)
    return ConnRecord.#withRest(from, rest)
  }

  static respCookies(conn: Conn, cookies: Conn['respCookies']): ConnRecord {
    const from = conn as ConnRecord
    const rest = new Rest(from.#rest)
    rest.respCookies = cookies
    return ConnRecord.#withRest(from, rest)
  }

  static private(conn: Conn, entries: Readonly<Record<string, unknown>>): ConnRecord {
    const from = conn as ConnRecord
    const rest = new Rest(from.#rest)
    rest.private = entries
    return ConnRecord.#withRest(from, rest)
  }

  /** The conn with a session that a hook is to write; `alone` is the list of that hook, for a conn that has no other. */
  static fetched(conn: Conn, name: string, session: Session, alone: readonly BeforeSend[]): ConnRecord {
    const from = conn as ConnRecord
    const rest = new Rest(from.#rest)
    const { sessions, beforeSend } = rest
    rest.sessions =
      sessions === nothing && name === 'session' ? { session } : putEntry(sessions, name, session)
    rest.beforeSend = beforeSend.length === 0 ? alone : appended(beforeSend, alone[0] as BeforeSend)
    return ConnRecord.#withRest(from, rest)
  }

  static route(conn: Conn, route: MatchedRoute, pathParams: Conn['pathParams'], params: {}): ConnRecord {
    const from = conn as ConnRecord
    const rest = new Rest(from.#rest)
    rest.route = route
    rest.pathParams = pathParams
    rest.params = params
    return ConnRecord.#withRest(from, rest)
  }

  static halt(conn: Conn): Halted {
    const from = conn as ConnRecord
    return (from.halted ? from : ConnRecord.#withRest(from, from.#rest, true)) as Conn as Halted
  }

  /**
   * The conn with a failure, halted. A failure that is there already is copied: that there is a new one can always be
   * seen by comparing `conn.error` before and after.
   */
  static fail(conn: Conn, error: PlugError): Halted {
    const from = conn as ConnRecord
    const rest = new Rest(from.#rest)
    rest.error = isPlugError(error)
      ? error === conn.error
        ? Object.freeze({ ...error })
        : error
      : exception(new TypeError('a plug failed with something that is no PlugError'))
    return ConnRecord.#withRest(from, rest, true) as Conn as Halted
  }

  /** The conn, no longer halted, with its failure if it has one: for what renders or follows a failure. */
  static resume(conn: Conn): Conn {
    const from = conn as ConnRecord
    return ConnRecord.#withRest(from, from.#rest, false)
  }

  /** The conn, no longer halted, with the failure it had before, or none. */
  static recover(conn: Conn, before: PlugError | undefined): Conn {
    const from = conn as ConnRecord
    const rest = new Rest(from.#rest)
    rest.error = before
    return ConnRecord.#withRest(from, rest, false)
  }

  /** The conn with another request: for plugs that rewrite what the adapter read. */
  static request(conn: Conn, changes: RequestChanges): ConnRecord {
    const from = conn as ConnRecord
    const request = ChangedSource.of(from.#request, changes)
    return ConnRecord.#with(from, request, from.#assigns, from.#rest, from.halted)
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
