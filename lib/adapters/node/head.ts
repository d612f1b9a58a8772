/**
 * The head of a response, as pure functions: its header lines, and what HTTP lets its body be. How a response is framed
 * (RFC 9112 §6) is the adapter's alone: a conn's own content-length counts only where the adapter cannot know better.
 */
import type { Conn } from '../../conn.js'
import { setCookies } from '../../conn/cookies.js'
import { toRawHeaders } from '../../http/headers.js'

/** RFC 9110 §6.4.1: statuses whose responses have no body and no content-length. */
export const isBodiless = (status: number): boolean => status === 204 || status === 304

/**
 * The content-length that the app put, if it is one: for a HEAD request or a stream, whose length only the app knows.
 */
export const presetLength = (conn: Conn): number | undefined => {
  const preset = conn.respHeaders.get('content-length')
  return preset !== undefined && /^\d{1,15}$/.test(preset) ? Number(preset) : undefined
}

/**
 * The header lines of a response as alternating names and values, its cookies last.
 *
 * @param length the bytes of the body; undefined where HTTP forbids to say, or nobody knows
 * @param close whether the connection ends with this response
 */
export const responseHead = (conn: Conn, length: number | undefined, close: boolean): string[] => {
  const raw = toRawHeaders(conn.respHeaders)
  for (let i = raw.length - 2; i >= 0; i -= 2) {
    const name = raw[i]
    if (
      name === 'content-length' ||
      name === 'transfer-encoding' ||
      (close && (name === 'connection' || name === 'keep-alive'))
    )
      raw.splice(i, 2)
  }
  if (length !== undefined) raw.push('content-length', String(length))
  if (close) raw.push('connection', 'close')
  const cookies = setCookies(conn)
  for (let i = 0; i < cookies.length; i++) raw.push('set-cookie', cookies[i] as string)
  return raw
}
