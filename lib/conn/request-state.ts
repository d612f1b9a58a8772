/** What the runner notes of a request while it runs. It is the only thing of a request that changes. */
import type { BeforeSend, Conn } from '../conn.js'

/** What the runner notes of a request while it runs. */
export interface RequestState {
  /** What the step was given whose effect is awaited: the newest conn while a promise is pending. */
  waiting: Conn | undefined
  /** The checks that `ensure` made and that are yet to be executed: the names of what they fail with. */
  checks: Set<{ readonly name: string }> | undefined
  /** Whether a plug is called once more, for its result alone: what the request's observer does not see. */
  rehearsing?: boolean
  /** Whether an error response has replaced a run: what that run comes to is dropped, and its hooks do not run. */
  interrupted: boolean
  /** The hooks that are yet to run, the next one last; undefined until they are reached. */
  hooks: BeforeSend[] | undefined
}

/** What is noted of a request before it runs. */
export const blankState = (): RequestState => ({
  waiting: undefined,
  checks: undefined,
  interrupted: false,
  hooks: undefined,
})
