/** A server for one scenario, in a process of its own: `node dist/bench/server.js SCENARIO`. */
import { assign, pipeline, putRespHeader, text, type AnyPlug } from '../lib/index.js'
import { serve } from '../lib/adapters/node.js'
import { ready } from './child.js'

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

const started = await serve(scenarios[process.argv[2] ?? 'hello'] as AnyPlug, {
  port: 0,
  host: '127.0.0.1',
})()
if (started._tag === 'Left') throw new Error(started.left.message)
ready(started.right.port)
