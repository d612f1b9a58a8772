/** Origins: scheme, host and port as text, such as `https://example.com`, for options that say where something is reached. */

/**
 * What is wrong with a value as an origin (RFC 6454 §6.2, as browsers write it), as the end of a sentence that begins with
 * the option's name; undefined if nothing is.
 *
 * @param home where a path belongs instead, if one is given
 */
export const originProblem = (url: unknown, home: string): string | undefined => {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  const origin = parsed !== undefined && /^https?:$/.test(parsed.protocol) ? parsed.origin : undefined
  if (origin !== undefined && origin === url) return undefined
  const hint =
    origin === undefined
      ? `such as 'https://example.com'`
      : parsed?.pathname === '/'
        ? `written '${origin}'`
        : `without a path: ${home}`
  return `must be a scheme, http or https, a host and perhaps a port, ${hint}; it is ${JSON.stringify(url)}`
}
