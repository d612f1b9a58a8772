/** The floor: bare node:http that replays responses captured elsewhere, one after the other. It gets them as a message. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ready } from './child.js'
import type { Captured } from './harness.js'

process.once('message', ({ responses }: { readonly responses: readonly Captured[] }) => {
  let next = 0
  const server = createServer({ noDelay: true }, (_, response) => {
    const { status, headers, body } = responses[next] as Captured
    next = (next + 1) % responses.length
    response.writeHead(status, headers as string[])
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port))
})
