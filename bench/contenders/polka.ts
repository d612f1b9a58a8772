/** Polka, which brings a router alone: responses are written as with node:http, and bodies read by hand. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { parse } from 'node:querystring'
import * as work from './work.js'

interface PolkaRequest extends IncomingMessage {
  readonly params: Readonly<Record<string, string>>
}
type Handler = (request: PolkaRequest, response: ServerResponse, next: () => void) => unknown

interface Polka {
  readonly handler: RequestListener
  use(handler: Handler): Polka
  add(method: string, pattern: string, handler: Handler): Polka
}

// The package brings no types.
const { default: polka } = (await import('polka' as string)) as { readonly default: () => Polka }

const served = (declare: (app: Polka) => unknown): Promise<number> => {
  const app = polka()
  declare(app)
  return work.listen((request, response) => app.handler(request, response))
}

const send = (response: ServerResponse, type: string, body: string): void => {
  response.setHeader('content-type', type)
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}

const text = (response: ServerResponse, body: string): void =>
  send(response, 'text/plain; charset=utf-8', body)
const json = (response: ServerResponse, data: object): void =>
  send(response, 'application/json; charset=utf-8', JSON.stringify(data))

export const begin = work.beginOf({
  hello: () => served(app => app.add('GET', '/', (_, response) => text(response, work.hello))),
  json: () => served(app => app.add('GET', work.jsonPath, (_, response) => json(response, work.message()))),
  routes: () =>
    served(app => {
      for (const { method, pattern } of work.routes)
        app.add(method, pattern, (request, response) => text(response, work.valuesOf(request.params)))
    }),
  plugs: () =>
    served(app => {
      for (const [i, { key, header, value }] of work.plugs.entries())
        app.use((request, response, next) => {
          ;(request as unknown as Record<string, unknown>)[key] = i
          response.setHeader(header, value)
          next()
        })
      app.add('GET', work.plugsPath, (_, response) => text(response, work.hello))
    }),
  form: () =>
    served(app =>
      app.add('POST', work.formPath, async (request, response) =>
        json(response, parse(await work.readBody(request))),
      ),
    ),
})
