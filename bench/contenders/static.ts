/** Servers of the files in a folder: `node dist/bench/server.js static CONTENDER FOLDER`. */
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listen } from './work.js'

const missing: RequestListener = (_, response) => void response.writeHead(404).end()

/** By name; each sends an entity tag and answers 304 to it. */
const contenders: Readonly<Record<string, (folder: string) => Promise<number>>> = {
  Plugboard: async folder => {
    const { pipeline, putStatus, text } = await import('../../lib/index.js')
    const { directory, serve } = await import('../../lib/adapters/node.js')
    const { staticFiles } = await import('../../plugs/static-files.js')
    const app = pipeline(staticFiles({ at: '/', from: directory(folder) }), putStatus(404), text(''))
    const started = await serve(app, { port: 0, host: '127.0.0.1' })()
    if (started._tag === 'Left') throw new Error(started.left.message)
    return started.right.port
  },
  '@fastify/static': async folder => {
    const app = (await import('fastify')).default()
    await app.register((await import('@fastify/static')).default, { root: folder })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  },
  sirv: async folder => {
    const files = (await import('sirv')).default(folder, { etag: true })
    return listen((request, response) => files(request, response, () => missing(request, response as never)))
  },
  'express.static': async folder => {
    const express = (await import('express')).default
    const app = express()
    app.disable('x-powered-by')
    app.use(express.static(folder))
    return listen(app)
  },
}

export const begin = (contender: string, folder: string): Promise<number> => {
  const serve = contenders[contender]
  if (serve === undefined) throw new Error(`there is no contender ${contender}`)
  return serve(folder)
}
