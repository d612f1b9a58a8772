/** A folder on disk as the port that staticFiles serves from. */
import { lstatSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs'
import { resolve, sep } from 'node:path'
import { right } from '../../../fp.js'
import { checkOptions, flag, mustBe, type Rules } from '../../../options.js'
import type { Directory, FileInfo } from '../../../port-types.js'

/** Options of {@link directory}. */
export interface DirectoryOptions {
  /** Whether to follow symlinks that lead outside the folder. Default `false`: such files are not found. */
  readonly followSymlinks?: boolean
  /**
   * Whether to read the folder once, when the port is created: for files that do not change while the server runs, such as
   * those of a release. Files that are changed, added or removed later are seen after a restart. Default `false`.
   */
  readonly readOnce?: boolean
}

const rules: Rules = { followSymlinks: flag, readOnce: flag }

/** Segments that lead upwards, or that are paths in the notation of some system. */
const unsafe = /^(?:\.\.?)?$|[/\\:\0]/

const areSafe = (segments: readonly string[]): boolean => {
  for (let i = 0; i < segments.length; i++) if (unsafe.test(segments[i] as string)) return false
  return true
}

/**
 * The result of a system call, or undefined if it fails because the file is missing: a name that is too long, a file instead
 * of a folder, a link to itself, a folder without permission, a file that was deleted meanwhile.
 */
const ask = <A>(question: () => A): A | undefined => {
  try {
    return question()
  } catch {
    return undefined
  }
}

/** Makes the system call return undefined for a missing path, instead of throwing. */
const quietly = { throwIfNoEntry: false } as const

const infoOf = (file: string, { size, mtimeMs }: Stats): FileInfo => ({ file, size, mtimeMs })

/** The prefix of all paths in the folder. */
const beginning = (root: string): string => (root.endsWith(sep) ? root : root + sep)

/** The path with its symlinks resolved, if it is inside the folder. */
const inside = (root: string, path: string): string | undefined => {
  const real = ask(() => realpathSync.native(path))
  const folder = real === undefined ? undefined : ask(() => realpathSync.native(root))
  return folder !== undefined && real?.startsWith(beginning(folder)) === true ? real : undefined
}

/** The file at the end of a path that contains a symlink. */
const findLinked = (root: string, path: string, followSymlinks: boolean): FileInfo | undefined => {
  const stat = ask(() => statSync(path, quietly))
  if (stat === undefined || !stat.isFile()) return undefined
  const file = followSymlinks ? path : inside(root, path)
  return file === undefined ? undefined : infoOf(file, stat)
}

/** Finds a file. If no step of the path is a symlink, the path stays inside the folder and need not be resolved. */
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

/** The files of a folder by their paths, read now. */
const readOnceFrom = (root: string, followSymlinks: boolean): ReadonlyMap<string, FileInfo> => {
  const files = new Map<string, FileInfo>()
  /** @param above the resolved folders that contain this one: a symlink back to one of them is skipped */
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
 * The regular files of a folder and of all folders in it, including those whose names begin with a dot. Symlinks that stay
 * inside the folder are followed. Each lookup makes one synchronous system call for each step of the path, which takes a few
 * microseconds on a local disk. With `readOnce`, the folder is read now and never again.
 *
 * @param path the folder, relative to the current one; it need not exist yet, unless `readOnce` is set
 * @throws TypeError if an option is unknown or invalid, or with `readOnce` if the folder cannot be read
 * @example no-run
 * import { directory } from 'plugboard/node'
 * import { staticFiles } from 'plugboard/plugs'
 * const assets = staticFiles({ at: '/assets', from: directory('public'), gzip: true })
 */
export const directory = (path: string, options: DirectoryOptions = {}): Directory => {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new TypeError(`directory: ${mustBe('path', 'a non-empty string without NUL', path)}`)
  checkOptions('directory', options, rules)
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
