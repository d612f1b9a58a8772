/**
 * Chooses the format of the response: what the request asks for among what is offered (Phoenix's `accepts`).
 */
import type { Conn, Halted } from '../lib/conn.js'
import { putPrivate } from '../lib/conn/assigns.js'
import { declare } from '../lib/declared.js'
import { notAcceptable } from '../lib/error.js'
import { negotiate } from '../lib/http/accept.js'
import { fail } from '../lib/plug.js'
import { isText, mustBe } from '../lib/options.js'

/** Where the format is kept; error responses look there too. */
const key = 'plugboardFormat'

const askedFor = (conn: Conn): unknown => (conn.params as Readonly<Record<string, unknown>>)['_format']

/** The Accept header, several of which are one list (RFC 9110 §5.3). */
const acceptOf = ({ reqHeaders }: Conn): string | undefined => {
  const values = reqHeaders.getAll('accept')
  return values.length < 2 ? values[0] : values.join(', ')
}

/**
 * Chooses one of the offered formats: by the parameter `_format` if there is one among the fetched parameters, else by
 * the Accept header, with Phoenix's rules. Where none is acceptable it fails with `NotAcceptable` (406).
 *
 * @param formats Formats (`'html'`, `'json'`) or media types, the preferred first.
 * @throws TypeError if `formats` is not a non-empty array of strings
 * @example
 * import { accepts, getFormat } from 'plugboard/plugs'
 * import { conn, run } from 'plugboard/testing'
 * const done = run(accepts(['html', 'json']))(conn('GET', '/', { headers: { accept: 'application/json' } }))
 * getFormat(done) // => 'json'
 */
export const accepts = (formats: readonly string[]) => {
  if (!Array.isArray(formats) || formats.length === 0 || !formats.every(isText))
    throw new TypeError(
      `accepts: ${mustBe('formats', "a non-empty array of strings, such as ['html', 'json']", formats)}`,
    )
  const puts = new Map(formats.map(format => [format, putPrivate(key, format)]))
  const refused = notAcceptable(`none of the formats that are offered is acceptable: ${formats.join(', ')}`)
  // Most requests repeat the header of the last one.
  let lastHeader: string | undefined
  let lastFormat = formats[0]
  const byHeader = (header: string | undefined): string | undefined => {
    if (header !== lastHeader) {
      lastFormat = negotiate(header, formats)
      lastHeader = header
    }
    return lastFormat
  }
  return declare(
    function accepts<C extends Conn>(conn: C): C | Halted {
      const asked = askedFor(conn)
      const put = puts.get((asked === undefined ? byHeader(acceptOf(conn)) : asked) as string)
      return put === undefined ? fail(conn, refused) : put(conn)
    },
    () => [notAcceptable],
  )
}

/**
 * The format of the response: what `accepts` or `putFormat` chose, or else the parameter `_format`; undefined if there
 * is neither.
 */
export const getFormat = (conn: Conn): string | undefined => {
  const chosen = conn.private[key] ?? askedFor(conn)
  return typeof chosen === 'string' ? chosen : undefined
}

/** Sets the format of the response, whatever the request asks for. */
export const putFormat = (format: string) => {
  if (!isText(format)) throw new TypeError(`putFormat: ${mustBe('format', 'a non-empty string', format)}`)
  return putPrivate(key, format)
}
