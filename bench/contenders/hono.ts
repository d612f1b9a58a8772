/** Hono on its adapter for Node. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import * as work from './work.js'

type Variables = Record<string, number>

const served = (declare: (app: Hono<{ Variables: Variables }>) => unknown): Promise<number> => {
  const app = new Hono<{ Variables: Variables }>()
  declare(app)
  return new Promise(resolve => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
  })
}

export const begin = work.beginOf({
  hello: () => served(app => app.get('/', context => context.text(work.hello))),
  json: () => served(app => app.get(work.jsonPath, context => context.json(work.message()))),
  routes: () =>
    served(app => {
      for (const { method, pattern } of work.routes)
        app.on(method, pattern, context => context.text(work.valuesOf(context.req.param())))
    }),
  plugs: () =>
    served(app => {
      for (const [i, { key, header, value }] of work.plugs.entries())
        app.use(async (context, next) => {
          context.set(key, i)
          context.header(header, value)
          await next()
        })
      app.get(work.plugsPath, context => context.text(work.hello))
    }),
  form: () =>
    served(app => app.post(work.formPath, async context => context.json(await context.req.parseBody()))),
})
