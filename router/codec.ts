/**
 * Codecs for path parameters: functions from what the path holds to a value, or to a refusal. io-ts codecs are codecs as
 * they are; here are the few that every app needs.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from '../lib/fp.js'

/**
 * Decodes a path parameter: io-ts's `decode`. It is given text, or a list of texts for a glob. Where it refuses, the
 * request has found nothing: 404, or 400 with {@link orBadRequest}.
 */
export interface Codec<A> {
  readonly decode: (u: unknown) => Either<unknown, A>
  /** What answers a parameter that does not decode. Default 404. */
  readonly status?: 404 | 400
}

/**
 * What is asked of parameters, by their names: codecs, and patterns. A pattern, a regular expression, takes part in
 * matching: where it does not fit the whole text of the parameter, the route is passed over, and later ones are tried.
 *
 * @example
 * import { text } from 'plugboard'
 * import { router, scope } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const app = router(
 *   scope('/', ({ get }) => [
 *     get('/posts/:id', { id: /\d+/ }, text('by number')),
 *     get('/posts/:slug', text('by name')),
 *   ]),
 * )
 * run(app)(conn('GET', '/posts/7')).respBody // => 'by number'
 * run(app)(conn('GET', '/posts/seven')).respBody // => 'by name'
 */
export type Codecs = { readonly [name: string]: Codec<unknown> | RegExp }

/** What a codec decodes to. What fits a pattern stays text. */
export type Decoded<C> = C extends RegExp
  ? string
  : C extends { readonly decode: (u: never) => Either<unknown, infer A> }
    ? A
    : never

const canonical = /^(?:0|-?[1-9]\d{0,15})$/

/**
 * A whole number that a JavaScript number holds exactly, written as `String` writes it: `'7'` and `'-7'`, but not
 * `'07'`, `'+7'`, `'7.0'` or `'-0'`, so that every number has one address.
 *
 * @example
 * import { text } from 'plugboard'
 * import { int, router, scope } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const app = router(scope('/', ({ get }) => [get('/n/:id', { id: int }, c => text(c.params.id.toFixed(2))(c))]))
 * run(app)(conn('GET', '/n/7')).respBody // => '7.00'
 * run(app)(conn('GET', '/n/seven')).status // => 404
 */
export const int: Codec<number> = {
  decode: u =>
    typeof u === 'string' && canonical.test(u) && Number.isSafeInteger(Number(u))
      ? right(Number(u))
      : left('a whole number'),
}

const uuidText = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * A UUID (RFC 9562 §4) of any version, as text in lower case.
 *
 * @example
 * import { uuid } from 'plugboard/router'
 * uuid.decode('F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6') // => { _tag: 'Right', right: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' }
 */
export const uuid: Codec<string> = {
  decode: u => (typeof u === 'string' && uuidText.test(u) ? right(u.toLowerCase()) : left('a UUID')),
}

/**
 * The same codec, with 400 in place of 404 for a parameter that does not decode.
 *
 * @example
 * import { text } from 'plugboard'
 * import { int, orBadRequest, router, scope } from 'plugboard/router'
 * import { conn, run } from 'plugboard/testing'
 * const app = router(scope('/', ({ get }) => [get('/n/:id', { id: orBadRequest(int) }, text('a number'))]))
 * run(app)(conn('GET', '/n/seven')).status // => 400
 */
export const orBadRequest = <A>(codec: Codec<A>): Codec<A> => ({ decode: u => codec.decode(u), status: 400 })
