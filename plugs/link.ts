/** Links of views: what stands in an `href` is a path or URL that a router made, or text that has been looked at. */
import type { Href } from '../lib/http/uri.js'
import { markup, type Html } from './markup.js'

/** Addresses that lead somewhere, and run nothing. */
const schemes = new Set(['http', 'https', 'mailto', 'tel'])

/**
 * Text as the address of a link, if it is one that runs no code: without a scheme (`/about`, `?page=2`, `#top`), or with
 * that of http, https, mailto or tel. `data`, `javascript`, `vbscript` and all others are refused, as by Phoenix's `link`.
 *
 * A scheme is looked for where browsers do (WHATWG's URL parser): behind white space and control characters, and
 * without the tabs and line breaks in it.
 *
 * @throws TypeError for any other scheme
 * @example
 * import { href } from 'plugboard/plugs'
 * href('https://example.com/?a=b') // => 'https://example.com/?a=b'
 * href('java\nscript:alert(1)') // throws TypeError: href: the scheme must be http, https, mailto or tel
 */
export const href = (address: string): Href => {
  if (typeof address !== 'string') throw new TypeError('href: the address must be a string')
  const seen = address.replace(/^[\x00-\x20]+|[\t\n\r]/g, '')
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(seen)?.[1]
  if (scheme !== undefined && !schemes.has(scheme.toLowerCase()))
    throw new TypeError(
      `href: the scheme must be http, https, mailto or tel, and is ${JSON.stringify(scheme)}`,
    )
  return address as Href
}

/** The attributes of an element by name: text, a number, true for one without a value; false and undefined for none. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

const name = /^[^\s"'<>/=\x00-\x1f\x7f]+$/

const attributesOf = (attributes: Attributes): readonly Html[] =>
  Object.entries(attributes).flatMap(([key, value]) => {
    if (!name.test(key)) throw new TypeError(`link: ${JSON.stringify(key)} is no name of an attribute`)
    if (key.toLowerCase() === 'href') throw new TypeError('link: the address is the first argument')
    if (value === undefined || value === false) return []
    const written = markup.raw` ${key}`
    return value === true ? [written] : [markup`${written}="${value}"`]
  })

/**
 * A link (Phoenix's `.link`): its address, its content, and other attributes of the element. The address is what a
 * router's `path` or `url` made; other text goes through {@link href} first.
 *
 * @throws TypeError for an attribute that has no name of one, or is `href`
 * @example
 * import { text } from 'plugboard'
 * import { href, link } from 'plugboard/plugs'
 * import { router, scope } from 'plugboard/router'
 * const app = router(scope('/', ({ get }) => [get('/posts/:id', text('a post'))]))
 * String(link(app.path('/posts/:id', { id: 7 }), 'Seven & more', { class: 'post', hidden: false }))
 * // => '<a href="/posts/7" class="post">Seven &amp; more</a>'
 * String(link(href('mailto:ada@example.com'), 'Write'))
 * // => '<a href="mailto:ada@example.com">Write</a>'
 */
export const link = (to: Href, content: Html | string, attributes: Attributes = {}): Html =>
  markup`<a href="${to}"${[...attributesOf(attributes)]}>${content}</a>`
