/** Where a server listens: on a port, on a Unix domain socket, or on a descriptor that is open already. */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, type AddressInfo, type Server as NetServer } from 'node:net'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from '../../../fp.js'
import type { Settings } from './options.js'
import { listenError, type ServeError } from './serve-error.js'

/** The options that say where a server listens. */
export type Place = Pick<Settings, 'port' | 'host' | 'path' | 'socketMode' | 'fd'>

/** The address of a server that listens: a path for a Unix domain socket, null if the system does not say. */
export type Address = AddressInfo | string | null

const isSocket = (path: string): boolean => {
  try {
    return lstatSync(path).isSocket()
  } catch {
    return false
  }
}

/** Removes a socket file if no process listens on it: one that was killed leaves its file. Calls back with whether it did. */
const removeStale = (path: string, done: (removed: boolean) => void): void => {
  if (!isSocket(path)) return done(false)
  const probe = connect(path, () => {
    probe.destroy()
    done(false)
  })
  probe.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'ECONNREFUSED') return done(false)
    try {
      unlinkSync(path)
      done(true)
    } catch {
      done(false)
    }
  })
}

/** Listens, and resolves with the address, or with the reason why the server cannot. */
export const listenAt = (server: NetServer, place: Place): Promise<Either<ServeError, Address>> =>
  new Promise(resolve => {
    const { port, host, path, socketMode, fd } = place
    let retried = false
    const refuse = (cause: Error): void => resolve(left(listenError(cause, place)))
    const failed = (cause: NodeJS.ErrnoException): void => {
      if (path === undefined || cause.code !== 'EADDRINUSE' || retried) return refuse(cause)
      retried = true
      removeStale(path, removed => (removed ? listen() : refuse(cause)))
    }
    const listen = (): void => {
      if (path !== undefined) server.listen({ path })
      else if (fd !== undefined) server.listen({ fd })
      else server.listen(port, host)
    }
    server.on('error', failed)
    server.once('listening', () => {
      server.off('error', failed)
      try {
        if (path !== undefined && socketMode !== undefined) chmodSync(path, socketMode)
        resolve(right(server.address()))
      } catch (cause) {
        server.close()
        refuse(cause as Error)
      }
    })
    listen()
  })
