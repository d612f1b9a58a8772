// Telemetry ports that are broken, each in one way: they throw, give no effect, or give a promise that rejects.
import type { TelemetryPort } from '../../lib/index.js'

const boom = (): never => {
  throw new Error('the port is broken')
}
const fine = { systemTime: () => 0, monotonicTime: () => 0, execute: () => () => undefined }
const broken: readonly Partial<Record<keyof TelemetryPort, unknown>>[] = [
  { systemTime: boom },
  { monotonicTime: boom },
  { execute: boom },
  { execute: () => boom },
  { execute: () => undefined },
  { execute: () => async () => boom() },
]

/** Each with the name of what is broken of it. */
export const brokenPorts: readonly (readonly [name: string, port: TelemetryPort])[] = broken.map(part => [
  String(Object.keys(part)),
  { ...fine, ...part } as TelemetryPort,
])
