/** The reasons why a server could not start, with a message that says what to do. */

/** Why a server could not start. */
export interface ServeError {
  readonly _tag: 'ServeError'
  /** The system's code, such as `EADDRINUSE`; `WORKER` if a worker could not start. */
  readonly code: string
  readonly message: string
}

const reasons = new Map([
  ['EADDRINUSE', 'another program listens there; stop it or choose another port'],
  ['EACCES', 'permission denied; ports below 1024 require privileges'],
  ['EADDRNOTAVAIL', 'this machine does not have this address'],
  ['ENOTFOUND', 'the host was not found'],
])

/** The error of a server that cannot listen on a host (undefined for all addresses) and port. */
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

/** The error of a server whose workers cannot start. */
export const workerError = (reason: string): ServeError => ({
  _tag: 'ServeError',
  code: 'WORKER',
  message: `cannot serve with workers: ${reason}`,
})
