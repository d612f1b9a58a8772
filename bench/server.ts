/**
 * A server for one scenario, in a process of its own: `node dist/bench/server.js SCENARIO plugboard|floor`.
 * The floor is bare node:http that sends the same status, headers and body as Plugboard does in that scenario.
 * It answers the messages `usage` (CPU time so far) and ends when its parent goes.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { assign, pipeline, putRespHeader, text, type AnyPlug } from '../lib/index.js'
import { serve } from '../lib/adapters/node.js'

const tenPlugs = pipeline(
  ...(Array.from({ length: 10 }, (_, i) => [
    assign(`key${i}`, i),
    putRespHeader(`x-plug-${i}`, `value ${i}`),
  ]).flatMap(([a, b]) => [pipeline(a as never, b as never)]) as never[]),
  text('Hello, World!') as never,
) as unknown as AnyPlug

const scenarios: Readonly<Record<string, AnyPlug>> = {
  hello: text('Hello, World!'),
  'ten-plugs': tenPlugs,
}

const headersOf = (scenario: string): string[] => {
  const base = ['cache-control', 'max-age=0, private, must-revalidate']
  const ten =
    scenario === 'ten-plugs' ? Array.from({ length: 10 }, (_, i) => [`x-plug-${i}`, `value ${i}`]).flat() : []
  return [...base, ...ten, 'content-type', 'text/plain; charset=utf-8', 'content-length', '13']
}

const [, , scenario = 'hello', contender = 'plugboard'] = process.argv

const ready = (port: number): void => {
  process.send?.({ port })
  process.on('message', () => process.send?.({ cpu: process.cpuUsage(), memory: process.memoryUsage.rss() }))
  process.on('disconnect', () => process.exit(0))
}

if (contender === 'floor') {
  const headers = headersOf(scenario)
  const server = createServer({ noDelay: true }, (_, response) => {
    response.writeHead(200, headers)
    response.end('Hello, World!')
  })
  server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port))
} else {
  const started = await serve(scenarios[scenario] as AnyPlug, { port: 0, host: '127.0.0.1' })()
  if (started._tag === 'Left') throw new Error(started.left.message)
  ready(started.right.port)
}
