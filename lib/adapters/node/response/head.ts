/**
 * The head of a response, as pure functions: its header lines, and whether HTTP allows it a body. The adapter alone frames
 * responses (RFC 9112 §6): it uses the content-length of a conn only if it cannot know the length itself.
 */
import { STATUS_CODES } from 'node:http'
import type { Conn } from '../../../conn.js'
import { setCookies } from '../../../conn/cookies.js'
import { httpDate } from '../../../http/date.js'
import { headerLines, isFieldValue, toRawHeaders } from '../../../http/headers.js'

/** RFC 9110 §6.4.1: statuses whose responses have no body and no content-length. */
export const isBodiless = (status: number): boolean => status === 204 || status === 304

/** The content-length that the app put, if it is valid: for a HEAD request or a stream, whose length only the app knows. */
export const presetLength = (conn: Conn): number | undefined => {
  const preset = conn.respHeaders.get('content-length')
  return preset !== undefined && /^\d{1,15}$/.test(preset) ? Number(preset) : undefined
}

/**
 * The header lines of a response as alternating names and values, its cookies last.
 *
 * @param length the bytes of the body; undefined if HTTP forbids a content-length, or if the length is unknown
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

const statusLines: string[] = []
const statusLine = (status: number): string =>
  (statusLines[status] ??= `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`)

/** The date line, made once a second. */
let second = 0
let dateLine = ''
const dateAt = (now: number): string => {
  const at = Math.floor(now / 1_000)
  if (at !== second) {
    second = at
    dateLine = `date: ${httpDate(now)}\r\n`
  }
  return dateLine
}

/** The header lines that keep a connection of HTTP/1.1 open, for this many milliseconds; 0 for no limit. */
export const keepAliveLines = (timeout: number): string =>
  timeout === 0
    ? 'connection: keep-alive\r\n'
    : `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(timeout / 1_000)}\r\n`

/**
 * The whole head of a response after which the connection stays open, as it is sent: a string in which each character is a
 * byte. Undefined if the app's headers concern the connection or hold characters that HTTP forbids: then node:http must write
 * the head.
 *
 * @param length the bytes of the body; undefined if HTTP forbids a content-length
 * @param keepAlive the result of {@link keepAliveLines}
 * @param now milliseconds since the epoch
 */
export const headText = (
  conn: Conn,
  length: number | undefined,
  keepAlive: string,
  now: number,
): string | undefined => {
  const lines = headerLines(conn.respHeaders)
  if (lines === undefined) return undefined
  let text = statusLine(conn.status as number) + lines
  if (length !== undefined) text += `content-length: ${length}\r\n`
  const cookies = setCookies(conn)
  for (let i = 0; i < cookies.length; i++) {
    const cookie = cookies[i] as string
    if (!isFieldValue(cookie)) return undefined
    text += `set-cookie: ${cookie}\r\n`
  }
  return `${text}${dateAt(now)}${keepAlive}\r\n`
}
