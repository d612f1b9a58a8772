/** A request of node:http as the source of a conn: each part is computed when it is first read. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Body, Conn } from '../../conn.js'
import type { Check, RequestState, Source } from '../../conn/source.js'
import type { CookieMemo } from '../../crypto/cookie-memo.js'
import { badRequest, invalidQuery, plugError, type PlugError } from '../../error.js'
import { fromRawHeaders, type HeaderList } from '../../http/headers.js'
import { parseHost, splitPath, type HostPort } from '../../http/uri.js'
import type { TelemetryPort } from '../../port.js'
import { messageBody, noBody, type MessageBody } from './body.js'
import { RequestEntropy } from './entropy.js'
import { framingOf, localHost, plainAddress, requestTarget } from './target.js'

const nowhere: readonly string[] = Object.freeze([])

/** The host parsed last: a server is asked for few, again and again. */
let lastText = ''
let lastHost: HostPort | undefined
const hostOf = (text: string): HostPort | undefined => {
  if (text !== lastText) {
    lastHost = parseHost(text)
    lastText = text
  }
  return lastHost
}

/** Remembers who is at the other end of a connection: Node forgets it when the connection has gone, unless it was asked before. */
export const rememberPeer = (socket: Socket): void => void socket.remoteAddress

/** The most bytes of an unread body for whose sake a connection is kept open. */
const worthReading = 262_144

const wrongVersion = badRequest('only HTTP/1.0 and HTTP/1.1 are spoken here')
const wrongTarget = badRequest('the request target must be a path or an http URL')
const wrongHost = badRequest('the Host header must name one host')
const wrongFraming = badRequest('HTTP/1.0 knows no Transfer-Encoding')
const unframed = badRequest('the last transfer coding must be "chunked"')
const wrongCoding = plugError(501, 'UnknownTransferCoding', 'only the transfer coding "chunked" is known')

/** What is wrong with a Transfer-Encoding, if anything is (RFC 9112 §6.1). */
const codingProblem = (coding: string, httpVersion: string): PlugError | undefined => {
  if (httpVersion === '1.0') return wrongFraming
  const codings = coding.toLowerCase()
  return codings === 'chunked' ? undefined : /[ ,\t]chunked$/.test(codings) ? wrongCoding : unframed
}

/** How a server reads requests. */
export interface Reading {
  readonly scheme: 'http' | 'https'
  readonly endpointUrl: string | undefined
  readonly secretKeyBase: string | undefined
  readonly cookieMemo: CookieMemo | undefined
  readonly telemetry: TelemetryPort | undefined
  readonly maxTargetSize: number
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
  waiting: Conn | undefined = undefined
  checks: Set<Check> | undefined = undefined
  /** What is wrong with the request, if anything is: the app does not see it then, and the connection ends. */
  readonly problem: PlugError | undefined
  /** Whether the whole response has been written. */
  answered = false
  /** Whether another response was put in the place of one that could not be sent. */
  replaced = false
  /** Whether nothing follows its head. */
  readonly #bodiless: boolean
  readonly #expecting: boolean
  readonly #host: HostPort | undefined
  /** The bytes of the body, if the client says how many. */
  readonly #declared: number | undefined
  #segments: readonly string[] | undefined
  #headers: HeaderList | undefined
  #body: MessageBody | undefined
  #entropy: RequestEntropy | undefined
  #abort: AbortController | undefined

  /** @param expecting whether the client waits to be told to go on before it sends its body */
  constructor(reading: Reading, message: IncomingMessage, response: ServerResponse, expecting: boolean) {
    const { host: named, hosts, coding, length } = framingOf(message.rawHeaders)
    const url = message.url as string
    let authority = named === undefined || hosts ? '' : named
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
        if (target.authority !== undefined && hostOf(authority) !== undefined) authority = target.authority
      }
    }
    let host = hostOf(authority)
    if (message.httpVersion !== '1.1') {
      if (message.httpVersion !== '1.0') problem = wrongVersion
      else if (named === undefined) host = localHost(message.socket.localAddress, message.socket.localPort)
    }
    if (url.length > reading.maxTargetSize)
      problem = invalidQuery(`the request target is longer than ${reading.maxTargetSize} bytes`, {
        status: 414,
      })
    else if (host === undefined) problem ??= wrongHost
    else if (coding !== undefined) problem ??= codingProblem(coding, message.httpVersion)
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
    return plainAddress(this.message.socket.remoteAddress)
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

  /** Says that the deadline has passed, with the reason that the signal then gives. */
  expire(reason: DOMException): void {
    this.#controller.abort(reason)
  }

  /** Whether the app has been told to stop. */
  get aborted(): boolean {
    return this.#abort?.signal.aborted === true
  }

  /** Whether the client has gone, so that nothing can be sent any more. */
  get gone(): boolean {
    return this.response.destroyed || this.message.socket.destroyed
  }

  /** What is left to read of the request: much is not worth keeping the connection for. */
  get unread(): 'nothing' | 'little' | 'much' {
    const { message } = this
    const body = this.#body
    if (this.#bodiless || message.readableEnded || body?.drained() === true) return 'nothing'
    const taken = body?.taken() === true
    if (message.complete) return taken ? 'little' : 'nothing' // Node throws away what nobody has begun to read
    const declared = this.#declared
    return declared === undefined ||
      declared > worthReading ||
      (this.#expecting && !taken) ||
      body?.failed() === true
      ? 'much'
      : 'little'
  }

  /** Throws away what is left to read. */
  discard(): void {
    this.#messageBody.discard()
  }

  get #messageBody(): MessageBody {
    if (this.#body === undefined) {
      this.#body = messageBody(this.message, this.#declared, () => {
        if (this.#expecting && !this.response.headersSent) this.response.writeContinue()
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
        // the socket's event, for a response that waits behind another has none of its own
        socket.on('close', gone)
        response.on('close', () => socket.off('close', gone))
      }
    }
    return this.#abort
  }
}
