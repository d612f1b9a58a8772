import t from 'tap'
import * as fc from 'fast-check'
import { htmlEscape } from '../../../lib/http/html.js'
import { cases } from './vectors.js'

t.test('text is escaped as Plug escapes it', async t => {
  for (const { in: text, html_escape: escaped } of cases('html_escape'))
    t.equal(htmlEscape(String(text)), escaped)
})

t.test('the five characters that matter become entities, each time they occur', async t => {
  t.equal(
    htmlEscape(`<a href="x" title='y'>&amp;</a>`),
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
  )
})

t.test('escaped text holds none of the characters, and unescapes to what it was', async () => {
  const plain: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', ';', 'a', 'é') }), text => {
      const escaped = htmlEscape(text)
      const back = escaped.replace(/&(lt|gt|quot|#39|amp);/g, (_, entity: string) => plain[entity] as string)
      return !/[<>"']/.test(escaped) && back === text
    }),
  )
})
