/**
 * Servers that say hello and load nothing but what that takes: `node dist/bench/server.js hello CONTENDER [KEEP-ALIVE]`, the
 * latter being the milliseconds for which an idle connection stays open, where it is given.
 */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Waits {
  readonly keepAliveTimeout?: number
}

const hello = 'Hello, World!'

const listen = (listener: RequestListener, waits: Waits): Promise<number> =>
  new Promise(resolve => {
    const server = createServer(waits, listener)
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
      resolve((server.address() as AddressInfo).port),
    )
  })

const contenders: Readonly<Record<string, (waits: Waits) => Promise<number>>> = {
  Plugboard: async waits => {
    const { text } = await import('../../lib/index.js')
    const { serve } = await import('../../lib/adapters/node.js')
    const started = await serve(text(hello), { port: 0, host: '127.0.0.1', ...waits })()
    if (started._tag === 'Left') throw new Error(started.left.message)
    return started.right.port
  },
  Fastify: async waits => {
    const app = (await import('fastify')).default(waits)
    app.get('/', (_, reply) => reply.send(hello))
    await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
    return (app.server.address() as AddressInfo).port
  },
  Hono: async () => {
    const { Hono } = await import('hono')
    const { serve } = await import('@hono/node-server')
    const app = new Hono()
    app.get('/', context => context.text(hello))
    return new Promise(resolve => {
      serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
    })
  },
  Express: async waits => {
    const app = (await import('express')).default()
    app.get('/', (_, response) => void response.type('text/plain').send(hello))
    return listen(app, waits)
  },
  Koa: async waits => {
    const app = new (await import('koa')).default()
    app.use(context => void (context.body = hello))
    return listen(app.callback() as RequestListener, waits)
  },
  Polka: async waits => {
    // The package brings no types.
    const { default: polka } = (await import('polka' as string)) as {
      readonly default: () => {
        get(path: string, handler: RequestListener): { readonly handler: RequestListener }
      }
    }
    return listen(polka().get('/', (_, response) => void response.end(hello)).handler, waits)
  },
  'node:http': waits => listen((_, response) => void response.end(hello), waits),
}

export const begin = (contender: string, keepAlive?: string): Promise<number> => {
  const serve = contenders[contender]
  if (serve === undefined) throw new Error(`there is no contender ${contender}`)
  return serve(keepAlive === undefined ? {} : { keepAliveTimeout: Number(keepAlive) })
}
