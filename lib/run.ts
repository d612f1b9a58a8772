/**
 * The runner: executes a plug on a conn, turns a failure into a response, and runs the `beforeSend` plugs, last
 * registered first. Synchronous until an effect really is asynchronous. It never throws and never rejects.
 */
import type { BeforeSend, Conn } from './conn.js'
import { ConnRecord } from './conn/record.js'
import { beginErrorResponse, errorResponse } from './error-response.js'
import { notSent, type PlugError } from './error.js'
import type { AnyPlug } from './fold.js'
import { andThen, execute, fail, interpret } from './plug.js'
import type { TelemetryPort } from './port.js'
import { observedRender } from './telemetry.js'

/** Makes the response of a failure: a plug for each. */
export type RenderErrors = (error: PlugError) => AnyPlug

type Done = Conn | Promise<Conn>

const missing = notSent('the app ended without a response: end with text, json, render, redirect or halt')

/**
 * Executes a plug: gives the final conn, with a response and all hooks run, or a promise of it.
 *
 * A failure, expected or thrown, is rendered by `renderErrors` on the newest conn; `conn.error` stays set, so that
 * hooks see it: session changes are then not written. `renderErrors` is given a conn that has the failure's status and
 * headers, and no body; what it makes of it must have one, or a plain response stands in. A conn without a status fails
 * with `NotSent`. If a hook fails, the error response replaces the response, and only the hooks that have not yet run
 * follow.
 *
 * @param telemetry Told of each failure that is rendered. Default: nobody is.
 * @example
 * import { run, text } from 'plugboard'
 * import { conn } from 'plugboard/testing'
 * const done = run(text('hello'))(conn('GET', '/'))
 * done instanceof Promise // => false
 */
export const run = (
  plug: AnyPlug,
  renderErrors: RenderErrors = errorResponse,
  telemetry?: TelemetryPort,
): ((conn: Conn) => Conn | Promise<Conn>) => {
  /** The error response on a failed conn; if it cannot be rendered, the plain one. */
  const respond = (failed: Conn): Done => {
    const error = failed.error as PlugError
    const ready = beginErrorResponse(error)(ConnRecord.resume(failed))
    return andThen(
      execute(() => renderErrors(error)(ready), ready),
      made =>
        ConnRecord.halt(
          made.error === error && made.respBody !== undefined ? made : errorResponse(error)(ready),
        ),
    )
  }
  const render = telemetry === undefined ? respond : observedRender(telemetry, respond)

  const answer = (ended: Conn): Done => {
    if (ended.error !== undefined) return render(ended)
    return ended.status === undefined ? render(fail(ended, missing)) : ended
  }

  /** Runs the hooks to come, the last first, on a conn that is not halted. */
  const runHooks = (start: Conn, hooks: BeforeSend[]): Done => {
    let conn = start
    for (let hook = hooks.pop(); hook !== undefined; hook = hooks.pop()) {
      const before = conn
      const after = execute(hook, before)
      const done =
        after instanceof ConnRecord
          ? follow(before, after, hooks)
          : (after as Promise<Conn>).then(later => follow(before, later, hooks))
      if (!(done instanceof ConnRecord)) return (done as Promise<Conn>).then(next => runHooks(next, hooks))
      conn = done
    }
    return conn
  }

  /**
   * What comes of a hook: the ones it registered run next, its failure is rendered. What renders the failure may
   * register hooks too; those do not run, or a hook that fails each time would never come to an end.
   */
  const follow = (before: Conn, after: Conn, hooks: BeforeSend[]): Done => {
    for (let i = before.beforeSend.length; i < after.beforeSend.length; i++)
      hooks.push(after.beforeSend[i] as BeforeSend)
    const failed = after.error !== undefined && after.error !== before.error
    if (failed || after.status === undefined) return andThen(answer(after), ConnRecord.resume)
    return after.halted ? ConnRecord.resume(after) : after
  }

  const settled = (done: Conn): Conn => (done.error === undefined ? done : ConnRecord.halt(done))

  const finish = (ended: Conn): Done => {
    const { beforeSend, halted } = ended
    if (beforeSend.length === 0) return ended
    // A frozen list is slow to slice.
    const hooks: BeforeSend[] = []
    for (let i = 0; i < beforeSend.length; i++) hooks.push(beforeSend[i] as BeforeSend)
    const done = runHooks(halted ? ConnRecord.resume(ended) : ended, hooks)
    if (halted) return andThen(done, ConnRecord.halt)
    return done instanceof ConnRecord ? settled(done) : (done as Promise<Conn>).then(settled)
  }

  const all = interpret(plug)
  return conn => andThen(andThen(all(conn), answer), finish)
}
