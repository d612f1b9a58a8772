/** Whether the site works, for those who watch it. */
import { effect, pipe, text } from 'plugboard'
import type { Handler } from 'plugboard/router'
import type { AtRouter } from '../endpoint.js'

/** 200 when the database answers; otherwise its failure, a 503. */
export const health: Handler<AtRouter> = conn =>
  pipe(
    conn.assigns.services.repository.ping,
    effect.map(() => text('ok')(conn)),
  )
