/**
 * Closes connections whose clients read too slowly. It counts only while bytes wait to be sent on a socket: a response that
 * waits for the app, or for the responses before it, has all the time that it needs. All sockets with waiting bytes are looked
 * at together, a few times a second, so that a response costs no timer and no listener.
 */
import { performance } from 'node:perf_hooks'
import type { Socket } from 'node:net'

/** How slowly a client may read. */
export interface ReadingLimits {
  /** Milliseconds for which bytes may wait while the client reads nothing; 0 for no limit. */
  readonly sendTimeout: number
  /** The fewest bytes a second that a client must read; 0 for no limit. */
  readonly minResponseRate: number
  /** Milliseconds that any bytes may wait, whatever the rate. */
  readonly rateGrace: number
}

/** What is known of a socket that has had waiting bytes. */
interface Outlet {
  /** The bytes that had left the socket's own buffer, and those that the system had not taken, when it was last looked at. */
  left: number
  queued: number
  /** When the client was last seen to read. */
  readAt: number
  /** The bytes that the rate has counted, and when the last of them must be sent. */
  counted: number
  dueAt: number
}

const outletKey = Symbol('plugboard outlet')
type Known = Socket & { [outletKey]?: Outlet }

/** What the rate forgives: a system may hold this much, and shows late and in large steps that a client reads it. */
const maxCredit = 4_194_304

/** The bytes of the current write that the system has not taken; a socket of TLS has a queue of its own and its carrier's. */
const queueOf = (socket: Socket): number => {
  const { _handle: handle } = socket as {
    readonly _handle?: {
      readonly writeQueueSize?: number
      readonly _parent?: { readonly writeQueueSize?: number }
    }
  }
  return (handle?.writeQueueSize ?? 0) + (handle?._parent?.writeQueueSize ?? 0)
}

/** Whether the client has read since the socket was last looked at. */
const hasRead = (outlet: Outlet, socket: Socket): boolean => {
  const left = socket.bytesWritten - socket.writableLength
  const queued = queueOf(socket)
  if (left === outlet.left && queued === outlet.queued) return false
  outlet.left = left
  outlet.queued = queued
  return true
}

/**
 * Creates the watch of a server's sockets. The result is called with a socket on which bytes wait to be sent; calling it again
 * changes nothing.
 */
export const readingClients = ({
  sendTimeout,
  minResponseRate,
  rateGrace,
}: ReadingLimits): ((socket: Socket) => void) => {
  if (sendTimeout === 0 && minResponseRate === 0) return () => {}
  const interval = Math.max(
    20,
    Math.min(1_000, (sendTimeout || 4_000) / 4, minResponseRate === 0 ? 1_000 : rateGrace / 4),
  )
  const watched = new Set<Known>()
  let timer: NodeJS.Timeout | undefined

  /** The milliseconds that these bytes may take. */
  const allowed = (bytes: number): number => (bytes / minResponseRate) * 1_000

  /**
   * The time by which all bytes so far must be sent. Bytes that were sent faster than required are credit for those after
   * them: the system takes many of them long before the client reads them.
   */
  const count = (outlet: Outlet, socket: Socket, now: number): void => {
    const written = socket.bytesWritten
    const fresh = written - outlet.counted
    if (fresh <= 0) return
    outlet.counted = written
    const due = Math.max(now + Math.max(rateGrace, allowed(fresh)), outlet.dueAt + allowed(fresh))
    outlet.dueAt = Math.min(due, now + rateGrace + allowed(socket.writableLength + maxCredit))
  }

  const look = (socket: Known, now: number): void => {
    const outlet = socket[outletKey] as Outlet
    if (socket.destroyed || socket.writableLength === 0) {
      watched.delete(socket)
      return
    }
    if (hasRead(outlet, socket)) outlet.readAt = now
    if (minResponseRate > 0) count(outlet, socket, now)
    const stalls = sendTimeout > 0 && now - outlet.readAt >= sendTimeout
    if (stalls || (minResponseRate > 0 && now > outlet.dueAt)) {
      watched.delete(socket)
      socket.destroy()
    }
  }

  const lookAtAll = (): void => {
    const now = performance.now()
    for (const socket of watched) look(socket, now)
    if (watched.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return (socket: Known) => {
    if (watched.has(socket)) return
    watched.add(socket)
    const now = performance.now()
    const outlet = (socket[outletKey] ??= { left: 0, queued: 0, readAt: now, counted: 0, dueAt: 0 })
    outlet.readAt = now
    hasRead(outlet, socket)
    if (minResponseRate > 0) count(outlet, socket, now)
    timer ??= setInterval(lookAtAll, interval).unref()
  }
}
