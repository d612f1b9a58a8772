/** Servers of the files in a folder: `node dist/bench/server.js static CONTENDER FOLDER`. */
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listen } from './work.js'

const missing: RequestListener = (_, response) => void response.writeHead(404).end()

const plugboard = async (folder: string, readOnce: boolean): Promise<number> => {
  const { pipeline, putStatus, text } = await import('../../lib/index.js')
  const { directory, serve } = await import('../../lib/adapters/node.js')
  const { staticFiles } = await import('../../plugs/static-files.js')
  const files = staticFiles({ at: '/', from: directory(folder, { readOnce }) })
  const started = await serve(pipeline(files, putStatus(404), text('')), { port: 0, host: '127.0.0.1' })()
  if (started._tag === 'Left') throw new Error(started.left.message)
  return started.right.port
}

/** sirv reads the folder once, when it starts, unless it is told to look at it for each request. */
const sirv = async (folder: string, dev: boolean): Promise<number> => {
  const files = (await import('sirv')).default(folder, { etag: true, dev })
  return listen((request, response) => files(request, response, () => missing(request, response as never)))
}

/** By name; each sends an entity tag and answers 304 to it. */
const contenders: Readonly<Record<string, (folder: string) => Promise<number>>> = {
  Plugboard: folder => plugboard(folder, false),
  'Plugboard, read once': folder => plugboard(folder, true),
  '@fastify/static': async folder => {
    const app = (await import('fastify')).default()
    await app.register((await import('@fastify/static')).default, { root: folder })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  },
  'sirv, dev': folder => sirv(folder, true),
  'sirv, read once': folder => sirv(folder, false),
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
