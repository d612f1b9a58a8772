/** The log ports of Node: each record is one line of JSON, written by pino, with the time and the duration of the request. */
import { createRequire } from 'node:module'
import type { pino as pinoType } from 'pino'
import type { LogPort, LogRecord } from '../../../port-types.js'

/** Where lines go: a stream, or any object that writes strings. */
export interface LogStream {
  write(line: string): unknown
}

type Pino = typeof pinoType

/** Pino takes 20 ms to load: only apps that log load it. */
const pino = (): Pino => createRequire(import.meta.url)('pino') as Pino

const options = {
  base: null,
  level: 'debug',
  formatters: { level: (label: string) => ({ level: label }) },
}

const portOf = (logger: ReturnType<Pino>): LogPort => ({
  write:
    ({ level, startedAt, ...record }: LogRecord) =>
    () =>
      logger[level]({ ...record, duration: Date.now() - startedAt }),
})

/**
 * A log port that writes lines of JSON to a stream: `level` (a word), `time` (milliseconds since the epoch), the record's
 * fields, and `duration` (milliseconds from the request's arrival until the line is written).
 *
 * @throws TypeError if the stream has no function `write`
 * @example no-run
 * import { createWriteStream } from 'node:fs'
 * import { logTo } from 'plugboard/node'
 * import { logger } from 'plugboard/plugs'
 * const log = logger({ to: logTo(createWriteStream('requests.log', { flags: 'a' })) })
 */
export const logTo = (stream: LogStream): LogPort => {
  if (typeof (stream as Partial<LogStream> | null | undefined)?.write !== 'function')
    throw new TypeError('logTo: stream must have a function write')
  return portOf(pino()(options, stream as { write(line: string): void }))
}

let standard: LogPort | undefined

/**
 * The log port that writes lines of JSON to the standard output, one a request.
 *
 * @example no-run
 * import { stdout } from 'plugboard/node'
 * import { logger } from 'plugboard/plugs'
 * const log = logger({ to: stdout })
 */
export const stdout: LogPort = {
  write: record => () => (standard ??= portOf(pino()(options))).write(record)(),
}
