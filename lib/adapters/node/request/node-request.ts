/** A request of node:http as the source of a conn, and how far its response has come. Each part is computed when it is first read. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Body, Conn, StreamBody } from '../../../conn.js'
import type { RequestState, Source } from '../../../conn/source.js'
import type { CookieMemo } from '../../../crypto/cookie-memo.js'
import { badRequest, invalidQuery, plugError, type PlugError } from '../../../error.js'
import { fromRawHeaders, type HeaderList } from '../../../http/headers.js'
import { parseHost, splitPath, type HostPort } from '../../../http/uri.js'
import type { TelemetryPort } from '../../../port-types.js'
import { OwnedStreams, type ReportOf } from '../response/owned.js'
import { drainingSignal, type Stopping } from './when-over.js'
import { messageBody, noBody, type BodyRate, type MessageBody } from './body.js'
import { RequestEntropy } from './entropy.js'
import { framingOf, localHost, plainAddress, requestTarget } from './target.js'

const nowhere: readonly string[] = Object.freeze([])

/** The host parsed last: most requests to a server name the same one. */
let lastText = ''
let lastHost: HostPort | undefined
const hostOf = (text: string): HostPort | undefined => {
  if (text !== lastText) {
    lastHost = parseHost(text)
    lastText = text
  }
  return lastHost
}

/** Reads the address of the client, so that Node keeps it after the connection has closed. */
export const rememberPeer = (socket: Socket): void => void socket.remoteAddress

/** The most bytes of an unread body that are read and discarded to keep the connection open. */
const maxDiscarded = 262_144

const wrongVersion = badRequest('the HTTP version must be 1.0 or 1.1')
const wrongTarget = badRequest('the request target must be a path or an http URL')
const wrongHost = badRequest('the Host header must name one host')
const wrongFraming = badRequest('a request of HTTP/1.0 must not have a Transfer-Encoding')
const unframed = badRequest('the last transfer coding must be "chunked"')
const wrongCoding = plugError(501, 'UnknownTransferCoding', 'the only supported transfer coding is "chunked"')

/** Why a Transfer-Encoding is rejected (RFC 9112 §6.1); undefined if it is valid. */
const codingProblem = (coding: string, httpVersion: string): PlugError | undefined => {
  if (httpVersion === '1.0') return wrongFraming
  const codings = coding.toLowerCase()
  return codings === 'chunked' ? undefined : /[ ,\t]chunked$/.test(codings) ? wrongCoding : unframed
}

/** What every request of a server has in common. */
export interface Reading {
  readonly scheme: 'http' | 'https'
  readonly endpointUrl: string | undefined
  readonly secretKeyBase: string | undefined
  readonly cookieMemo: CookieMemo | undefined
  readonly telemetry: TelemetryPort | undefined
  readonly maxTargetSize: number
  /** Receives what a stream throws or rejects with while it is closed. */
  readonly report: ReportOf
  readonly server: Stopping
  readonly bodyRate: BodyRate
  /** The address of all clients, if the connections themselves have none. */
  readonly peer: string | undefined
}

/** Asynchronous work that a response waits for: the app's run, an error page's, or the first chunk of a stream. */
export interface Work {
  /** The conn that it has begun with. */
  readonly conn: Conn
  readonly cancel: (() => void) | undefined
}

export class NodeRequest implements Source, RequestState {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly path: string
  readonly queryString: string
  readonly scriptName = nowhere
  readonly now: number
  readonly endpointUrl: string | undefined
  readonly secretKeyBase: string | undefined
  readonly cookieMemo: CookieMemo | undefined
  readonly telemetry: TelemetryPort | undefined
  readonly observer = undefined
  readonly watch = undefined
  /** Why the request is rejected, if it is: the app does not run, and the connection ends. */
  problem: PlugError | undefined
  /** Whether the parser has failed in the body. */
  unreadable = false
  /** Whether the whole response has been written. */
  answered = false
  /** Whether an error response has replaced the app's. */
  replaced = false
  /** The conn of the innermost step whose effect is pending; set by the interpreter. */
  waiting: Conn | undefined = undefined
  checks: RequestState['checks'] = undefined
  interrupted = false
  unrendered: unknown = undefined
  hooks: RequestState['hooks'] = undefined
  /** The streams that plugs have put on a conn; undefined while there are none. */
  streams: OwnedStreams | undefined = undefined
  /** What the response waits for, if it waits. */
  work: Work | undefined = undefined
  /** When the deadline passes, by the clock of `performance.now()`; undefined until it starts. */
  deadline: number | undefined = undefined
  /** The timer of the deadline, while it runs. */
  timer: NodeJS.Timeout | undefined = undefined
  /** What is done when the responses before this one are sent. */
  onTurn: (() => void) | undefined = undefined
  /** Whether the request has no body. */
  readonly #bodiless: boolean
  readonly #expecting: boolean
  readonly #host: HostPort | undefined
  /** The declared length of the body in bytes; undefined if it comes in chunks. */
  readonly #declared: number | undefined
  readonly #reading: Reading
  #segments: readonly string[] | undefined
  #headers: HeaderList | undefined
  #body: MessageBody | undefined
  #entropy: RequestEntropy | undefined
  #abort: AbortController | undefined
  #draining: AbortSignal | undefined

  /** @param expecting whether the client waits for `100 Continue` before it sends its body */
  constructor(reading: Reading, message: IncomingMessage, response: ServerResponse, expecting: boolean) {
    const { host: named, hosts, coding, length, closes } = framingOf(message.rawHeaders)
    const url = message.url as string
    let authority = named === undefined || hosts ? '' : named
    /** Whether the target names the host (RFC 9112 §3.2.2). */
    let isAbsolute = false
    let problem: PlugError | undefined
    let path = ''
    let query = ''
    if (url.charCodeAt(0) === 47 && !url.includes('#')) {
      const at = url.indexOf('?')
      path = at < 0 ? url : url.slice(0, at)
      query = at < 0 ? '' : url.slice(at + 1)
    } else {
      const target = requestTarget(message.method as string, url)
      if (target === undefined) problem = wrongTarget
      else {
        path = target.path
        query = target.query
        // HTTP/1.0 has no Host header that must be valid
        const isHostless = named === undefined && message.httpVersion === '1.0'
        isAbsolute = target.authority !== undefined && (isHostless || hostOf(authority) !== undefined)
        if (isAbsolute) authority = target.authority as string
      }
    }
    let host = hostOf(authority)
    if (message.httpVersion !== '1.1') {
      if (message.httpVersion !== '1.0') problem = wrongVersion
      else if (named === undefined && !isAbsolute)
        host = localHost(message.socket.localAddress, message.socket.localPort)
    }
    if (url.length > reading.maxTargetSize)
      problem = invalidQuery(`the request target is longer than ${reading.maxTargetSize} bytes`, {
        status: 414,
      })
    else if (host === undefined) problem ??= wrongHost
    else if (coding !== undefined) problem ??= codingProblem(coding, message.httpVersion)
    if (closes) response.shouldKeepAlive = false
    this.message = message
    this.response = response
    this.method = message.method as string
    this.scheme = reading.scheme
    this.path = path
    this.queryString = query
    this.now = Date.now()
    this.endpointUrl = reading.endpointUrl
    this.secretKeyBase = reading.secretKeyBase
    this.cookieMemo = reading.cookieMemo
    this.telemetry = reading.telemetry
    this.problem = problem
    this.#expecting = expecting
    this.#reading = reading
    this.#host = host
    this.#declared = length === undefined ? undefined : Number(length)
    this.#bodiless = coding === undefined && (length === undefined || Number(length) === 0)
  }

  get host(): string {
    return this.#host?.host ?? ''
  }
  get port(): number {
    return this.#host?.port ?? (this.scheme === 'https' ? 443 : 80)
  }
  get segments(): readonly string[] {
    return (this.#segments ??= splitPath(this.path))
  }
  get reqHeaders(): HeaderList {
    return (this.#headers ??= fromRawHeaders(this.message.rawHeaders))
  }
  get remoteIp(): string {
    return this.#reading.peer ?? plainAddress(this.message.socket.remoteAddress)
  }
  get httpVersion(): string {
    return this.message.httpVersion
  }
  get body(): Body {
    return this.#bodiless ? noBody : this.#messageBody.body
  }
  /** The runner's notes stand on the request itself. */
  get state(): RequestState {
    return this
  }
  entropy(label: string, length: number): Uint8Array {
    return (this.#entropy ??= new RequestEntropy()).get(label, length)
  }
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get draining(): AbortSignal {
    return (this.#draining ??= drainingSignal(this.#reading.server, this.message, this.response))
  }

  /** Owns a stream from now on. */
  own({ chunks }: StreamBody, conn: Conn): void {
    this.streams ??= new OwnedStreams(this.message, this.response, this.#reading.report)
    this.streams.add(chunks, conn)
  }

  /** Fires the signal, unless it has fired. */
  abort(reason: DOMException): void {
    this.#controller.abort(reason)
  }

  /** Whether the signal has fired. */
  get aborted(): boolean {
    return this.#abort?.signal.aborted === true
  }

  /**
   * Notes that the response waits for work, and returns that work: a promise of it checks that it is still the work of its
   * request when it settles.
   *
   * @param conn what the work has begun with
   * @param cancel ends the work
   */
  waitFor(conn: Conn, cancel?: () => void): Work {
    return (this.work = { conn, cancel })
  }

  /** Notes that the work has ended, and stops the deadline. */
  settle(): void {
    this.work = undefined
    clearTimeout(this.timer)
  }

  /** Ends the work that the response waits for, whose outcome is then dropped. Returns its newest conn. */
  interrupt(): Conn {
    const { conn, cancel } = this.work as Work
    const newest = this.waiting ?? conn
    this.settle()
    this.waiting = undefined
    this.checks = undefined
    this.deadline = undefined
    cancel?.()
    return newest
  }

  /** Whether the client has left, so that nothing can be sent. */
  get gone(): boolean {
    return this.response.destroyed || this.message.socket.destroyed
  }

  /**
   * Defers the sending of a response until those before it on its connection are sent. Returns false if nothing is before it.
   */
  awaitTurn(send: () => void): boolean {
    if (this.response.socket !== null) return false
    this.onTurn = send
    return true
  }

  /** How much of the request is unread; for `much`, the connection is not worth keeping. */
  get unread(): 'nothing' | 'little' | 'much' {
    const { message } = this
    const body = this.#body
    if (this.#bodiless || this.unreadable || message.readableEnded || body?.drained() === true)
      return 'nothing'
    const taken = body?.taken() === true
    if (message.complete) return taken ? 'little' : 'nothing' // Node discards a body that was never read
    const declared = this.#declared
    return declared === undefined ||
      declared > maxDiscarded ||
      (this.#expecting && !taken) ||
      body?.failed() === true
      ? 'much'
      : 'little'
  }

  /** Reads the rest of the request, and discards it. */
  discard(): void {
    this.#messageBody.discard()
  }

  /**
   * Notes that the parser has failed in the body: the request is rejected, and the app cannot read the rest. Returns whether the
   * app waits for bytes, so that it fails by itself.
   */
  reject(problem: PlugError): boolean {
    const body = this.#messageBody
    const isReading = body.waiting()
    this.unreadable = true
    this.problem ??= problem
    body.discard(problem)
    return isReading
  }

  get #messageBody(): MessageBody {
    if (this.#body === undefined) {
      const { message, response } = this
      this.#body = messageBody(message, {
        declared: this.#declared,
        rate: this.#reading.bodyRate,
        proceed: () => {
          if (this.#expecting && !response.headersSent) response.writeContinue()
        },
        ended: () => response.writableEnded,
      })
    }
    return this.#body
  }

  get #controller(): AbortController {
    if (this.#abort === undefined) {
      const abort = new AbortController()
      this.#abort = abort
      const { response } = this
      const { socket } = this.message
      const gone = (): void => {
        if (!this.answered && !response.writableFinished)
          abort.abort(new DOMException('the client has gone', 'AbortError'))
      }
      if (socket.destroyed) gone()
      else {
        // the socket's event: a response that is queued after another one has no event of its own
        socket.on('close', gone)
        response.on('close', () => socket.off('close', gone))
      }
    }
    return this.#abort
  }
}
