// What a case of the conformance suite is: the bytes that a client sends, and what an origin server may send back.
import type { Answer } from './exchange.js'

/** What the app saw of a request. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly segments: readonly string[]
  readonly query: string
  readonly scheme: string
  readonly host: string
  readonly port: number
  readonly version: string
  /** Values by name in lower case; several of one name are joined by `|`. */
  readonly headers: Readonly<Record<string, string>>
}

/** What may come back. */
export interface Expected {
  /** The status of the first final response, or those that are allowed; 0: the connection closes without one. */
  readonly status: number | readonly number[]
  /** The statuses of the further responses on the connection. Default: none. */
  readonly rest?: readonly number[]
  /** The interim responses (1xx) before the first final one. Default: none. */
  readonly interim?: readonly number[]
  /** Whether the last response must end before its last chunk. Default: false. */
  readonly cut?: boolean
  /** Whether the connection is then closed. Default: either, as the last response says. */
  readonly connection?: 'open' | 'closed'
  /** Headers of the first response: a value, an expression, `true` if it must exist, `false` if it must not. */
  readonly headers?: Readonly<Record<string, string | RegExp | boolean>>
  /** The body of the first response. */
  readonly body?: string | RegExp
  /**
   * What the app saw of the first request; `false`: it was not called. If the status is one of several and an error, the app
   * must not have been called.
   */
  readonly app?: Partial<Seen> | false
  /** The paths for which the app was called. */
  readonly paths?: readonly string[]
  /** The bodies that the app has read to their end. */
  readonly reads?: readonly string[]
  /** Any further check: returns what is wrong. */
  readonly check?: (answers: readonly Answer[]) => string | undefined
}

/** The bytes, and how they are sent. */
export interface Sent {
  /** Each character is one byte. Several parts: each is sent after something came back, or after a short while. */
  readonly send: string | readonly string[]
  /** Whether each further part is sent only after something came back. Default: or after a short while. */
  readonly waits?: boolean
  /** Milliseconds after which the exchange has failed. Default: 20,000. */
  readonly timeout?: number
  /** The methods of the requests, if they are not the first word of the bytes and then GET. */
  readonly methods?: readonly string[]
  /**
   * Whether the client ends its half of the connection after the last byte; `'reset'`: it drops the connection a little later.
   */
  readonly end?: boolean | 'reset'
}

/** One case. */
export interface Case extends Sent, Expected {
  /** The rule that it holds, a slash and a word. */
  readonly id: string
  readonly rule: string
}

type Given = Omit<Case, 'id' | 'rule'>

/** The cases of one rule, by their words. */
export const rule = (name: string, cases: Readonly<Record<string, Given>>): readonly Case[] =>
  Object.entries(cases).map(([word, given]) => ({ ...given, id: `${name}/${word}`, rule: name }))

/** The cases of one rule that differ in one input. */
export const each = (
  name: string,
  inputs: Readonly<Record<string, string>>,
  make: (input: string, word: string) => Given,
): readonly Case[] =>
  rule(name, Object.fromEntries(Object.entries(inputs).map(([word, input]) => [word, make(input, word)])))

/** A head of these lines, as they are. */
export const head = (...lines: readonly string[]): string => [...lines, '', ''].join('\r\n')

/** A request with a Host header. */
export const request = (method: string, target: string, ...lines: readonly string[]): string =>
  head(`${method} ${target} HTTP/1.1`, 'Host: a.test', ...lines)

/** A GET with a Host header. */
export const get = (target: string, ...lines: readonly string[]): string => request('GET', target, ...lines)

/** A POST to the path that echoes a body of this length. */
export const post = (body: string, ...lines: readonly string[]): string =>
  request('POST', '/echo', `Content-Length: ${body.length}`, ...lines) + body

/** A POST to the path that echoes chunks. */
export const chunked = (chunks: string, ...lines: readonly string[]): string =>
  request('POST', '/echo', 'Transfer-Encoding: chunked', ...lines) + chunks

type More = Partial<Given>

/** The request is answered with 200, and the connection stays open. */
export const ok = (send: string | readonly string[], more: More = {}): Given => ({
  send,
  status: 200,
  connection: 'open',
  ...more,
})

/** The request is rejected with this status, the app is not called, and the connection ends. */
export const bad = (
  send: string | readonly string[],
  status: number | readonly number[] = 400,
  more: More = {},
): Given => ({
  send,
  status,
  connection: 'closed',
  app: false,
  ...more,
})
