/**
 * Opens a part of a file to be sent, and reads it. The system is waited for where it opens, measures and closes, which takes
 * it a few microseconds, and not where it reads.
 */
import { closeSync, constants, fstatSync, openSync, read } from 'node:fs'
import type { Either } from 'fp-ts/lib/Either.js'
import type { FileBody } from '../../conn.js'
import { exception, noRoute, type PlugError } from '../../error.js'
import { left, right } from '../../fp.js'

/** An open file's descriptor, and how many bytes of it are to be sent. */
export interface OpenFile {
  readonly fd: number
  readonly length: number
}

/** What the system says of a path that names no file. */
const missing: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ENXIO']

const noFile = noRoute('no such file')

/** A pipe must not block the process until somebody writes to it. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Opens a file: `NoRoute` (404) if there is none or it is no regular file, and an `Exception` (500) if it cannot be
 * read. The range is cut to what the file holds.
 */
export const openFile = (body: FileBody): Either<PlugError, OpenFile> => {
  let fd
  try {
    fd = openSync(body.file, flags)
    const stat = fstatSync(fd)
    if (stat.isFile()) {
      const rest = Math.max(0, stat.size - body.offset)
      return right({ fd, length: body.length === 'all' ? rest : Math.min(body.length, rest) })
    }
    closeSync(fd)
    return left(noFile)
  } catch (cause) {
    if (fd !== undefined) closeSync(fd)
    return left(missing.includes((cause as NodeJS.ErrnoException).code) ? noFile : exception(cause))
  }
}

/** Files of so many bytes are read at once: to stream one takes longer than to read it. */
export const readAtOnce = 131_072

/**
 * Reads all that is to be sent of a file, and closes it. Where it has shrunk meanwhile, that is less than its length.
 *
 * @param done Is given the bytes, or what went wrong.
 */
export const readFile = (
  { fd, length }: OpenFile,
  offset: number,
  done: (read: Either<PlugError, Uint8Array>) => void,
): void => {
  const bytes = Buffer.allocUnsafeSlow(length)
  const readOn = (at: number): void =>
    read(fd, bytes, at, length - at, offset + at, (cause, count) => {
      if (cause === null && count > 0 && at + count < length) return readOn(at + count)
      closeSync(fd)
      done(cause === null ? right(bytes.subarray(0, at + count)) : left(exception(cause)))
    })
  readOn(0)
}
