import t from 'tap'
import { isHtml, markup } from '../../plugs/index.js'

t.test('what is interpolated is escaped, in elements and in quoted attributes', async t => {
  const text = `<script>"&'</script>`
  t.equal(
    String(markup`<p title="${text}">${text}</p>`),
    '<p title="&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;">&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;</p>',
  )
})

t.test('HTML of the tag is not escaped again, and lists are joined', async t => {
  const items = ['a', '<b>'].map(item => markup`<li>${item}</li>`)
  t.equal(String(markup`<ul>${items}</ul>${null}${undefined}${7}`), '<ul><li>a</li><li>&lt;b&gt;</li></ul>7')
})

t.test('what a condition leaves prints nothing', async t => {
  for (const nothing of [false, true, null, undefined])
    t.equal(String(markup`<p>${nothing}</p>`), '<p></p>', String(nothing))
  t.equal(String(markup`<p>${[false, [true, 'a'], markup`<b>`]}</p>`), '<p>a<b></p>')
  t.equal(String(markup.raw`<p>${false}${0}${''}</p>`), '<p>0</p>')
})

t.test('raw escapes nothing', async t => {
  t.equal(String(markup`${markup.raw`<b>${'<i>'}</b>`}`), '<b><i></b>')
})

t.test('HTML is told from text', async t => {
  t.ok(isHtml(markup`<p>`))
  for (const other of ['<p>', null, undefined, {}, new String('<p>')]) t.notOk(isHtml(other))
})
