/** What the specs of sessions share: one change run on a request's session, as an app would, and what came of it. */
import {
  pipeline,
  text,
  type Conn,
  type Halted,
  type Result,
  type SessionData,
  type WithSession,
} from '../../../lib/index.js'
import { run } from '../../../lib/testing/index.js'
import {
  fetchSession,
  session,
  type SessionOptions,
  type StoreContext,
} from '../../../plugs/session/index.js'

/** A conn whose session is there. */
export type Opened = Conn & WithSession

/** A plug that needs a session. */
export type Change = (conn: Opened) => Result<Conn | Halted>

/** The plug that changes nothing. */
export const nothing: Change = conn => conn

/** An app that fetches its session, makes one change after the other, and answers. */
export const app = (options: SessionOptions, ...changes: readonly Change[]) => {
  const all = changes.map(change => (conn: Conn) => change(conn as Opened))
  return pipeline(session(options), fetchSession, pipeline(...all), text('ok'))
}

/** The answer to a request. */
export const answer = (options: SessionOptions, request: Conn, ...changes: readonly Change[]): Conn =>
  run(app(options, ...changes))(request)

/** The session's data, as they are on a conn. */
export const dataOf = (conn: Conn, name = 'session'): SessionData =>
  (conn.sessions as WithSession<SessionData, string>['sessions'])[name]?.data as SessionData

/** What a request's session holds. */
export const read = (options: SessionOptions, request: Conn): SessionData =>
  dataOf(answer(options, request, nothing))

/** The value of a cookie that a response sets. */
export const cookieOf = (answered: Conn, key = '_my_app_session'): string => {
  const cookie = answered.respCookies[key]
  if (cookie === undefined) throw new Error(`no cookie ${key} is set`)
  return cookie.value
}

/** Calls a function that needs a fetched session, and has it at once. */
export const opened = (result: Result<Opened>): Opened => {
  if (typeof result === 'function') throw new Error('the session needs an effect')
  return result
}

/** What a store is given by requests whose ids count up, and not by conns, which would take most of the time. */
export const countingContext = (now: number): StoreContext => {
  let made = 0
  return {
    now,
    secretKeyBase: undefined,
    entropy: (_label, length) => {
      const bytes = new Uint8Array(length)
      new DataView(bytes.buffer).setUint32(0, made++)
      return bytes
    },
  }
}
