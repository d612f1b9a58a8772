/** Origins: scheme, host and port as a string, such as `https://example.com`, for options that say where something is reached. */
import type { Rule } from '../options.js'

const originOf = (url: unknown): URL | undefined => {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) ? parsed : undefined
}

/**
 * The rule of an origin (RFC 6454 §6.2, as browsers write it).
 *
 * @param home where a path belongs instead, if one is given
 */
export const origin = (home: string): Rule => ({
  must: url => {
    const parsed = originOf(url)
    const what = 'an origin (http or https, a host and optionally a port)'
    if (parsed === undefined) return `${what}, such as 'https://example.com'`
    return parsed.pathname === '/' ? `${what}, written '${parsed.origin}'` : `${what} without a path: ${home}`
  },
  ok: url => typeof url === 'string' && originOf(url)?.origin === url,
})
