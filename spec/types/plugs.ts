/** Plugs that the type specs share: what each needs and gives is what counts; none is run. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  assign,
  halt,
  pipeline,
  putRespHeader,
  redirect,
  type After,
  type Assigned,
  type Conn,
  type Effect,
  type Halted,
  type PlugError,
  type Result,
  type WithBodyParams,
  type WithFlash,
  type WithSession,
} from '../../lib/index.js'

export interface User {
  readonly name: string
}

const never = (): never => {
  throw new Error('a type spec is not run')
}

export const fetchSession: <C extends Conn>(conn: C) => Result<C & WithSession> = never
export const fetchCart: <C extends Conn>(
  conn: C,
) => Effect<C & WithSession<{ readonly items: number }, 'cart'>> = never
export const fetchFlash: <C extends Conn & WithSession>(conn: C) => C & WithFlash = never
export const putFlash: (key: string, value: string) => <C extends Conn & WithFlash>(conn: C) => C = () =>
  never
export const parsers: <C extends Conn>(conn: C) => Effect<C & WithBodyParams> = never
export const protectFromForgery: <C extends Conn & WithSession & WithBodyParams>(conn: C) => C | Halted =
  never
export const putSession: (key: string, value: unknown) => <C extends Conn & WithSession>(conn: C) => C = () =>
  never
export const getSession: (key: string) => (conn: WithSession) => unknown = () => never
export const findUser: (id: unknown) => TE.TaskEither<PlugError, User | null> = never

export const fetchCurrentUser = <C extends Conn & WithSession>(conn: C) =>
  pipe(
    findUser(getSession('user_token')(conn)),
    TE.map(user => assign('currentUser', user)(conn)),
  )

export const requireUser = <C extends Conn & WithSession & Assigned<{ readonly currentUser: User | null }>>(
  conn: C,
) => {
  const { currentUser } = conn.assigns
  return currentUser ? assign('currentUser', currentUser)(conn) : halt(redirect('/login')(conn))
}

export const browser = pipeline(
  fetchSession,
  fetchFlash,
  parsers,
  protectFromForgery,
  putRespHeader('x-frame-options', 'DENY'),
  fetchCurrentUser,
)
export type Browser = After<typeof browser>

export const signedIn = pipeline(requireUser, assign('z', 1))
