/** Measures Plugboard where nothing but HTTP and its plugs cost: `node dist/bench/http.js [--rounds 8] [--seconds 1] [--json FILE]`. */
import { effort, head, line, measure, save, start, stop } from './harness.js'

const results: Record<string, object> = {}
console.log(head)
for (const scenario of ['hello', 'ten-plugs']) {
  const server = await start('./server.js', [scenario])
  const measured = await measure(scenario, server, [''], effort)
  stop(server)
  console.log(line(measured))
  results[scenario] = measured
}
save(results)
process.exit()
