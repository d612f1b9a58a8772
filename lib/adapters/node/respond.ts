/** Writes a final conn to node:http: one writeHead with raw header pairs, then the body by its kind. */
import { closeSync, createReadStream } from 'node:fs'
import { validateHeaderValue, type ServerResponse } from 'node:http'
import type { Conn, FileBody, RespBody } from '../../conn.js'
import { ConnRecord } from '../../conn/record.js'
import { toBuffer } from '../../crypto/bytes.js'
import { exception, type PlugError } from '../../error.js'
import { openFile, readAtOnce, readFile, type OpenFile } from './file.js'
import { headText, isBodiless, presetLength, responseHead } from './head.js'
import { finish } from './linger.js'
import { bugOf } from './report.js'
import type { NodeRequest } from './request.js'
import type { Sender } from './sender.js'
import { abandon, sendPieces } from './stream.js'

/** The most bytes that are handed to a socket without asking whether it takes them. */
const atOnce = 16_384

/** Whether the connection ends with a response, whatever the app says: the client wants it, or the server does. */
const ends = (sender: Sender, request: NodeRequest): boolean =>
  !request.response.shouldKeepAlive || sender.stopping() || request.problem !== undefined

/**
 * Writes the head. The connection ends if the client wants that, whatever the app says (RFC 9112 §9.6), if the server
 * stops, or if too much of the request is left unread.
 */
const writeHead = (sender: Sender, request: NodeRequest, conn: Conn, length: number | undefined): void => {
  const close = ends(sender, request) || request.unread === 'much'
  const status = conn.status as number
  const head = responseHead(conn, length, close)
  // Node makes up its mind about the body before it looks at the headers: a response in the place of this could have none
  if (isBodiless(status))
    for (let i = 0; i < head.length; i += 2) validateHeaderValue(head[i] as string, head[i + 1] as string)
  request.response.writeHead(status, head)
}

/** Ends a response that has nothing but a head. */
const endHead = (request: NodeRequest): void => {
  if (request.unread !== 'nothing') request.response.flushHeaders()
  finish(request)
}

/**
 * Sends a short response in one write, head and body one text whose characters are bytes; false where node:http must
 * write the head. Node would write them one by one and have the system join them, for a sixth of what a short request
 * costs. `_header` is where it keeps a head that is yet to be sent; its type knows nothing of it.
 */
const sendAsText = (
  sender: Sender,
  request: NodeRequest,
  conn: Conn,
  body: string,
  length: number | undefined,
): boolean => {
  const response = request.response as ServerResponse & { _header: string | null }
  if (
    response._header !== null ||
    request.httpVersion !== '1.1' ||
    request.unread !== 'nothing' ||
    ends(sender, request)
  )
    return false
  const head = headText(conn, length, sender.keepAlive, Date.now())
  if (head === undefined) return false
  response.statusCode = conn.status as number
  response._header = head + body
  response.end()
  return true
}

/**
 * Sends a body that is at hand. A long one is ended only when the socket has taken it: until then the request is in
 * flight, and a server that stops waits for it.
 */
const sendWhole = (
  sender: Sender,
  request: NodeRequest,
  body: string | Uint8Array,
  encoding: 'latin1' | 'utf8',
): void => {
  const { response } = request
  if (body.length <= atOnce && request.unread === 'nothing') {
    response.end(body, encoding)
    return
  }
  if (response.write(body, encoding)) return finish(request)
  const { socket } = request.message
  socket.setTimeout(sender.sendTimeout)
  response.once('drain', () => {
    socket.setTimeout(0)
    finish(request)
  })
}

/** Sends a response that has nothing but a head. */
const sendHead = (sender: Sender, request: NodeRequest, conn: Conn, length: number | undefined): void => {
  if (sendAsText(sender, request, conn, '', length)) return
  writeHead(sender, request, conn, length)
  endHead(request)
}

/** The bytes of a body as text whose characters are bytes; `size` is how many. */
const asText = (body: string | Uint8Array, size: number): string =>
  body.length === size && typeof body === 'string' ? body : toBuffer(body, 'body').toString('latin1')

/** Sends a body that is at hand, with its head. */
const sendAtHand = (sender: Sender, request: NodeRequest, conn: Conn, body: string | Uint8Array): void => {
  const size = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  if (request.message.method === 'HEAD') {
    return sendHead(sender, request, conn, presetLength(conn) ?? size)
  }
  if (size <= atOnce && sendAsText(sender, request, conn, asText(body, size), size)) return
  writeHead(sender, request, conn, size)
  // Node writes the head in the encoding of the text: Latin-1 keeps header values as they are
  if (typeof body === 'string' && size === body.length) sendWhole(sender, request, body, 'latin1')
  else sendWhole(sender, request, toBuffer(body, 'body'), 'utf8')
}

/** Sends a file that is read at once. Its head is written when it has been read. */
const sendSmallFile = (
  sender: Sender,
  request: NodeRequest,
  conn: Conn,
  opened: OpenFile,
  offset: number,
): void =>
  readFile(opened, offset, bytes => {
    if (request.gone) return
    try {
      if (bytes._tag === 'Left') return sendInstead(sender, request, conn, bytes.left)
      sendAtHand(sender, request, conn, bytes.right)
    } catch (cause) {
      sendInstead(sender, request, conn, exception(cause))
    }
  })

const sendFile = (sender: Sender, request: NodeRequest, conn: Conn, body: FileBody): void => {
  const opened = openFile(body)
  if (opened._tag === 'Left') return sendInstead(sender, request, conn, opened.left)
  const { fd, length } = opened.right
  const nothing = request.message.method === 'HEAD' || length === 0
  if (!nothing && length <= readAtOnce) return sendSmallFile(sender, request, conn, opened.right, body.offset)
  try {
    writeHead(sender, request, conn, length)
  } catch (cause) {
    closeSync(fd)
    return sendInstead(sender, request, conn, exception(cause))
  }
  if (nothing) {
    closeSync(fd)
    return endHead(request)
  }
  const stream = createReadStream('', {
    fd,
    start: body.offset,
    end: body.offset + length - 1,
    highWaterMark: 65_536,
  })
  void sendPieces(sender, request, conn, stream, stream[Symbol.asyncIterator](), length)
}

const sendBody = (sender: Sender, request: NodeRequest, conn: Conn): void => {
  const { response } = request
  const status = conn.status as number
  const body: RespBody = conn.respBody ?? ''
  if (status < 200) throw new RangeError(`the app answered with the status ${status}, which is not final`)
  if (isBodiless(status) || status === 205) {
    abandonBody(body)
    sendHead(sender, request, conn, status === 205 ? 0 : undefined)
  } else if (typeof body === 'string' || body instanceof Uint8Array) {
    sendAtHand(sender, request, conn, body)
  } else if (body.kind === 'file') {
    sendFile(sender, request, conn, body)
  } else {
    const length = presetLength(conn)
    const iterator = request.message.method === 'HEAD' ? undefined : body.chunks[Symbol.asyncIterator]()
    writeHead(sender, request, conn, length)
    if (iterator === undefined) {
      abandonBody(body)
      endHead(request)
    } else {
      // flushHeaders would write header values in UTF-8
      response.write('', 'latin1')
      void sendPieces(sender, request, conn, body.chunks, iterator, length)
    }
  }
}

const abandonBody = (body: RespBody | undefined): void => {
  if (typeof body === 'object' && 'chunks' in body) abandon(body.chunks)
}

/** A final conn, as it is given to what renders a failure: its response is taken back and its hooks have run. */
const withoutResponse = (conn: Conn): Conn => {
  const again = ConnRecord.with(ConnRecord.recover(conn, undefined), { beforeSend: [] })
  return ConnRecord.unsent(again, undefined, conn.respHeaders)
}

/** Sends the response of a failure in the place of one that could not be sent; a bare one if that fails too. */
const sendInstead = (sender: Sender, request: NodeRequest, conn: Conn, problem: PlugError): void => {
  const { response } = request
  response.statusMessage = '' // that of the response which could not be sent
  if (!request.replaced) {
    request.replaced = true
    sendProblem(sender, request, withoutResponse(conn), problem)
  } else {
    sender.report(bugOf(problem), conn)
    response.writeHead(500, ['content-type', 'text/plain; charset=utf-8', 'content-length', '22'])
    response.end('Internal Server Error\n')
  }
}

/** Answers a request with a failure, as the app renders it. */
export const sendProblem = (sender: Sender, request: NodeRequest, conn: Conn, problem: PlugError): void => {
  const rendered = sender.render(conn, problem)
  if (rendered instanceof ConnRecord) respond(sender, request, rendered)
  else void (rendered as Promise<Conn>).then(final => respond(sender, request, final))
}

/** Whether work failed because it was told to stop, as work that is given `conn.signal` does. */
const isAbort = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError')

/** Tells of the failure of a final conn, if that is a bug. */
const tell = (sender: Sender, request: NodeRequest, conn: Conn): void => {
  if (conn.error === undefined) return
  const bug = bugOf(conn.error)
  if (bug !== undefined && !(request.aborted && isAbort(bug))) sender.report(bug, conn)
}

/** Gives up a response that nobody waits for any more. */
export const giveUp = (sender: Sender, request: NodeRequest, conn: Conn): void => {
  tell(sender, request, conn)
  abandonBody(conn.respBody)
}

/** Whether a final conn has not failed and its body is there, so that nothing of the app is called when it is sent. */
export const isAtHand = ({ error, respBody }: Conn): boolean =>
  error === undefined &&
  (typeof respBody === 'string' || respBody === undefined || respBody instanceof Uint8Array)

/** Sends a final conn, and tells of its failure if that is a bug. Never throws. */
export const respond = (sender: Sender, request: NodeRequest, conn: Conn): void => {
  if (request.gone) return giveUp(sender, request, conn)
  tell(sender, request, conn)
  try {
    sendBody(sender, request, conn)
  } catch (cause) {
    sendInstead(sender, request, conn, exception(cause))
  }
}
