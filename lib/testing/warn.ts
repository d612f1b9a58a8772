/** Shows in a test why a request failed: the test itself sees a status only. The one file of the test kit with a side effect. */
import type { Conn } from '../conn.js'
import { ConnRecord } from '../conn/record.js'

const described = (cause: unknown): string => {
  try {
    return cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause)
  } catch {
    return 'a value that cannot be shown'
  }
}

/**
 * Emits a Node warning of the type `FailedRequest` if the request of a final conn has failed with an exception, with what was
 * thrown. Expected failures are not reported. To silence it, run Node with `--disable-warning=FailedRequest`.
 */
export const warnOfException = <C extends Conn>(conn: C): C => {
  const { error } = conn
  const { unrendered } = ConnRecord.state(conn)
  if (unrendered !== undefined)
    process.emitWarning(`${conn.method} ${conn.path}: renderErrors made no response`, {
      type: 'FailedRequest',
      detail: described(unrendered),
    })
  if (error?._tag === 'Exception')
    process.emitWarning(`${conn.method} ${conn.path} failed with status ${conn.status}`, {
      type: 'FailedRequest',
      detail: described(error.cause),
    })
  return conn
}
