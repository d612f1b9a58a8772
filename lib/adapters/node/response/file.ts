/**
 * Opens and reads a part of a file that is to be sent. Opening, `stat` and closing are synchronous, since they take a few
 * microseconds; reading is not.
 */
import { closeSync, constants, fstatSync, openSync, read } from 'node:fs'
import type { Either } from 'fp-ts/lib/Either.js'
import type { FileBody } from '../../../conn.js'
import { exception, noRoute, type PlugError } from '../../../error.js'
import { left, right } from '../../../fp.js'

/** The descriptor of an open file, and how many of its bytes are to be sent. */
export interface OpenFile {
  readonly fd: number
  readonly length: number
}

/** The system's codes for a path that does not name a file. */
const missing: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ENXIO']

const noFile = noRoute('no such file')

/** Without O_NONBLOCK, opening a named pipe would block the process until another process writes to it. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Opens a file. Fails with `NoRoute` (404) if it is missing or not a regular file, and with an `Exception` (500) if it cannot
 * be read. The range is cut to the size of the file.
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

/** Files of at most this many bytes are read in one go: streaming them takes longer. */
export const wholeReadLimit = 131_072

/**
 * Reads the part of a file that is to be sent, and closes the file. If the file has become shorter since it was opened, there
 * are fewer bytes.
 *
 * @param done receives the bytes, or the failure
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
