// The cases that the real Plug answered, for the specs of plugs: each with its request as a conn, and what it expects.
import { readFileSync } from 'node:fs'
import { putStatus, pipe, resp, type Conn } from '../../lib/index.js'
import { conn } from '../../lib/testing/index.js'
import { bytesOf, type Term } from '../lib/http/vectors.js'

interface Request {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Term
}

/** What Plug made of a request: a response, or an exception with its status. */
export interface Expected {
  readonly status?: number
  readonly body?: Term
  readonly headers?: readonly (readonly [string, string])[]
  readonly halted?: boolean
  readonly echo?: Readonly<Record<string, Term>>
  readonly raise?: string
  readonly plug_status?: number
  readonly message?: string
}

/** One case: the plugs a request went through, with their options, and the handler behind them. */
export interface Case {
  readonly name: string
  readonly plugs: readonly (readonly [string, Term])[]
  readonly request: Request
  readonly handler: 'ok' | 'echo' | '404 not_found text'
  readonly expect: Expected
}

/** A file that was served. */
export interface FixtureFile {
  readonly path: string
  readonly size: number
  readonly etag: string
  readonly body_hex: string
}

const { cases, fixture } = JSON.parse(
  readFileSync(new URL('../../../spec/fixtures/plugs.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[]; readonly fixture: readonly FixtureFile[] }

export { fixture }

/** The cases of a group, such as `'static'`. */
export const casesOf = (group: string): readonly Case[] =>
  cases.filter(({ name }) => name.startsWith(`${group}: `))

/** A body: text, bytes, or `a=xxx…` of so many bytes. */
const bodyOf = (body: Term): string | Uint8Array => {
  if (body === null) return ''
  if (typeof body === 'string') return body
  if (typeof body === 'object' && 'bytes' in body) return 'a='.padEnd(Number(body.bytes), 'x')
  return bytesOf(body) as Uint8Array
}

/** The request of a case. */
export const requestOf = ({ request }: Case): Conn => {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of request.headers) (headers[name] ??= []).push(value)
  return conn(request.method, request.target, { headers, body: bodyOf(request.body) })
}

/** The handler of a case. */
export const handlerOf =
  ({ handler }: Case) =>
  (c: Conn): Conn =>
    handler === '404 not_found text' ? pipe(c, putStatus(404), resp(404, 'not found')) : resp(200, handler)(c)

/** The options of a case's plug, as a record. */
export const optionsOf = (term: Term): Readonly<Record<string, Term>> =>
  term as Readonly<Record<string, Term>>
