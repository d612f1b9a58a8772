import t from 'tap'
import { assign, pipe, pipeline, putRespHeader, putStatus, type Conn } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { markup, putLayout, putRootLayout, render, type Html } from '../../plugs/index.js'

const hello = ({ name }: { readonly name: string }) => markup`<p>Hello ${name}</p>`
const plain = () => markup`<p>plain</p>`
const layout = (inner: Html, { name = 'nobody' }: { readonly name?: string }) =>
  markup`<main id="${name}">${inner}</main>`
const root = (inner: Html, { title = 'Site' }: { readonly title?: string }) =>
  markup`<title>${title}</title>${inner}`
const page = (plug: (conn: Conn) => unknown): Conn => run(plug)(conn('GET', '/'))

t.test('a view is given the assigns, and its interpolations are escaped', async t => {
  const done = page(pipeline(assign('name', '<Ada>'), render(hello)))
  t.equal(done.respBody, '<p>Hello &lt;Ada&gt;</p>')
  t.equal(done.status, 200)
  t.equal(done.respHeaders.get('content-type'), 'text/html; charset=utf-8')
})

t.test('status and content type that are set stay', async t => {
  const done = page(
    pipeline(putStatus(422), putRespHeader('content-type', 'application/xhtml+xml'), render(plain)),
  )
  t.equal(done.status, 422)
  t.equal(done.respHeaders.get('content-type'), 'application/xhtml+xml')
})

t.test('further assigns are put on the conn', async t => {
  const done = page(pipeline(assign('name', 'Ada'), render(hello, { name: 'Bob', extra: 1 })))
  t.equal(done.respBody, '<p>Hello Bob</p>')
  t.strictSame(done.assigns, { name: 'Bob', extra: 1 })
})

t.test('the layout goes around the view, and the root layout around both', async t => {
  const done = page(
    pipeline(putRootLayout(root), putLayout(layout), render(hello, { name: 'Ada', title: 'Hi' })),
  )
  t.equal(done.respBody, '<title>Hi</title><main id="Ada"><p>Hello Ada</p></main>')
  t.equal(page(pipeline(putRootLayout(root), render(plain))).respBody, '<title>Site</title><p>plain</p>')
  t.equal(page(pipeline(putLayout(layout), render(plain))).respBody, '<main id="nobody"><p>plain</p></main>')
})

t.test('layouts can be replaced and removed', async t => {
  const other = (inner: Html) => markup`<div>${inner}</div>`
  t.equal(
    page(pipeline(putRootLayout(root), putRootLayout(other), render(plain))).respBody,
    '<div><p>plain</p></div>',
  )
  t.equal(
    page(
      pipeline(putRootLayout(root), putLayout(layout), putRootLayout(false), putLayout(false), render(plain)),
    ).respBody,
    '<p>plain</p>',
  )
})

t.test('it reads as a handler does', async t => {
  t.equal(pipe(conn('GET', '/'), render(hello, { name: 'Ada' })).respBody, '<p>Hello Ada</p>')
})

t.test('text that was not made with the tag is refused', async t => {
  const view = (() => '<p>unescaped</p>') as unknown as () => Html
  const wrong = ((inner: Html) => String(inner)) as unknown as (inner: Html) => Html
  const cause = (plug: (conn: Conn) => unknown): string => String(page(plug).error?.cause)
  t.equal(cause(render(view)), 'TypeError: render: view must return HTML made with the markup tag')
  t.match(cause(pipeline(putLayout(wrong), render(plain))), 'render: wrong must return HTML')
  t.match(cause(pipeline(putRootLayout(wrong), render(plain))), 'render: wrong must return HTML')
})

t.test('arguments are checked when the plug is built', async t => {
  t.throws(() => render('home' as never), {
    message: /^render: view must be a function from assigns to HTML, got /,
  })
  t.throws(() => render(plain, 'title' as never), {
    message: 'render: assigns must be an object, got "title"',
  })
  t.throws(() => putLayout('app' as never), {
    message: /^putLayout: layout must be a function, or false for none, got /,
  })
  t.throws(() => putRootLayout(true as never), {
    message: /^putRootLayout: layout must be a function, or false for none, got /,
  })
})
