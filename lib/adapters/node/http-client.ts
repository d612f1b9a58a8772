/** The HTTP client of Node: requests go through undici, which is loaded when the first is sent. */
import type { Readable } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { Agent, Dispatcher } from 'undici'
import { caught } from '../../conn/raise.js'
import { badGateway, gatewayTimeout, type PlugError } from '../../error.js'
import { left, right } from '../../fp.js'
import { fromRawHeaders, toRawHeaders } from '../../http/headers.js'
import type { ClientBody, ClientRequest, HttpClient } from '../../port.js'

/** How a server is spoken to. Times are in milliseconds. */
export interface HttpClientOptions {
  /** How long a connection may take to come about. Default 5,000; 0 for no limit. */
  readonly connectTimeout?: number
  /** How long the headers of the response may take once the request is sent. Default 60,000; 0 for no limit. */
  readonly headersTimeout?: number
  /**
   * How long the next piece of a body may take; a reader that is slow does not count. A body that nobody begins to read
   * for so long is given up. Default 60,000; 0 for no limit.
   */
  readonly bodyTimeout?: number
  /** How long an idle connection is kept for the next request: less than the server keeps it. Default 4,000; at least 1. */
  readonly keepAliveTimeout?: number
  /** For servers of https, what `node:tls` takes: a `ca` of one's own, a certificate of the client. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase'>
}

const isTime =
  (least: number) =>
  (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= 2_147_483_647

const rules = new Map<string, { readonly ok: (value: unknown) => boolean; readonly must: string }>([
  ...['connectTimeout', 'headersTimeout', 'bodyTimeout', 'keepAliveTimeout'].map(name => {
    const least = name === 'keepAliveTimeout' ? 1 : 0
    return [name, { ok: isTime(least), must: `be a whole number of milliseconds, from ${least} on` }] as const
  }),
  ['tls', { ok: value => typeof value === 'object' && value !== null, must: 'be an object' }],
])

const check = (options: HttpClientOptions): void => {
  for (const [name, value] of Object.entries(options)) {
    const rule = rules.get(name)
    if (rule === undefined) throw new TypeError(`httpClient: unknown option ${name}`)
    if (value !== undefined && !rule.ok(value)) throw new TypeError(`httpClient: ${name} must ${rule.must}`)
  }
}

/** What undici and the system call a server that took too long. */
const timeouts: ReadonlySet<unknown> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
])

/** Why there is no response. What the request's body failed with comes through as it is. */
const failureOf = (cause: unknown, { signal }: ClientRequest): PlugError => {
  if (signal.aborted) return badGateway('the request was given up', { cause: signal.reason })
  const thrown = caught(cause)
  if (thrown._tag !== 'Exception') return thrown
  const { code } = Object(cause) as { readonly code?: unknown }
  if (code === 'UND_ERR_INVALID_ARG') return thrown
  return timeouts.has(code)
    ? gatewayTimeout('the other server took too long', { cause })
    : badGateway('the other server gave no answer', { cause })
}

/** A failure that ends the stream is told to its reader; one that nobody reads has none to tell. */
const ignore = (): void => {}

/** The body of a response, given up if nobody begins to read it. */
const bodyOf = (body: Readable, patience: number): ClientBody => {
  body.on('error', ignore)
  const destroy = (): void => {
    clearTimeout(timer)
    body.destroy()
  }
  const timer = setTimeout(destroy, patience).unref()
  return {
    destroy,
    [Symbol.asyncIterator]: () => {
      clearTimeout(timer)
      return body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    },
  }
}

/** The name that a server of https must prove: its own, not that of the Host header. */
const servernameOf = (origin: string): string | undefined => {
  const { hostname } = new URL(origin)
  return /^\[|^[\d.]+$/.test(hostname) ? undefined : hostname
}

const hasBody = (method: string, status: number): boolean =>
  method !== 'HEAD' && status !== 204 && status !== 304

/**
 * An HTTP/1.1 client: connections are kept alive and shared by all requests to one server. It follows no redirects,
 * decodes no content and sends nothing twice. Idle connections keep no process alive.
 *
 * A connection that is refused, reset or speaks no HTTP is a `BadGateway` (502), with the cause for the log; what takes
 * longer than the options say is a `GatewayTimeout` (504). A body that fails on the way throws at its reader.
 *
 * @throws TypeError for options that make no sense; the message names the option.
 * @example no-run
 * import { httpClient } from 'plugboard/node'
 * import { proxy } from 'plugboard/plugs'
 * const phoenix = proxy({ to: 'http://127.0.0.1:4001', via: httpClient({ headersTimeout: 30_000 }) })
 */
export const httpClient = (options: HttpClientOptions = {}): HttpClient => {
  check(options)
  const { connectTimeout = 5_000, headersTimeout = 60_000, bodyTimeout = 60_000 } = options
  const { keepAliveTimeout = 4_000, tls = {} } = options
  let agent: Promise<Agent> | undefined
  const load = async (): Promise<Agent> => {
    const undici = await import('undici')
    const connect = { ...tls, timeout: connectTimeout }
    return new undici.Agent({ connect, headersTimeout, bodyTimeout, keepAliveTimeout })
  }

  return {
    send: request => async () => {
      const { method, origin, target, headers, body, length, signal } = request
      const fields = toRawHeaders(headers)
      if (body !== undefined && length !== undefined) fields.push('content-length', String(length))
      try {
        const answer = await (
          await (agent ??= load())
        ).request({
          method,
          origin,
          path: target,
          headers: fields,
          body: (body ?? null) as Dispatcher.DispatchOptions['body'],
          signal,
          responseHeaders: 'raw',
          servername: servernameOf(origin),
        } as Dispatcher.RequestOptions)
        const pieces = bodyOf(answer.body, bodyTimeout || 60_000)
        const given = fromRawHeaders(answer.headers as unknown as readonly string[])
        if (hasBody(method, answer.statusCode))
          return right({ status: answer.statusCode, headers: given, body: pieces })
        answer.body.resume()
        return right({ status: answer.statusCode, headers: given, body: undefined })
      } catch (cause) {
        return left(failureOf(cause, request))
      }
    },
  }
}
