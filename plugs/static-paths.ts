/**
 * Paths of static files under the names that their content gives them: what `mix phx.digest` wrote into
 * `cache_manifest.json`, as data. (Phoenix's `static_path`, `static_url` and `static_integrity`.)
 */
import { origin } from '../lib/conn/request.js'
import type { Conn } from '../lib/conn.js'
import { origin as originRule } from '../lib/http/origin.js'
import { encodeUri, isLocalPath, type Href, type Path } from '../lib/http/uri.js'
import { isRecord } from '../lib/is-record.js'
import { checkOptions, flag, type Rules } from '../lib/options.js'

/** What {@link staticPaths} is configured with. */
export interface StaticPathsOptions {
  /**
   * What `cache_manifest.json` holds, parsed: `latest`, the digested name of each file, and `digests`, what is known of
   * each digested file. Without it, as in development, every file has its own name.
   */
  readonly manifest?: unknown
  /**
   * Whether a digested path says `?vsn=d`, by which `staticFiles` knows that it may be cached for good. Default true.
   * (Phoenix's `cache_manifest_skip_vsn` is the opposite.)
   */
  readonly vsn?: boolean
  /** The origin of the host that serves the files, such as `'https://cdn.example.com'`. Default: that of the app. */
  readonly url?: string
}

/** The paths of static files. Each function throws a TypeError for a path that does not begin with one `/`. */
export interface StaticPaths {
  /** The path of a file: `'/app.css'` is `'/app-5d41402a.css?vsn=d'`. A fragment stays behind it. */
  readonly path: (path: string) => Path
  /** The same behind the origin that files are served from. */
  readonly url: (conn: Conn, path: string) => Href
  /** What the attribute `integrity` says of a file (W3C's Subresource Integrity): `'sha512-…'`; undefined if it is not known. */
  readonly integrity: (path: string) => string | undefined
}

const rules: Rules = {
  manifest: { must: 'what mix phx.digest wrote, parsed', ok: isRecord },
  vsn: flag,
  url: originRule('the files are served under the paths of the app'),
}

interface File {
  readonly path: string
  readonly integrity: string | undefined
}

/** The files of a manifest by the path that they have without a digest. */
const filesOf = (manifest: unknown, vsn: boolean): ReadonlyMap<string, File> => {
  const files = new Map<string, File>()
  if (manifest === undefined) return files
  const wrong = (what: string): TypeError =>
    new TypeError(`staticPaths: manifest must be what mix phx.digest wrote, parsed: ${what}`)
  if (!isRecord(manifest) || !isRecord(manifest['latest']))
    throw wrong('an object whose "latest" has the digested name of each file')
  const { digests = {} } = manifest
  if (!isRecord(digests)) throw wrong('its "digests" must be an object')
  for (const [name, digested] of Object.entries(manifest['latest'])) {
    if (typeof digested !== 'string')
      throw wrong(`the digested name of ${JSON.stringify(name)} must be a string`)
    const known = Object.hasOwn(digests, digested) ? digests[digested] : undefined
    const sha512 = isRecord(known) ? known['sha512'] : undefined
    files.set(`/${name}`, {
      path: `/${digested}${vsn ? '?vsn=d' : ''}`,
      integrity: typeof sha512 === 'string' ? `sha512-${sha512}` : undefined,
    })
  }
  return files
}

/**
 * The paths of static files, looked up in the manifest of `mix phx.digest`. What a URL cannot hold, such as a space in a file's name,
 * is percent-encoded; escapes stay. The manifest is data: the app reads the file,
 * `JSON.parse(readFileSync('public/cache_manifest.json', 'utf8'))`.
 *
 * @throws TypeError for options that make no sense; the message names the option
 * @example
 * import { staticPaths } from 'plugboard/plugs'
 * const assets = staticPaths({
 *   manifest: {
 *     version: 1,
 *     latest: { 'app.css': 'app-5d41402a.css' },
 *     digests: { 'app-5d41402a.css': { logical_path: 'app.css', sha512: 'm3HSJL1i' } },
 *   },
 * })
 * assets.path('/app.css') // => '/app-5d41402a.css?vsn=d'
 * assets.path('/other.svg#icon') // => '/other.svg#icon'
 * assets.integrity('/app.css') // => 'sha512-m3HSJL1i'
 */
export const staticPaths = (options: StaticPathsOptions = {}): StaticPaths => {
  checkOptions('staticPaths', options, rules)
  const { manifest, vsn = true, url } = options
  const files = filesOf(manifest, vsn)

  const split = (path: string): readonly [file: string, fragment: string] => {
    if (typeof path !== 'string' || !isLocalPath(path))
      throw new TypeError(
        `staticPaths: a path begins with one "/" and holds no backslash, and not so ${JSON.stringify(path)}`,
      )
    const at = path.indexOf('#')
    return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)]
  }
  const path = (given: string): Path => {
    const [file, fragment] = split(given)
    return encodeUri(`${files.get(file)?.path ?? file}${fragment}`) as Path
  }
  return Object.freeze({
    path,
    url: (conn: Conn, given: string): Href => `${url ?? origin(conn)}${path(given)}` as Href,
    integrity: (given: string) => files.get(split(given)[0])?.integrity,
  })
}
