/** Serves an app over node:http or node:https: listens, sets limits, responds to requests, and drains when it is stopped. */
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Conn } from '../../../conn.js'
import { ConnRecord } from '../../../conn/record.js'
import { cookieMemoOf, endpointOf, plugsOf, type App, type Endpoint } from '../../../endpoint.js'
import { errorResponse } from '../../../error-response.js'
import { badRequest, plugError, requestTimeout, requestTooLarge, type PlugError } from '../../../error.js'
import { right } from '../../../fp.js'
import { checkAtBoot } from '../../../boot.js'
import { fail } from '../../../plug.js'
import { runner } from '../../../run.js'
import { tellInit } from '../../../telemetry.js'
import { reporter, toStderr } from '../report.js'
import { NodeRequest, rememberPeer } from '../request/node-request.js'
import { halfClose } from '../response/finish.js'
import { keepAliveLines } from '../response/head.js'
import { interrupt, startDeadline } from '../response/interrupt.js'
import { readingClients } from '../response/reading-clients.js'
import { rejectedConn } from '../response/rejected.js'
import { giveUp, isInMemory, respond, sendInstead, sendProblem, whenDone } from '../response/respond.js'
import type { ServerContext } from '../response/server-context.js'
import { maxUncheckedBytes } from '../response/write.js'
import { batch } from './batch.js'
import { drainOf } from './drain.js'
import { reachedAt, serverHandle, type Server } from './handle.js'
import { settingsOf, type ServeOptions, type Settings } from './options.js'
import { listenAt } from './listen.js'
import { measureLoad, overloaded, type Load } from './load.js'
import { pipelined } from './pipelined.js'
import { refusalStatus, refuse, type ParserError } from './refuse.js'
import type { ServeError } from './serve-error.js'

type Listener = (message: IncomingMessage, response: ServerResponse) => void

/** What answers the requests of a server. */
interface Answering {
  /** Answers a request. */
  readonly request: Listener
  /** Answers a request whose client waits for `100 Continue` before it sends its body. */
  readonly expecting: Listener
  /** Rejects a request whose client expects anything else (RFC 9110 §10.1.1). */
  readonly rejectExpectation: Listener
  /** Whether requests of a connection are held, so that the server does not read it. */
  readonly isPaused: (socket: object) => boolean
  /** Notes that clients have no address, since they are processes of this machine. */
  readonly knowPeersAreLocal: () => void
  /** Responds to a request whose body turns out to be malformed or too slow. Returns false if it has no such request. */
  readonly interrupt: (response: ServerResponse, status: number) => boolean
}

const unknownExpectation = plugError(
  417,
  'ExpectationFailed',
  'the only supported expectation is "100-continue"',
)

/** The failure of a request that the parser rejects after its head. */
const bodyProblem = (status: number): PlugError => {
  switch (status) {
    case 408:
      return requestTimeout('the request did not arrive in time')
    case 413:
      return requestTooLarge('the chunk extensions of the body are too large')
    case 431:
      return plugError(431, 'TrailersTooLarge', 'the trailers of the body are too large')
    default:
      return badRequest('the body is incomplete or malformed')
  }
}

/** The requests by their responses, for a parser's error: `clientError` knows the socket alone. */
const requestKey = Symbol('plugboard request')
type Known = ServerResponse & { [requestKey]?: NodeRequest }

/** On a connection that ends because a request on it was rejected: later requests on it do not run (RFC 9112 §9.6). */
const endedKey = Symbol('plugboard ended')
type Ended = Socket & { [endedKey]?: true }

/** Whether a response in memory is short. A long one is passed to its connection at once, which counts its bytes. */
const isShort = ({ respBody }: Conn): boolean =>
  respBody === undefined || (respBody as string | Uint8Array).length <= maxUncheckedBytes

const answeringOf = (
  app: Endpoint,
  server: ServerContext,
  settings: Settings,
  load: Load | undefined,
): Answering => {
  const { run } = app
  const plugs = plugsOf(app)
  const reading = {
    scheme: settings.tls ? ('https' as const) : ('http' as const),
    endpointUrl: app.options.url,
    secretKeyBase: app.options.secretKeyBase,
    cookieMemo: cookieMemoOf(app),
    telemetry: app.options.telemetry,
    maxTargetSize: settings.maxTargetSize,
    report: server.report,
    server,
    bodyRate: settings,
    peer: undefined as string | undefined,
  }

  const runOne = (request: NodeRequest): void => {
    const { message, response } = request
    const socket = message.socket as Ended
    if (socket[endedKey] === true) return
    if (response.socket === null && postpone(message, response, () => addRequest(request))) return
    const conn = ConnRecord.of(request)
    if (request.problem !== undefined) {
      socket[endedKey] = true
      return sendProblem(server, request, rejectedConn(plugs, conn), request.problem)
    }
    if (load?.isTooHigh() === true) return sendProblem(server, request, rejectedConn(plugs, conn), overloaded)
    const done = run(conn)
    if (done instanceof ConnRecord) send(request, done)
    else
      whenDone(server, request, conn, done as Promise<Conn>, final => {
        const { problem } = request
        if (problem === undefined || final.error !== undefined) return send(request, final)
        // the parser has failed meanwhile, and the app has recovered from what it could not read
        giveUp(server, request, final)
        sendInstead(server, request, final, problem)
      })
  }

  // Node parses what has arrived of a body after this event: an app that runs at the end of the iteration finds all of it
  const { addRequest, addResponse } = batch(runOne, (request, final) => respond(server, request, final))
  const send = (request: NodeRequest, final: Conn): void =>
    isInMemory(final) && (request.response.socket !== null || isShort(final))
      ? addResponse(request, final)
      : respond(server, request, final)

  const { arrive, postpone, isPaused } = pipelined(settings, (socket, response) => {
    if (socket.writableLength > 0) server.watch(socket)
    ;(response as Known | undefined)?.[requestKey]?.onTurn?.()
  })

  const requestOf = (message: IncomingMessage, response: ServerResponse, expecting: boolean): NodeRequest =>
    ((response as Known)[requestKey] = new NodeRequest(reading, message, response, expecting))

  return {
    request: (message, response) => {
      if (response.socket !== null) addRequest(requestOf(message, response, false))
      else arrive(message, response, false, () => addRequest(requestOf(message, response, false)))
    },
    expecting: (message, response) => {
      const run = (): void => addRequest(requestOf(message, response, true))
      // `100 Continue` must not come before the responses to earlier requests
      if (response.socket !== null) run()
      else arrive(message, response, true, run)
    },
    rejectExpectation: (message, response) => {
      const run = (): void => {
        const request = requestOf(message, response, false)
        request.problem ??= unknownExpectation
        addRequest(request)
      }
      if (response.socket !== null) run()
      else arrive(message, response, false, run)
    },
    isPaused,
    knowPeersAreLocal: () => void (reading.peer = '127.0.0.1'),
    interrupt: (response, status) => {
      const request = (response as Known)[requestKey]
      if (request === undefined) return false
      const problem = bodyProblem(status)
      const failsByItself = request.reject(problem)
      // Node calls it after the last response of a connection; closing both halves could reset it before the client has read
      const { socket } = request.message
      socket.destroySoon = () => halfClose(socket)
      // a response that is ready is sent as it is
      if (!failsByItself && request.work !== undefined) interrupt(server, request, problem)
      return true
    },
  }
}

const serverOf = (settings: Settings): HttpServer => {
  const { maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout, tls } = settings
  const options = {
    maxHeaderSize,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval: Math.max(100, Math.min(1_000, headersTimeout || 1_000)),
    // a request without a Host header gets a response of the app's renderErrors
    requireHostHeader: false,
    noDelay: true,
  }
  const server = tls
    ? process
        .getBuiltinModule('node:https')
        .createServer({ ...options, ...tls, handshakeTimeout: headersTimeout || 120_000 })
    : createServer(options)
  // Node would drop headers beyond a number of them; maxHeaderSize bounds it
  server.maxHeadersCount = 0
  return server
}

/** Handles the connections of a server, and what its parser rejects. */
const watchConnections = (
  server: HttpServer,
  settings: Settings,
  { interrupt, isPaused }: Answering,
): void => {
  const refused = new WeakSet<object>()
  const known = (socket: Socket): void => {
    rememberPeer(socket)
    // each request in flight may listen for the client to leave
    socket.setMaxListeners(0)
  }
  server.on(settings.tls ? 'secureConnection' : 'connection', known)
  server.on('clientError', (cause, socket) => {
    // a head is not late if the server itself does not read it
    if ((cause as ParserError).code === 'ERR_HTTP_REQUEST_TIMEOUT' && isPaused(socket)) return
    if (refused.has(socket)) return
    refused.add(socket)
    refuse(socket, refusalStatus(cause as ParserError, settings.maxTargetSize), interrupt)
  })
  server.on('connect', (_, socket) => {
    socket.on('error', () => socket.destroy())
    socket.resume()
    refuse(socket, 405)
  })
}

/**
 * Serves an app: an endpoint, or any plug. Nothing happens until you call the effect. It returns the running server, or the
 * reason why the server could not start.
 *
 * A request that is not valid (RFC 9112) never reaches the router or handler: the response is a 400, 408, 413, 414, 417, 431
 * or 501. If its head could be read, the endpoint's `renderErrors` makes that response, with the headers and hooks of the
 * endpoint's plugs before the router, up to the first plug that returns an effect.
 *
 * If a client sends `Expect: 100-continue`, it receives `100 Continue` when the app first reads the body. `Upgrade` is ignored,
 * and the response to CONNECT is a 405. The methods that are accepted are those of `METHODS` of `node:http`; any other is a 501.
 *
 * With `workers`, several processes serve: this one forks them, and its server stands for theirs.
 *
 * @throws TypeError if an option is unknown or invalid, or if a plug of the app lacks what it requires, such as the endpoint's
 * `secretKeyBase`; the message names the option
 * @example no-run
 * import { text } from 'plugboard'
 * import { serve } from 'plugboard/node'
 * const started = await serve(text('hello'), { port: 4000 })()
 * if (started._tag === 'Left') throw new Error(started.left.message)
 * await started.right.stopped
 */
export const serve = (app: App, options: ServeOptions = {}): TaskEither<ServeError, Server> => {
  if (typeof app !== 'function') throw new TypeError('serve: app must be an endpoint or a plug')
  const settings = settingsOf(options)
  const endpoint = endpointOf(app)
  let encrypts = false
  checkAtBoot(endpoint, {
    secretKeyBase: endpoint.options.secretKeyBase,
    encrypts: () => void (encrypts = true),
    workers: settings.workers,
  })
  const { renderErrors = errorResponse, telemetry, exceptions } = endpoint.options

  const listen = (port: number): Promise<Either<ServeError, Server>> =>
    new Promise(resolve => {
      const server = serverOf(settings)
      const drain = drainOf(server, settings.tls !== undefined)
      const { deadline, maxEventLoopDelay } = settings
      const context: ServerContext = {
        report: reporter(settings.onError),
        render: (conn, problem) =>
          runner(failing => fail(failing, problem), renderErrors, telemetry, exceptions)(conn),
        startDeadline: request => {
          if (deadline > 0) startDeadline(context, request, deadline)
        },
        watch: readingClients(settings),
        keepAlive: keepAliveLines(settings.keepAliveTimeout),
        stopping: drain.stopping,
        onStop: drain.onStop,
      }
      const load = maxEventLoopDelay > 0 ? measureLoad(maxEventLoopDelay) : undefined
      const answering = answeringOf(endpoint, context, settings, load)
      server.on('request', answering.request)
      server.on('checkContinue', answering.expecting)
      server.on('checkExpectation', answering.rejectExpectation)
      watchConnections(server, settings, answering)
      const stopped = new Promise<void>(ended => server.on('close', ended))
      void listenAt(server, { ...settings, port }).then(listening => {
        if (listening._tag === 'Left') {
          load?.stop()
          return resolve(listening)
        }
        const address = listening.right
        server.on('error', toStderr)
        if (load !== undefined) server.on('close', load.stop)
        if (address === null || typeof address === 'string') answering.knowPeersAreLocal()
        const stop = (): Promise<void> => drain.stop(settings.drainTimeout)
        const started = serverHandle(reachedAt(address, settings.tls !== undefined), settings, stop, stopped)
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
