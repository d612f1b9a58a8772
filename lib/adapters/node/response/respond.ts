/** Sends a final conn: its body by its kind, and if that fails before the head is sent, an error response instead. */
import { closeSync, createReadStream } from 'node:fs'
import type { Conn, FileBody, RespBody, StreamBody } from '../../../conn.js'
import { caught } from '../../../conn/raise.js'
import { ConnRecord } from '../../../conn/record.js'
import { exception, type PlugError } from '../../../error.js'
import { reasonPhraseOr } from '../../../http/status.js'
import { bugOf } from '../report.js'
import type { NodeRequest } from '../request/node-request.js'
import { stopReason, whenStopping } from '../request/when-over.js'
import { openFile, readFile, wholeReadLimit, type OpenFile } from './file.js'
import { isBodiless, presetLength } from './head.js'
import { isNewest } from '../server/in-flight.js'
import type { ServerContext } from './server-context.js'
import { openSource, sendChunks, type Source } from './stream.js'
import { endHead, sendHead, sendInMemory, writeHead } from './write.js'

/** Sends a file that is read in one go. Its head is written after it has been read. */
const sendSmallFile = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  opened: OpenFile,
  offset: number,
): void =>
  readFile(opened, offset, bytes => {
    if (request.gone) return
    try {
      if (bytes._tag === 'Left') return sendInstead(server, request, conn, bytes.left)
      sendInMemory(server, request, conn, bytes.right)
    } catch (cause) {
      sendInstead(server, request, conn, exception(cause))
    }
  })

const sendFile = (server: ServerContext, request: NodeRequest, conn: Conn, body: FileBody): void => {
  const opened = openFile(body)
  if (opened._tag === 'Left') return sendInstead(server, request, conn, opened.left)
  const { fd, length } = opened.right
  const isHeadOnly = request.message.method === 'HEAD' || length === 0
  if (!isHeadOnly && length <= wholeReadLimit)
    return sendSmallFile(server, request, conn, opened.right, body.offset)
  try {
    writeHead(server, request, conn, length)
  } catch (cause) {
    closeSync(fd)
    return sendInstead(server, request, conn, exception(cause))
  }
  if (isHeadOnly) {
    closeSync(fd)
    return endHead(server, request)
  }
  const stream = createReadStream('', {
    fd,
    start: body.offset,
    end: body.offset + length - 1,
    highWaterMark: 65_536,
  })
  const source = openSource(stream, length, cause => server.report(cause, conn))
  void sendChunks(server, request, conn, source, false)
}

/** Writes the head of a stream, and then its chunks. */
const sendOpened = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  source: Source,
  ends: boolean,
  first?: Uint8Array,
): void => {
  try {
    writeHead(server, request, conn, presetLength(conn))
    // flushHeaders would write header values in UTF-8
    if (first === undefined || first.length === 0) request.response.write('', 'latin1')
  } catch (cause) {
    source.close()
    return sendInstead(server, request, conn, exception(cause))
  }
  void sendChunks(server, request, conn, source, ends, first)
}

/** Sends a stream whose head waits for the first chunk, so that a failure before it is an error response. Never rejects. */
const sendAfterFirst = async (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  source: Source,
  ends: boolean,
): Promise<void> => {
  const { message, response } = request
  const { socket } = message
  const close = (): void => {
    socket.off('close', close)
    forget?.()
    source.close()
  }
  const endEarly = (): void => {
    close()
    request.settle()
    request.abort(stopReason())
    send(server, request, conn, '')
  }
  const forget = ends ? whenStopping(server, message, response, endEarly) : undefined
  socket.on('close', close)
  request.waitFor(conn, close)
  server.startDeadline(request)
  let first: Uint8Array | undefined
  let failure: PlugError | undefined
  try {
    first = await source.next()
  } catch (cause) {
    failure = caught(cause)
  }
  // the client has left, or the deadline has passed
  if (source.closed()) return
  socket.off('close', close)
  forget?.()
  request.settle()
  if (failure !== undefined) {
    source.close()
    sendInstead(server, request, conn, failure)
  } else if (first === undefined) send(server, request, conn, '')
  else sendOpened(server, request, conn, source, ends, first)
}

const sendStream = (server: ServerContext, request: NodeRequest, conn: Conn, body: StreamBody): void => {
  if (request.message.method === 'HEAD') {
    closeBody(request, conn)
    writeHead(server, request, conn, presetLength(conn))
    return endHead(server, request)
  }
  const length = presetLength(conn)
  // a response that is shorter than its content-length is not whole
  const ends = body.onDrain === 'end' && length === undefined
  if (ends && server.stopping()) {
    closeBody(request, conn)
    return send(server, request, conn, '')
  }
  request.streams?.take(body.chunks)
  const source = openSource(body.chunks, length, cause => server.report(cause, conn))
  if (body.flushHeaders === true) sendOpened(server, request, conn, source, ends)
  else void sendAfterFirst(server, request, conn, source, ends)
}

/** Sends the body of a final conn; throws if it cannot be sent and nothing of it has been. */
const sendBody = (server: ServerContext, request: NodeRequest, conn: Conn, body: RespBody): void => {
  const status = conn.status as number
  if (status < 200) throw new RangeError(`the status of a response must be 200 to 999, got ${status}`)
  if (isBodiless(status) || status === 205) {
    closeBody(request, conn)
    sendHead(server, request, conn, status === 205 ? 0 : undefined)
  } else if (typeof body === 'string' || body instanceof Uint8Array) sendInMemory(server, request, conn, body)
  else if (body.kind === 'file') {
    // a client that sends many requests together does not open many files
    if (!request.awaitTurn(() => send(server, request, conn, body))) sendFile(server, request, conn, body)
  } else sendStream(server, request, conn, body)
}

const send = (server: ServerContext, request: NodeRequest, conn: Conn, body: RespBody): void => {
  try {
    sendBody(server, request, conn, body)
  } catch (cause) {
    sendInstead(server, request, conn, caught(cause))
  }
}

/** Closes the stream of a response that is not sent. Other streams of the request are closed when it is over. */
const closeBody = ({ streams }: NodeRequest, { respBody }: Conn): void => {
  if (streams !== undefined && typeof respBody === 'object' && 'chunks' in respBody)
    streams.close(respBody.chunks)
}

/** A final conn without its response, for what renders a failure. Its hooks have run and do not run again. */
export const withoutResponse = (conn: Conn): Conn => {
  const recovered = ConnRecord.with(ConnRecord.recover(conn, undefined), { beforeSend: [] })
  return ConnRecord.unsent(recovered, undefined, conn.respHeaders)
}

/**
 * Responds with a failure instead of the app's response, as the app renders it. If this one cannot be sent either, a plain
 * line of text follows.
 *
 * @param conn the newest conn, without a response
 */
export const replaceResponse = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  problem: PlugError,
): void => {
  const { response } = request
  response.statusMessage = '' // that of the response that could not be sent
  if (!request.replaced) {
    request.replaced = true
    return sendProblem(server, request, conn, problem)
  }
  const bug = bugOf(problem)
  if (bug !== undefined) server.report(bug, conn)
  const { status } = problem
  const body = `${reasonPhraseOr('Error', status)}\n`
  const head = ['content-type', 'text/plain; charset=utf-8', 'content-length', String(body.length)]
  response.writeHead(status, request.problem === undefined ? head : [...head, 'connection', 'close'])
  response.end(body)
}

/** Responds with a failure instead of a final conn, which cannot be sent. */
export const sendInstead = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  problem: PlugError,
): void => replaceResponse(server, request, withoutResponse(conn), problem)

/** Responds to a request with a failure, as the app renders it. */
export const sendProblem = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  problem: PlugError,
): void => {
  const rendered = server.render(conn, problem)
  if (rendered instanceof ConnRecord) return respond(server, request, rendered)
  whenDone(server, request, conn, rendered as Promise<Conn>, final => respond(server, request, final))
}

/** Whether work failed because it was canceled, as work with `conn.signal` does. */
const isAbort = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError')

/** Reports the failure of a final conn, if it is a bug. */
const reportBug = (server: ServerContext, request: NodeRequest, conn: Conn): void => {
  if (conn.error === undefined) return
  const bug = bugOf(conn.error)
  if (bug !== undefined && !(request.aborted && isAbort(bug))) server.report(bug, conn)
}

/** Drops a response that is too late: the client has left, or another response was sent. */
export const giveUp = (server: ServerContext, request: NodeRequest, conn: Conn): void => {
  reportBug(server, request, conn)
  closeBody(request, conn)
}

/**
 * Waits for a final conn until the deadline. If the request is interrupted before, the conn is dropped.
 *
 * @param conn what its run has begun with
 */
export const whenDone = (
  server: ServerContext,
  request: NodeRequest,
  conn: Conn,
  done: Promise<Conn>,
  next: (final: Conn) => void,
): void => {
  const work = request.waitFor(conn)
  server.startDeadline(request)
  void done.then(final => {
    if (request.work !== work) return giveUp(server, request, final)
    request.settle()
    next(final)
  })
}

/** Whether a final conn has not failed and its body is in memory, so that sending it calls nothing of the app. */
export const isInMemory = ({ error, respBody }: Conn): boolean =>
  error === undefined &&
  (typeof respBody === 'string' || respBody === undefined || respBody instanceof Uint8Array)

const respondNow = (server: ServerContext, request: NodeRequest, conn: Conn): void => {
  if (request.gone) return giveUp(server, request, conn)
  reportBug(server, request, conn)
  send(server, request, conn, conn.respBody ?? '')
}

/** Milliseconds for which a server that is stopping holds a response that may be the last of its connection. */
const lastResponseDelay = 10

/**
 * Sends a final conn, and reports its failure if it is a bug. Never throws. A response that ends its connection is held for a
 * moment if the server is stopping: a client may have sent other requests right after this one, which would be lost. It is sent
 * after the port has closed, for the client may connect again.
 */
export const respond = (server: ServerContext, request: NodeRequest, conn: Conn): void => {
  if (server.stopping() && isNewest(request.message))
    setTimeout(() => setImmediate(respondNow, server, request, conn), lastResponseDelay)
  else respondNow(server, request, conn)
}
