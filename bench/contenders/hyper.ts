/** hyper-ts on Express: middleware whose type says how far the response is. It has no state, so that is the value it passes on. */
import express from 'express'
import { pipe } from 'fp-ts/lib/function.js'
import * as M from 'hyper-ts/lib/Middleware.js'
import { toRequestHandler } from 'hyper-ts/lib/express.js'
import {
  MediaType,
  Status,
  type HeadersOpen,
  type ResponseEnded,
  type StatusOpen,
} from 'hyper-ts/lib/index.js'
import * as work from './work.js'

type Answer = M.Middleware<StatusOpen, ResponseEnded, never, void>

const served = (path: string, answer: Answer): Promise<number> => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.get(path, toRequestHandler(answer))
  return work.listen(app)
}

type State = Readonly<Record<string, number>>
type Plug = (state: State) => M.Middleware<HeadersOpen, HeadersOpen, never, State>

const tenPlugs: readonly Plug[] = work.plugs.map(({ key, header, value }, i) => state => {
  const put: M.Middleware<HeadersOpen, HeadersOpen, never, void> = M.header(header, value)
  return pipe(
    put,
    M.map(() => ({ ...state, [key]: i })),
  )
})

const respond = (type: MediaType, body: string): M.Middleware<HeadersOpen, ResponseEnded, never, void> =>
  pipe(
    M.contentType<never>(type),
    M.ichain(() => M.closeHeaders<never>()),
    M.ichain(() => M.send<never>(body)),
  )

export const begin = work.beginOf({
  hello: () =>
    served(
      '/',
      pipe(
        M.status<never>(Status.OK),
        M.ichain(() => respond(MediaType.textPlain, work.hello)),
      ),
    ),
  json: () =>
    served(
      work.jsonPath,
      pipe(
        M.status<never>(Status.OK),
        M.ichain(() => respond(MediaType.applicationJSON, JSON.stringify(work.message()))),
      ),
    ),
  plugs: () => {
    const opened: M.Middleware<StatusOpen, HeadersOpen, never, State> = pipe(
      M.status<never>(Status.OK),
      M.imap((): State => ({})),
    )
    const all = tenPlugs.reduce((before, plug) => pipe(before, M.ichain(plug)), opened)
    return served(
      work.plugsPath,
      pipe(
        all,
        M.ichain(() => respond(MediaType.textPlain, work.hello)),
      ),
    )
  },
})
