/**
 * Escapes text for HTML (Plug.HTML.html_escape): the five characters that matter in text and in quoted
 * attributes.
 */

const special = /[&<>"']/g
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const entity = (char: string): string => entities[char] as string

/**
 * Text that is safe inside an HTML element or a quoted attribute.
 *
 * @example
 * import { htmlEscape } from 'plugboard'
 * htmlEscape('<b title="x">') // => '&lt;b title=&quot;x&quot;&gt;'
 */
export const htmlEscape = (text: string): string => text.replace(special, entity)
