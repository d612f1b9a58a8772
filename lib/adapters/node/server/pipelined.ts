/**
 * Bounds what waits on one connection. A client may send requests before it has the responses to those before them
 * (pipelining). Only some of them run, the rest is held, and nothing more is read from the socket until they have run. A
 * connection without pipelining has nothing of this.
 */
import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { halfClose } from '../response/finish.js'
import { inFlight } from './in-flight.js'

/** What may wait on one connection. */
export interface PipelineLimits {
  /** How many of its requests may run, or have responses that are not sent yet. */
  readonly maxPendingRequests: number
  /** With this many bytes of unsent responses, no further request of it runs. */
  readonly maxPendingBytes: number
}

/** A request that does not run yet. */
interface Held {
  readonly response: ServerResponse
  /** Whether it counts as pending already: it only waits for bytes to be sent. */
  readonly isPending: boolean
  /** Whether it runs only when the responses before it are sent. */
  readonly alone: boolean
  readonly run: () => void
  /** The asynchronous context that it has arrived in. */
  readonly context: AsyncResource
}

/** The type of held requests, as tools for asynchronous contexts show it. */
const contextName = 'PlugboardHeldRequest'

/** A connection with pipelined requests. */
interface Connection {
  /** The responses that are not sent yet, in their order. */
  readonly pending: ServerResponse[]
  /** The requests that do not run yet, in their order. */
  readonly held: Held[]
}

/** Stops reading a connection. If it ends meanwhile, it ends as one whose client still sends. */
const pauseReading = (socket: Socket): void => {
  socket.pause()
  socket.destroySoon = () => halfClose(socket)
}

const resumeReading = (socket: Socket): void => {
  // that of its class again
  delete (socket as { destroySoon?: unknown }).destroySoon
  socket.resume()
}

/** Reads what the client still sends and discards it, without parsing it. */
const discardRest = (socket: Socket): void => {
  // not before, since Node's own listener, which starts to read, is removed with its parser
  socket.once('resume', () => socket.removeAllListeners('data').on('data', () => {}))
  socket.resume()
}

/** Bounds the pipelined requests of a server's connections. */
export interface Pipelined {
  /**
   * Runs a pipelined request, or holds it.
   *
   * @param alone whether it must run only when the responses before it are sent
   */
  readonly arrive: (
    message: IncomingMessage,
    response: ServerResponse,
    alone: boolean,
    run: () => void,
  ) => void
  /** Holds a pipelined request that is about to run, if too many bytes wait on its connection. Returns whether it does. */
  readonly postpone: (message: IncomingMessage, response: ServerResponse, run: () => void) => boolean
  /** Whether the server does not read a connection, because it holds requests of it. */
  readonly isPaused: (socket: object) => boolean
}

/**
 * Creates the bounds of a server.
 *
 * @param onTurn called with a pipelined response when it is its turn to be sent
 */
export const pipelined = (
  { maxPendingRequests, maxPendingBytes }: PipelineLimits,
  onTurn: (socket: Socket, response: ServerResponse | undefined) => void,
): Pipelined => {
  const connections = new WeakMap<object, Connection>()

  const unsentBytes = (socket: Socket, { pending }: Connection): number => {
    let bytes = socket.writableLength
    for (const response of pending) if (response.socket === null) bytes += response.writableLength
    return bytes
  }

  const mayRun = (
    socket: Socket,
    connection: Connection,
    { response, isPending, alone }: Pick<Held, 'response' | 'isPending' | 'alone'>,
  ): boolean =>
    response.socket !== null ||
    (!alone &&
      connection.pending.every(({ shouldKeepAlive }) => shouldKeepAlive) &&
      (isPending || connection.pending.length < maxPendingRequests) &&
      unsentBytes(socket, connection) < maxPendingBytes)

  /** Runs the requests that may run now, and reads on if none is held. */
  const runHeld = (socket: Socket, connection: Connection): void => {
    const { held } = connection
    if (held.length === 0) return
    let count = 0
    for (; count < held.length; count++) {
      const next = held[count] as Held
      if (!mayRun(socket, connection, next)) break
      if (!next.isPending) addPending(socket, connection, next.response)
      next.context.runInAsyncScope(next.run)
    }
    held.splice(0, count)
    if (held.length === 0) resumeReading(socket)
  }

  const addPending = (socket: Socket, connection: Connection, response: ServerResponse): void => {
    const { pending, held } = connection
    pending.push(response)
    response.once('close', () => {
      pending.splice(pending.indexOf(response), 1)
      // what the connection cannot carry any more does not run
      if (socket.destroyed || socket.writableEnded) {
        if (held.splice(0).length > 0) discardRest(socket)
        return
      }
      onTurn(socket, inFlight(socket))
      runHeld(socket, connection)
    })
  }

  const connectionOf = (socket: Socket): Connection => {
    let connection = connections.get(socket)
    if (connection === undefined) {
      const made: Connection = { pending: [], held: [] }
      connection = made
      connections.set(socket, made)
      // Node resumes a socket for reasons of its own
      socket.on('resume', () => {
        if (made.held.length > 0) socket.pause()
      })
    }
    const first = inFlight(socket)
    if (first !== undefined && !connection.pending.includes(first)) addPending(socket, connection, first)
    return connection
  }

  return {
    arrive: (message, response, alone, run) => {
      const { socket } = message
      const connection = connectionOf(socket)
      const { held } = connection
      if (held.length === 0 && mayRun(socket, connection, { response, isPending: false, alone })) {
        addPending(socket, connection, response)
        return run()
      }
      held.push({ response, isPending: false, alone, run, context: new AsyncResource(contextName) })
      pauseReading(socket)
    },
    postpone: ({ socket }, response, run) => {
      const connection = connections.get(socket)
      if (connection === undefined || unsentBytes(socket, connection) < maxPendingBytes) return false
      const { held } = connection
      const at = held.findLastIndex(({ isPending }) => isPending) + 1
      const context = new AsyncResource(contextName)
      held.splice(at, 0, { response, isPending: true, alone: false, run, context })
      pauseReading(socket)
      return true
    },
    isPaused: socket => (connections.get(socket)?.held.length ?? 0) > 0,
  }
}
