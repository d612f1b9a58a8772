import * as fc from 'fast-check'
import t from 'tap'
import { text } from '../../lib/index.js'
import { href, link, markup } from '../../plugs/index.js'
import { router, scope } from '../../router/index.js'

const app = router(scope('/', ({ get }) => [get('/posts/:id', text('a post'))]))
const post = app.path('/posts/:id', { id: 7 }, { a: 1, b: 2 })

t.test('a link is an element with an address, content and attributes, all escaped', async t => {
  t.equal(String(link(post, 'Seven <7>')), '<a href="/posts/7?a=1&amp;b=2">Seven &lt;7&gt;</a>')
  t.equal(String(link(post, markup`<b>7</b>`)), '<a href="/posts/7?a=1&amp;b=2"><b>7</b></a>')
  const attributes = { class: 'a "b"', 'data-n': 7, hidden: false, rel: undefined, download: true, title: '' }
  t.equal(
    String(link(href('#top'), 'Top', attributes)),
    '<a href="#top" class="a &quot;b&quot;" data-n="7" download title="">Top</a>',
  )
})

t.test('an attribute has a name, which is not href', async t => {
  for (const name of ['', 'a b', 'a=', '"', "'", 'a>', 'a/', '\0'])
    t.throws(
      () => link(post, 'x', { [name]: 'x' }),
      new TypeError(`link: ${JSON.stringify(name)} is no name of an attribute`),
    )
  for (const name of ['href', 'HREF'])
    t.throws(() => link(post, 'x', { [name]: 'x' }), new TypeError('link: the address is the first argument'))
})

t.test('text is an address when it leads somewhere', async t => {
  for (const address of [
    '/about',
    'about',
    '?page=2',
    '#top',
    '',
    '//example.com/',
    'https://example.com/a:b',
    'HTTP://example.com',
    'mailto:ada@example.com',
    'tel:+49-30-1',
    '/a:b',
    './javascript:x',
    '?javascript:x',
    '1:2',
  ])
    t.equal(href(address), address)
})

t.test('text that runs as code is refused, however it is written', async t => {
  for (const address of [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    '\x01\x00 javascript:alert(1)',
    'java\nscript:alert(1)',
    'j\ta\rv\nascript\n:alert(1)',
    '\t\n java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:x',
    'file:///etc/passwd',
  ])
    t.throws(() => href(address), {
      name: 'TypeError',
      message: /^href: the scheme must be http, https, mailto or tel/,
    })
  t.throws(() => href(7 as never), new TypeError('href: the address must be a string'))
})

t.test('what passes is no other scheme to a browser either', async t => {
  const part = fc.constantFrom(
    'java',
    'script',
    ':',
    '\t',
    '\n',
    ' ',
    '\0',
    '/',
    'http',
    'data',
    '#',
    '?',
    'x',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), parts => {
      const address = parts.join('')
      try {
        href(address)
      } catch {
        return
      }
      // What is no URL at all leads nowhere.
      if (!URL.canParse(address, 'http://here.example/')) return
      const { protocol } = new URL(address, 'http://here.example/')
      if (!/^(?:https?|mailto|tel):$/.test(protocol))
        throw new Error(`${JSON.stringify(address)} is ${protocol}`)
    }),
    { numRuns: 2000 },
  )
  t.pass('none of 2,000 is')
})
