import t from 'tap'
import { endpoint, telemetryPort, text, type TelemetryPort } from '../../../lib/index.js'
import { conn, recordTelemetry, run } from '../../../lib/testing/index.js'

t.test('a plug finds the port of its endpoint, and none without one', async t => {
  const seen: (TelemetryPort | undefined)[] = []
  const app = (c: Parameters<typeof telemetryPort>[0]) => {
    seen.push(telemetryPort(c))
    return text('ok')(c)
  }
  const telemetry = recordTelemetry()
  run(endpoint({ telemetry }, app))(conn('GET', '/'))
  run(endpoint({}, app))(conn('GET', '/'))
  t.strictSame(seen.length, 2)
  t.equal(seen[0], telemetry)
  t.equal(seen[1], undefined)
})
