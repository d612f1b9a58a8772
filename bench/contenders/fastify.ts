/** Fastify: hooks, decorators and plugins as its documentation has them. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { AddressInfo } from 'node:net'
import * as work from './work.js'

const served = async (declare: (app: FastifyInstance) => unknown): Promise<number> => {
  const app = fastify()
  await declare(app)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

interface Session {
  get(key: string): unknown
  set(key: string, value: unknown): void
}

const browser = async (app: FastifyInstance): Promise<void> => {
  await app.register((await import('@fastify/secure-session')).default, {
    key: Buffer.alloc(32, 1),
    cookieName: 'session',
    cookie: { path: '/', httpOnly: true, sameSite: 'lax' },
  })
  app.addHook('onRequest', (_, reply, done) => {
    reply.headers(work.secureHeaders)
    done()
  })
  const show = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const session = request.session as unknown as Session
    const flash = session.get('flash') as string | undefined
    if (flash !== undefined) session.set('flash', undefined)
    const token = work.csrfToken(session.get('csrf') as string)
    return reply
      .type('text/html; charset=utf-8')
      .send(work.page(session.get('user_name') as string, token, flash))
  }
  app.get('/', show)
  app.get('/login', (request, reply) => {
    const session = request.session as unknown as Session
    session.set('user_name', work.visitorName(work.numberIn(request.url)))
    session.set('csrf', work.csrfSecret())
    return show(request, reply)
  })
}

export const begin = work.beginOf({
  hello: () => served(app => app.get('/', (_, reply) => reply.send(work.hello))),
  json: () => {
    const response = { 200: { type: 'object', properties: { message: { type: 'string' } } } }
    return served(app =>
      app.get(work.jsonPath, { schema: { response } }, (_, reply) => reply.send(work.message())),
    )
  },
  routes: () =>
    served(app => {
      for (const { method, pattern } of work.routes)
        app.route({
          method,
          url: pattern,
          handler: (request, reply) => reply.send(work.valuesOf(request.params as object)),
        })
    }),
  plugs: () =>
    served(app => {
      for (const [i, { key, header, value }] of work.plugs.entries()) {
        app.decorateRequest(key, undefined)
        app.addHook('onRequest', (request, reply, done) => {
          ;(request as unknown as Record<string, unknown>)[key] = i
          reply.header(header, value)
          done()
        })
      }
      app.get(work.plugsPath, (_, reply) => reply.send(work.hello))
    }),
  form: () =>
    served(async app => {
      await app.register((await import('@fastify/formbody')).default)
      app.post(work.formPath, (request, reply) => reply.send(request.body))
    }),
  browser: () => served(browser),
})
