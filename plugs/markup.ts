/** HTML as a value: a template whose interpolations are escaped, by the library @remix-run/html-template. */
import { html, isSafeHtml, type HtmlTemplateTag, type SafeHtml } from '@remix-run/html-template'

/** HTML whose interpolations have been escaped; made by {@link markup}. */
export type Html = SafeHtml

/** Whether a value is HTML that {@link markup} made. */
export const isHtml = (value: unknown): value is Html => isSafeHtml(value)

type Interpolations = Parameters<HtmlTemplateTag>[1][]

/** A boolean is what a condition left where there is nothing to show: `${isNew && markup`…`}`. */
const withoutBooleans = (value: unknown): unknown => {
  if (typeof value === 'boolean') return undefined
  return Array.isArray(value) ? value.map(withoutBooleans) : value
}

const tagOf =
  (tag: (strings: TemplateStringsArray, ...values: Interpolations) => Html) =>
  (strings: TemplateStringsArray, ...values: Interpolations): Html =>
    tag(strings, ...(values.map(withoutBooleans) as Interpolations))

/**
 * The template tag of views: text that is interpolated is escaped for elements and quoted attributes, HTML made by the
 * tag is not, arrays are joined, and null, undefined, true and false print nothing, so that `${isNew && markup`<b>new</b>`}` may stand. `markup.raw` escapes nothing: for trusted text only.
 *
 * It is not called `html` because `html` of `plugboard` responds. Where an editor or formatter looks for that name,
 * write `import { markup as html } from 'plugboard/plugs'`. Put attributes in quotes, and check what goes into an `href`:
 * escaping does not stop `javascript:`.
 *
 * @example
 * import { markup } from 'plugboard/plugs'
 * const names = ['Ada', '<Bob>']
 * String(markup`<ul>${names.map(name => markup`<li>${name}</li>`)}</ul>`)
 * // => '<ul><li>Ada</li><li>&lt;Bob&gt;</li></ul>'
 */
export const markup: HtmlTemplateTag = Object.assign(tagOf(html), { raw: tagOf(html.raw) })
