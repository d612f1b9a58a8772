/** A folder on disk as the port that staticFiles serves from. */
import { lstatSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs'
import { resolve, sep } from 'node:path'
import { right } from '../../fp.js'
import type { Directory, FileInfo } from '../../port.js'

export interface DirectoryOptions {
  /** Whether links to places outside of the folder are followed. Default false: such files are not there. */
  readonly followSymlinks?: boolean
  /**
   * Whether the folder is read once, when the port is made, and never looked at again: for files that stay as they are
   * while the server runs, as those of a release do. What is changed, added or taken away later is seen after a restart.
   * Default false.
   */
  readonly readOnce?: boolean
}

/** No segment, but a path of its own in some system's notation, or one upwards. */
const unsafe = /^(?:\.\.?)?$|[/\\:\0]/

const areSafe = (segments: readonly string[]): boolean => {
  for (let i = 0; i < segments.length; i++) if (unsafe.test(segments[i] as string)) return false
  return true
}

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

/** What is said of a path that is not there, in the place of an error. */
const quietly = { throwIfNoEntry: false } as const

const infoOf = (file: string, { size, mtimeMs }: Stats): FileInfo => ({ file, size, mtimeMs })

/** The folder as what all paths in it begin with. */
const beginning = (root: string): string => (root.endsWith(sep) ? root : root + sep)

/** The path without links, if it is inside of the folder. */
const inside = (root: string, path: string): string | undefined => {
  const real = ask(() => realpathSync.native(path))
  const folder = real === undefined ? undefined : ask(() => realpathSync.native(root))
  return folder !== undefined && real?.startsWith(beginning(folder)) === true ? real : undefined
}

/** The file at the end of a path with a link in it. */
const findLinked = (root: string, path: string, followSymlinks: boolean): FileInfo | undefined => {
  const stat = ask(() => statSync(path, quietly))
  if (stat === undefined || !stat.isFile()) return undefined
  const file = followSymlinks ? path : inside(root, path)
  return file === undefined ? undefined : infoOf(file, stat)
}

/** A path whose every step is seen to be no link stays inside: nobody need ask where it leads. */
const find = (root: string, segments: readonly string[], followSymlinks: boolean): FileInfo | undefined => {
  if (!areSafe(segments) || segments.length === 0) return undefined
  const path = beginning(root) + (segments.length === 1 ? segments[0] : segments.join(sep))
  if (followSymlinks) return findLinked(root, path, true)
  let end = root.length
  let stat: Stats | undefined
  try {
    for (let i = 0; i < segments.length; i++) {
      end = path.indexOf(sep, end + 1)
      stat = lstatSync(end < 0 ? path : path.slice(0, end), quietly)
      if (stat === undefined) return undefined
      if (stat.isSymbolicLink()) return findLinked(root, path, false)
    }
  } catch {
    return undefined
  }
  return stat?.isFile() === true ? infoOf(path, stat) : undefined
}

/** The files of a folder that is read now, by their paths. */
const readOnceFrom = (root: string, followSymlinks: boolean): ReadonlyMap<string, FileInfo> => {
  const files = new Map<string, FileInfo>()
  /** @param above the folders, without links, that this one is in: a link back to one of them leads nowhere new */
  const read = (segments: readonly string[], above: readonly string[]): void => {
    const folder = beginning(root) + segments.join(sep)
    const real = realpathSync.native(folder)
    if (above.includes(real)) return
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = [...segments, entry.name]
      const full = beginning(root) + path.join(sep)
      const isLink = entry.isSymbolicLink()
      if (unsafe.test(entry.name) || (isLink && !followSymlinks && inside(root, full) === undefined)) continue
      if (entry.isDirectory() || (isLink && ask(() => statSync(full))?.isDirectory() === true))
        ask(() => read(path, [...above, real]))
      else {
        const found = find(root, path, followSymlinks)
        if (found !== undefined) files.set(path.join('/'), found)
      }
    }
  }
  read([], [])
  return files
}

/**
 * The regular files of a folder and of all folders in it, those whose names begin with a dot too. Links are followed
 * where they stay inside. The system is asked anew each time, and waited for: a call for each step of the path, each of
 * a few microseconds on a local disk; with `readOnce` it is asked now and never again.
 *
 * @param path The folder, relative to the current one. It need not exist yet, unless it is read once.
 * @throws TypeError for options that make no sense, and with `readOnce` for a folder that cannot be read
 * @example no-run
 * import { directory } from 'plugboard/node'
 * import { staticFiles } from 'plugboard/plugs'
 * const assets = staticFiles({ at: '/assets', from: directory('public'), gzip: true })
 */
export const directory = (path: string, options: DirectoryOptions = {}): Directory => {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new TypeError('directory: the path must be a text that is not empty, without NUL')
  for (const [name, value] of Object.entries(options)) {
    if (name !== 'followSymlinks' && name !== 'readOnce')
      throw new TypeError(`directory: unknown option ${name}`)
    if (typeof value !== 'boolean') throw new TypeError(`directory: ${name} must be a boolean`)
  }
  const { followSymlinks = false, readOnce = false } = options
  const root = resolve(path)
  if (!readOnce) return { stat: segments => () => right(find(root, segments, followSymlinks)) }
  let files: ReadonlyMap<string, FileInfo>
  try {
    files = readOnceFrom(root, followSymlinks)
  } catch (cause) {
    throw new TypeError(`directory: with readOnce, the path must be a folder that can be read: ${root}`, {
      cause,
    })
  }
  return {
    stat: segments => () =>
      right(
        areSafe(segments)
          ? files.get(segments.length === 1 ? (segments[0] as string) : segments.join('/'))
          : undefined,
      ),
  }
}
