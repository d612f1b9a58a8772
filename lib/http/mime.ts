/**
 * Media types and the formats (file extensions) they stand for. The table is that of the `mime-types`
 * library, corrected where Elixir's MIME, whose answers Phoenix apps are used to, says otherwise. Only this
 * file loads the library.
 */
import { extensions, types } from 'mime-types'

/** What a file is when nothing is known about it. */
const unknown = 'application/octet-stream'

// Formats whose type differs from the library's, or that it does not know.
const typeByFormat: ReadonlyMap<string, string> = new Map([
  ['asice', 'application/vnd.etsi.asic-e+zip'],
  ['asics', 'application/vnd.etsi.asic-s+zip'],
  ['cda', 'application/x-cdf'],
  ['json-api', 'application/vnd.api+json'],
  ['json-patch', 'application/json-patch+json'],
  ['opus', 'audio/opus'],
  ['sce', 'application/vnd.etsi.asic-e+zip'],
  ['scs', 'application/vnd.etsi.asic-s+zip'],
  ['xml', 'text/xml'],
  ['zst', 'application/zstd'],
])

const listFormats = (): ReadonlyMap<string, readonly string[]> => {
  // Types that share a format with one that is better known, and so have none by the table above.
  const formats = new Map<string, readonly string[]>([
    ['audio/3gpp', ['3gp', '3gpp']],
    ['audio/3gpp2', ['3g2']],
  ])
  for (const [format, type] of typeByFormat)
    formats.set(type, [...new Set([...(formats.get(type) ?? extensions[type] ?? []), format])])
  return formats
}
const formatsByType = listFormats()

/**
 * The media type of a format, an extension in lower case without its dot (Elixir's `MIME.type`);
 * `application/octet-stream` if there is none.
 *
 * @example
 * import { mimeType } from 'plugboard/plugs'
 * mimeType('json') // => 'application/json'
 */
export const mimeType = (format: string): string => typeByFormat.get(format) ?? types[format] ?? unknown

/**
 * The media type of a file by the extension of its name, in any case (Elixir's `MIME.from_path`);
 * `application/octet-stream` if it has none. A name that starts with its only dot has no extension.
 *
 * @example
 * import { mimeFromPath } from 'plugboard/plugs'
 * mimeFromPath('/assets/app.min.JS') // => 'text/javascript'
 * mimeFromPath('.htaccess') // => 'application/octet-stream'
 */
export const mimeFromPath = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot > 0 ? mimeType(name.slice(dot + 1).toLowerCase()) : unknown
}

/**
 * The formats that a media type stands for (Elixir's `MIME.extensions`), its parameters aside. A type that is
 * not in the table stands for the format after its `+`: `application/vnd.shop+json` for `json`.
 *
 * @example
 * import { formatsOf } from 'plugboard/plugs'
 * formatsOf('text/html; charset=utf-8') // => ['html', 'htm', 'shtml']
 * formatsOf('application/problem+json') // => ['json']
 */
export const formatsOf = (mediaType: string): readonly string[] => {
  const type = (mediaType.split(';', 1)[0] as string).trim().toLowerCase()
  const known = formatsByType.get(type) ?? extensions[type]
  if (known !== undefined) return known
  const parts = type.split('+')
  return parts.length === 2 ? [parts[1] as string] : []
}
