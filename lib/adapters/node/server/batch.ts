/**
 * Batches the requests of one event-loop iteration: first all of them are read, then the app runs for one after another, then
 * their responses are sent one after another. A processor that repeats one step finds its code in the caches: with 32
 * connections a page takes half the time that it takes if each request goes all the way by itself (cohort scheduling: Larus
 * and Parkes, Using Cohort Scheduling to Enhance Server Performance, 2002).
 */
import type { Conn } from '../../../conn.js'
import type { NodeRequest } from '../request/node-request.js'

/** The most responses that wait for each other. */
const maxResponses = 32

/** Collects the requests of an event-loop iteration, and their responses. */
export interface Batch {
  /** Adds a request that has arrived: it runs at the end of this event-loop iteration, in its own asynchronous context. */
  readonly addRequest: (request: NodeRequest) => void
  /** Adds the response of a request that has run. It is sent with the other responses of the batch. */
  readonly addResponse: (request: NodeRequest, final: Conn) => void
}

/**
 * Creates a batch, which is used again for each iteration.
 *
 * @param run runs a request; it passes the response to `addResponse`, or sends it by itself
 * @param send sends a response, in any asynchronous context: it must call nothing but node:http
 */
export const batch = (
  run: (request: NodeRequest) => void,
  send: (request: NodeRequest, final: Conn) => void,
): Batch => {
  let requests: NodeRequest[] = []
  let finals: Conn[] = []
  /** How many requests have arrived and have not run yet. */
  let queued = 0
  let isRunning = false
  let ranAt = 0

  /** Sends the responses so far, unless another request can run right away. A slow app delays no response that is ready. */
  const sendReady = (): void => {
    const now = Date.now()
    const waits = queued > 0 && now === ranAt && finals.length < maxResponses
    ranAt = now
    if (waits) return
    const [answered, ready] = [requests, finals]
    requests = []
    finals = []
    for (let i = 0; i < ready.length; i++) send(answered[i] as NodeRequest, ready[i] as Conn)
  }

  const runOne = (request: NodeRequest): void => {
    queued--
    isRunning = true
    run(request)
    isRunning = false
    sendReady()
  }

  return {
    addRequest: request => {
      queued++
      setImmediate(runOne, request)
    },
    addResponse: (request, final) => {
      requests.push(request)
      // one packet from a database settles the promises of many requests: collect their responses until the iteration ends
      if (finals.push(final) === 1 && queued === 0 && !isRunning) setImmediate(sendReady)
    },
  }
}
