/** Koa, which brings no router and reads no bodies: both are done by hand, and the table of routes is left out. */
import Koa from 'koa'
import { parse } from 'node:querystring'
import type { RequestListener } from 'node:http'
import * as work from './work.js'

const served = (declare: (app: Koa) => unknown): Promise<number> => {
  const app = new Koa()
  declare(app)
  return work.listen(app.callback() as RequestListener)
}

export const begin = work.beginOf({
  hello: () =>
    served(app =>
      app.use(context => {
        if (context.path === '/') context.body = work.hello
      }),
    ),
  json: () =>
    served(app =>
      app.use(context => {
        if (context.path === work.jsonPath) context.body = work.message()
      }),
    ),
  plugs: () =>
    served(app => {
      for (const [i, { key, header, value }] of work.plugs.entries())
        app.use((context, next) => {
          context.state[key] = i
          context.set(header, value)
          return next()
        })
      app.use(context => {
        if (context.path === work.plugsPath) context.body = work.hello
      })
    }),
  form: () =>
    served(app =>
      app.use(async context => {
        if (context.method === 'POST' && context.path === work.formPath)
          context.body = { ...parse(await work.readBody(context.req)) }
      }),
    ),
})
