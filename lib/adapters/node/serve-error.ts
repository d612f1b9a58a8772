/** Why a server could not start, in words that say what to do. */

/** Why a server could not start. */
export interface ServeError {
  readonly _tag: 'ServeError'
  /** The system's code, such as `EADDRINUSE`; `WORKER` where a worker could not be had. */
  readonly code: string
  readonly message: string
}

const reasons = new Map([
  ['EADDRINUSE', 'another program listens there; stop it or choose another port'],
  ['EACCES', 'this user may not; ports below 1024 need rights'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['ENOTFOUND', 'there is no such host'],
])

/** The error of listening on a host (undefined for all addresses) and port. */
export const listenError = (
  cause: { readonly code?: string | undefined; readonly message: string },
  host: string | undefined,
  port: number,
): ServeError => {
  const code = cause.code ?? 'UNKNOWN'
  const where = host === undefined ? `port ${port}` : `${host}, port ${port}`
  return {
    _tag: 'ServeError',
    code,
    message: `cannot listen on ${where}: ${reasons.get(code) ?? cause.message}`,
  }
}

/** The error of workers that cannot be had, for a reason. */
export const workerError = (reason: string): ServeError => ({
  _tag: 'ServeError',
  code: 'WORKER',
  message: `cannot serve with workers: ${reason}`,
})
