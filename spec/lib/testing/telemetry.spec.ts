import t from 'tap'
import type { TelemetryEvent } from '../../../lib/index.js'
import { recordTelemetry } from '../../../lib/testing/index.js'

const event = { name: 'plugboard.router_dispatch.start', measurements: { systemTime: 0 } } as TelemetryEvent

t.test('events are kept when they are told of, and each recorder has its own', async t => {
  const [one, other] = [recordTelemetry(), recordTelemetry()]
  const tell = one.execute(event)
  t.strictSame(one.events, [], 'an effect that is not executed yet')
  tell()
  t.equal(one.events[0], event)
  t.equal(one.events.length, 1)
  t.strictSame(other.events, [])
})

t.test(
  'its clocks are numbers: the time stands still, the other goes on a millisecond at each reading',
  async t => {
    const { systemTime, monotonicTime } = recordTelemetry()
    t.strictSame([systemTime(), systemTime()], [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1)])
    t.strictSame([monotonicTime(), monotonicTime(), monotonicTime()], [0, 1, 2])
    t.equal(recordTelemetry().monotonicTime(), 0)
  },
)
