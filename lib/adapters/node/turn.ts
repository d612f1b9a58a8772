/**
 * The requests of one turn of the event loop: they are run one after another when all have been read, and answered one
 * after another when all have run. A processor that does the same thing again finds it in its caches: with 32
 * connections a page takes half of what it takes where each request goes all the way by itself (cohort scheduling:
 * Larus and Parkes, Using Cohort Scheduling to Enhance Server Performance, 2002).
 */
import type { Conn } from '../../conn.js'
import type { NodeRequest } from './request.js'

/** The most responses that wait for each other. */
const most = 32

/** The requests of a turn, and their responses. */
export interface Turns {
  /** Takes a request that has come: it is run when the turn ends, in the asynchronous context that it came in. */
  readonly take: (request: NodeRequest) => void
  /** Takes the response of a request that has been run, which is sent with those that are there in this turn. */
  readonly answer: (request: NodeRequest, final: Conn) => void
}

/**
 * Runs and answers by turns.
 *
 * @param run runs a request, and sees that its response comes to `answer` or is sent otherwise
 * @param send sends a response, in whatever context: of it nobody is called but node:http
 */
export const turns = (
  run: (request: NodeRequest) => void,
  send: (request: NodeRequest, final: Conn) => void,
): Turns => {
  let requests: NodeRequest[] = []
  let finals: Conn[] = []
  /** How many requests have come and are yet to be run. */
  let coming = 0
  let running = false
  let ranAt = 0

  /** Sends what is ready, unless there is more to run at once: what is ready waits for no app that takes its time. */
  const sendReady = (): void => {
    const now = Date.now()
    const waits = coming > 0 && now === ranAt && finals.length < most
    ranAt = now
    if (waits) return
    const [before, ready] = [requests, finals]
    requests = []
    finals = []
    for (let i = 0; i < ready.length; i++) send(before[i] as NodeRequest, ready[i] as Conn)
  }

  const runOne = (request: NodeRequest): void => {
    coming--
    running = true
    run(request)
    running = false
    sendReady()
  }

  return {
    take: request => {
      coming++
      setImmediate(runOne, request)
    },
    answer: (request, final) => {
      requests.push(request)
      // what a database answers in one piece makes the responses of many: they are collected until the turn ends
      if (finals.push(final) === 1 && coming === 0 && !running) setImmediate(sendReady)
    },
  }
}
