/** The reasons why a server could not start, with a message that says what to do. */

import type { Settings } from './options.js'

type Place = Pick<Settings, 'port' | 'host' | 'path' | 'fd'>

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

const pathReasons = new Map([
  [
    'EADDRINUSE',
    'another program listens there, or the file is not a socket; stop it or choose another path',
  ],
  ['EACCES', 'permission denied, or the directory does not exist'],
])

const fdReasons = new Map([['EINVAL', 'it is not the descriptor of a listening socket']])

/** The error of a server that cannot listen. */
export const listenError = (
  cause: { readonly code?: string | undefined; readonly message: string },
  { port, host, path, fd }: Place,
): ServeError => {
  const code = cause.code ?? 'UNKNOWN'
  const [where, why] =
    path !== undefined
      ? [path, pathReasons]
      : fd !== undefined
        ? [`descriptor ${fd}`, fdReasons]
        : [host === undefined ? `port ${port}` : `${host}, port ${port}`, reasons]
  return {
    _tag: 'ServeError',
    code,
    message: `cannot listen on ${where}: ${why.get(code) ?? cause.message}`,
  }
}

/** The error of a server whose workers cannot start. */
export const workerError = (reason: string): ServeError => ({
  _tag: 'ServeError',
  code: 'WORKER',
  message: `cannot serve with workers: ${reason}`,
})
