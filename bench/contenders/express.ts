/** Express, without the two headers that no other contender sends: `ETag`, which hashes each body, and `X-Powered-By`. */
import express, { type Express, type Request, type Response } from 'express'
import * as work from './work.js'

const served = (declare: (app: Express) => unknown): Promise<number> => {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  declare(app)
  return work.listen(app)
}

/** What its session holds. */
interface Session {
  user_name?: string
  csrf?: string
  flash?: string
}

/** Sessions are in memory, as it has none that encrypts a cookie: what is in the cookie is signed. */
const browser = async (): Promise<number> => {
  const session = (await import('express-session')).default
  return served(app => {
    app.use(
      session({
        secret: 'a secret of at least sixty-four bytes, which is a secret to nobody at all',
        resave: false,
        saveUninitialized: false,
        cookie: { sameSite: 'lax' },
      }),
    )
    app.use((_, response, next) => {
      response.set(work.secureHeaders)
      next()
    })
    const show = (request: Request, response: Response): void => {
      const held = request.session as unknown as Session
      const { flash } = held
      if (flash !== undefined) delete held.flash
      response
        .type('text/html')
        .send(work.page(held.user_name as string, work.csrfToken(held.csrf as string), flash))
    }
    app.get('/', show)
    app.get('/login', (request, response) => {
      Object.assign(request.session, {
        user_name: work.visitorName(work.numberIn(request.url)),
        csrf: work.csrfSecret(),
      })
      show(request, response)
    })
  })
}

export const begin = work.beginOf({
  hello: () =>
    served(app => app.get('/', (_, response) => void response.type('text/plain').send(work.hello))),
  json: () => served(app => app.get(work.jsonPath, (_, response) => void response.json(work.message()))),
  routes: () =>
    served(app => {
      for (const { method, pattern } of work.routes)
        app[method.toLowerCase() as 'get'](
          pattern,
          (request, response) => void response.type('text/plain').send(work.valuesOf(request.params)),
        )
    }),
  plugs: () =>
    served(app => {
      for (const [i, { key, header, value }] of work.plugs.entries())
        app.use((_, response, next) => {
          response.locals[key] = i
          response.setHeader(header, value)
          next()
        })
      app.get(work.plugsPath, (_, response) => void response.type('text/plain').send(work.hello))
    }),
  form: () =>
    served(app =>
      app.post(
        work.formPath,
        express.urlencoded({ extended: false }),
        (request, response) => void response.json(request.body),
      ),
    ),
  browser,
})
