/** Serves an app over node:http or node:https: listens, limits, answers, and drains when it is told to stop. */
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Conn } from '../../conn.js'
import { ConnRecord } from '../../conn/record.js'
import { cookieMemoOf, endpointOf, type App, type Endpoint } from '../../endpoint.js'
import { errorResponse } from '../../error-response.js'
import { plugError } from '../../error.js'
import { left, right } from '../../fp.js'
import { checkAtBoot } from '../../boot.js'
import { fail } from '../../plug.js'
import { runner } from '../../run.js'
import { tellInit } from '../../telemetry.js'
import { drainOf } from './drain.js'
import { keepAliveLines } from './head.js'
import { settingsOf, type ServeOptions, type Settings } from './options.js'
import { refusalStatus, refuse, type ParserError } from './refuse.js'
import { reporter, toStderr } from './report.js'
import { NodeRequest, rememberPeer } from './request.js'
import { giveUp, isAtHand, respond, sendProblem } from './respond.js'
import { running, type Server } from './running.js'
import type { Sender } from './sender.js'
import { turns } from './turn.js'
import { listenError, type ServeError } from './serve-error.js'

type Answer = (message: IncomingMessage, response: ServerResponse) => void

/** Answers requests; `expecting` says that the client waits for `100 Continue` before it sends its body. */
const answerer = (app: Endpoint, sender: Sender, settings: Settings): ((expecting: boolean) => Answer) => {
  const { run } = app
  const { deadline } = settings
  const reading = {
    scheme: settings.tls ? 'https' : 'http',
    endpointUrl: app.options.url,
    secretKeyBase: app.options.secretKeyBase,
    cookieMemo: cookieMemoOf(app),
    telemetry: app.options.telemetry,
    maxTargetSize: settings.maxTargetSize,
  } as const

  const answerInTime = (request: NodeRequest, conn: Conn, done: Promise<Conn>): void => {
    let late = false
    const timer = setTimeout(() => {
      if (request.gone) return
      late = true
      const cause = new DOMException(`the app did not answer within ${deadline} ms`, 'TimeoutError')
      request.expire(cause)
      sender.report(cause, conn)
      sendProblem(sender, request, conn, plugError(503, 'Deadline', 'the answer took too long'))
    }, deadline)
    void done.then(final => {
      clearTimeout(timer)
      if (late) giveUp(sender, request, final)
      else send(request, final)
    })
  }

  const runOne = (request: NodeRequest): void => {
    const conn = ConnRecord.of(request)
    if (request.problem !== undefined) return sendProblem(sender, request, conn, request.problem)
    const done = run(conn)
    if (done instanceof ConnRecord) send(request, done)
    else if (deadline > 0) answerInTime(request, conn, done as Promise<Conn>)
    else void (done as Promise<Conn>).then(final => send(request, final))
  }

  // Node parses what has come of a body behind this call: an app that is called when the turn ends finds all of it there
  const { take, answer } = turns(runOne, (request, final) => respond(sender, request, final))
  const send = (request: NodeRequest, final: Conn): void =>
    isAtHand(final) ? answer(request, final) : respond(sender, request, final)

  return expecting => (message, response) => take(new NodeRequest(reading, message, response, expecting))
}

const serverOf = (settings: Settings): HttpServer => {
  const { maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout, tls } = settings
  const options = {
    maxHeaderSize,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval: Math.max(100, Math.min(1_000, headersTimeout || 1_000)),
    // a request without a Host header is answered as the app answers failures
    requireHostHeader: false,
    noDelay: true,
  }
  const server = tls
    ? process
        .getBuiltinModule('node:https')
        .createServer({ ...options, ...tls, handshakeTimeout: headersTimeout || 120_000 })
    : createServer(options)
  // no header is dropped in silence: maxHeaderSize bounds how many there can be
  server.maxHeadersCount = 0
  return server
}

/** Sets up what happens on the connections of a server. */
const watchConnections = (server: HttpServer, settings: Settings): void => {
  const refused = new WeakSet<object>()
  const known = (socket: Socket): void => {
    rememberPeer(socket)
    // one for each request in flight that watches for the client to leave
    socket.setMaxListeners(0)
  }
  server.on(settings.tls ? 'secureConnection' : 'connection', known)
  server.on('clientError', (cause, socket) => {
    if (refused.has(socket)) return
    refused.add(socket)
    refuse(socket, refusalStatus(cause as ParserError, settings.maxTargetSize))
  })
  server.on('connect', (_, socket) => {
    socket.on('error', () => socket.destroy())
    socket.resume()
    refuse(socket, 405)
  })
}

/**
 * Serves an app: an endpoint, or any plug. Nothing happens until the effect is called; it then gives the running
 * server, or why it could not start.
 *
 * A request that is not sound (RFC 9112) never reaches the app: it is answered with 400, 408, 413, 414, 417, 431 or 501.
 * A client that sends `Expect: 100-continue` is told to go on when the app first reads the body. `Upgrade` is ignored
 * and CONNECT answered with 405. Failures are rendered by the endpoint's `renderErrors`.
 *
 * With `workers`, several processes serve: this one forks them, and its server is theirs.
 *
 * @throws TypeError for options that make no sense, and for a plug of the app that lacks what it needs, such as the
 * endpoint's `secretKeyBase`; the message names the option.
 * @example no-run
 * import { text } from 'plugboard'
 * import { serve } from 'plugboard/node'
 * const started = await serve(text('hello'), { port: 4000 })()
 * if (started._tag === 'Left') throw new Error(started.left.message)
 * await started.right.stopped
 */
export const serve = (app: App, options: ServeOptions = {}): TaskEither<ServeError, Server> => {
  if (typeof app !== 'function') throw new TypeError('serve: the app must be an endpoint or a plug')
  const settings = settingsOf(options)
  const endpoint = endpointOf(app)
  let encrypts = false
  checkAtBoot(endpoint, {
    secretKeyBase: endpoint.options.secretKeyBase,
    encrypts: () => void (encrypts = true),
    workers: settings.workers,
  })
  const { renderErrors = errorResponse, telemetry } = endpoint.options

  const listen = (port: number): Promise<Either<ServeError, Server>> =>
    new Promise(resolve => {
      const server = serverOf(settings)
      const drain = drainOf(server, settings.tls !== undefined)
      const sender: Sender = {
        report: reporter(settings.onError),
        render: (conn, problem) => runner(failing => fail(failing, problem), renderErrors, telemetry)(conn),
        sendTimeout: settings.sendTimeout,
        keepAlive: keepAliveLines(settings.keepAliveTimeout),
        stopping: drain.stopping,
      }
      const answering = answerer(endpoint, sender, settings)
      server.on('request', answering(false))
      server.on('checkContinue', answering(true))
      watchConnections(server, settings)
      const refusedToListen = (cause: Error): void => resolve(left(listenError(cause, settings.host, port)))
      server.on('error', refusedToListen)
      const stopped = new Promise<void>(ended => server.on('close', ended))
      server.listen(port, settings.host, () => {
        server.off('error', refusedToListen).on('error', toStderr)
        const stop = (): Promise<void> => drain.stop(settings.drainTimeout)
        const started = running(server.address() as AddressInfo, settings, stop, stopped)
        if (telemetry !== undefined) tellInit(telemetry, started)
        resolve(right(started))
      })
    })
  const start = (port: number): Promise<Either<ServeError, Server>> =>
    encrypts
      ? import('./sodium.js').then(({ useSodium }) => useSodium()).then(() => listen(port))
      : listen(port)
  const { workers } = settings
  return async () => {
    if (workers === undefined) return start(settings.port)
    const { isWorker, lead, work } = await import('./cluster.js')
    return isWorker() ? work(settings, start) : lead(settings, workers)
  }
}
