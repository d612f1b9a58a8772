/** A folder on disk as the port that staticFiles serves from. */
import { realpathSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { right } from 'fp-ts/lib/Either.js'
import type { Directory, FileInfo } from '../../port.js'

export interface DirectoryOptions {
  /** Whether links to places outside of the folder are followed. Default false: such files are not there. */
  readonly followSymlinks?: boolean
}

/** No segment, but a path of its own in some system's notation, or one upwards. */
const unsafe = /^(?:\.\.?)?$|[/\\:\0]/

/**
 * What the system says, or undefined where it says that there is no such thing: a name that is too long, a file where a
 * folder should be, a link to itself, a folder that may not be read, a file that has just gone.
 */
const ask = <A>(question: () => A): A | undefined => {
  try {
    return question()
  } catch {
    return undefined
  }
}

/** The path without links, if it is inside of the folder. */
const inside = (root: string, path: string): string | undefined => {
  const real = ask(() => realpathSync.native(path))
  if (real === undefined || real === path) return real
  const folder = ask(() => realpathSync.native(root))
  return folder !== undefined && real.startsWith(folder + sep) ? real : undefined
}

const find = (root: string, segments: readonly string[], followSymlinks: boolean): FileInfo | undefined => {
  if (segments.some(segment => unsafe.test(segment))) return undefined
  const path = join(root, ...segments)
  const stat = ask(() => statSync(path, { throwIfNoEntry: false }))
  if (stat === undefined || !stat.isFile()) return undefined
  const file = followSymlinks ? path : inside(root, path)
  return file === undefined ? undefined : { file, size: stat.size, mtimeMs: stat.mtimeMs }
}

/**
 * The regular files of a folder and of all folders in it, those whose names begin with a dot too. Links are followed
 * where they stay inside. The system is asked anew each time, and waited for: two or three calls, each of a few
 * microseconds on a local disk.
 *
 * @param path The folder, relative to the current one. It need not exist yet.
 * @example no-run
 * import { directory } from 'plugboard/node'
 * import { staticFiles } from 'plugboard/plugs'
 * const assets = staticFiles({ at: '/assets', from: directory('public'), gzip: true })
 */
export const directory = (path: string, options: DirectoryOptions = {}): Directory => {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new TypeError('directory: the path must be a text that is not empty, without NUL')
  for (const name of Object.keys(options))
    if (name !== 'followSymlinks') throw new TypeError(`directory: unknown option ${name}`)
  const { followSymlinks = false } = options
  if (typeof followSymlinks !== 'boolean') throw new TypeError('directory: followSymlinks must be a boolean')
  const root = resolve(path)
  return { stat: segments => () => right(find(root, segments, followSymlinks)) }
}
