/** The HTTP client of Node, by undici, which is loaded with the first request. */
import type { Readable } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { Agent, Dispatcher } from 'undici'
import { caught } from '../../../conn/raise.js'
import { badGateway, gatewayTimeout, type PlugError } from '../../../error.js'
import { left, right } from '../../../fp.js'
import { fromRawHeaders, toRawHeaders } from '../../../http/headers.js'
import { checkOptions, milliseconds, object, positiveMilliseconds, type Rules } from '../../../options.js'
import type { ClientBody, ClientRequest, HttpClient } from '../../../port-types.js'

/** The options of {@link httpClient}. Times are in milliseconds. */
export interface HttpClientOptions {
  /** The time within which a connection must be established. Default: 5,000; 0 for no limit. */
  readonly connectTimeout?: number
  /** The time within which the headers of the response must arrive, after the request was sent. Default: 60,000; 0 for no limit. */
  readonly headersTimeout?: number
  /**
   * The time within which the next chunk of a body must arrive; the time of a slow reader does not count. A body that is not
   * read for this long is destroyed. Default: 60,000; 0 for no limit.
   */
  readonly bodyTimeout?: number
  /** The time for which an idle connection stays open: choose less than the server's. Default: 4,000; at least 1. */
  readonly keepAliveTimeout?: number
  /** For HTTPS servers, options of `node:tls`: your own `ca`, a client certificate. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase'>
}

const rules: Rules = {
  connectTimeout: milliseconds,
  headersTimeout: milliseconds,
  bodyTimeout: milliseconds,
  keepAliveTimeout: positiveMilliseconds,
  tls: object,
}

/** The codes of undici and the system for a server that took too long. */
const timeouts: ReadonlySet<unknown> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
])

/** The failure of a request. A failure of its body passes unchanged. */
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

/** A failure that ends a stream goes to its reader; an unread stream has none. */
const ignore = (): void => {}

/** The body of a response, destroyed if it is not read in time. */
const bodyOf = (body: Readable, timeout: number): ClientBody => {
  body.on('error', ignore)
  const destroy = (): void => {
    clearTimeout(timer)
    body.destroy()
  }
  const timer = setTimeout(destroy, timeout).unref()
  return {
    destroy,
    [Symbol.asyncIterator]: () => {
      clearTimeout(timer)
      return body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    },
  }
}

/** The name that the certificate of an HTTPS server must have: the server's own, not that of the Host header. */
const servernameOf = (origin: string): string | undefined => {
  const { hostname } = new URL(origin)
  return /^\[|^[\d.]+$/.test(hostname) ? undefined : hostname
}

const hasBody = (method: string, status: number): boolean =>
  method !== 'HEAD' && status !== 204 && status !== 304

/**
 * An HTTP/1.1 client: all requests to one server share keep-alive connections. It does not follow redirects, decode content or
 * retry. Idle connections do not keep the process running.
 *
 * If a connection is refused or reset, or if the server does not speak HTTP, the failure is a `BadGateway` (502), with the cause
 * for the log. If an option's time is exceeded, it is a `GatewayTimeout` (504). A body that fails throws at its reader.
 *
 * @throws TypeError if an option is unknown or invalid; the message names it
 * @example no-run
 * import { httpClient } from 'plugboard/node'
 * import { proxy } from 'plugboard/plugs'
 * const phoenix = proxy({ to: 'http://127.0.0.1:4001', via: httpClient({ headersTimeout: 30_000 }) })
 */
export const httpClient = (options: HttpClientOptions = {}): HttpClient => {
  checkOptions('httpClient', options, rules)
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
