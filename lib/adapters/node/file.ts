/** Opens a part of a file to be sent. */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import type { FileBody } from '../../conn.js'
import { exception, noRoute, type PlugError } from '../../error.js'

/** An open file, and how many bytes of it are to be sent. */
export interface OpenFile {
  readonly handle: FileHandle
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
export const openFile = async (body: FileBody): Promise<Either<PlugError, OpenFile>> => {
  let handle
  try {
    handle = await open(body.file, flags)
    const stat = await handle.stat()
    if (stat.isFile()) {
      const rest = Math.max(0, stat.size - body.offset)
      return right({ handle, length: body.length === 'all' ? rest : Math.min(body.length, rest) })
    }
    await handle.close()
    return left(noFile)
  } catch (cause) {
    await handle?.close()
    return left(missing.includes((cause as NodeJS.ErrnoException).code) ? noFile : exception(cause))
  }
}
