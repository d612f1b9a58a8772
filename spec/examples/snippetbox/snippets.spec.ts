import t from 'tap'
import { locationOf, makeSite, member, minute, pageOf, password, tokenOf, visitor, write } from './support.js'

t.test('whoever is logged in writes snippets, and everybody reads them', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const done = ada.submit('/snippets/new', 'post', '/snippets', {
    title: ' Haiku ',
    content: 'old pond\r\nfrog',
  })
  t.equal(done.status, 302)
  t.equal(locationOf(done), '/snippets/1')
  t.match(pageOf(ada.follow()), 'Snippet created.')
  t.notMatch(pageOf(ada.get('/snippets/1')), 'Snippet created.')

  const bob = visitor(site)
  const page = pageOf(bob.get('/snippets/1'))
  t.match(page, '<h1>Haiku</h1>')
  t.match(page, 'old pond\nfrog</pre')
  t.match(page, 'by ada, ')
  t.notMatch(page, 'ada@example.com', 'an address is its own affair')
  t.match(page, '<title>Haiku · Snippetbox</title>')
  for (const path of ['/', '/snippets']) t.match(pageOf(bob.get(path)), /<a href="\/snippets\/1">Haiku<\/a/)
})

t.test('the front page shows the ten latest, the newest first', async t => {
  const site = makeSite()
  t.match(pageOf(visitor(site).get('/')), 'Nothing here yet')
  const ada = member(site, 'ada@example.com')
  for (let i = 1; i <= 12; i++) {
    write(ada, `number ${i}.`)
    ada.wait(minute)
  }
  const titles = [...pageOf(visitor(site).get('/')).matchAll(/number (\d+)\./g)].map(([, n]) => Number(n))
  t.strictSame(titles, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3])
})

t.test('the list has pages', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const eve = visitor(site)
  for (let i = 1; i <= 10; i++) write(ada, `number ${i}.`)
  t.notMatch(pageOf(eve.get('/snippets')), 'Page 1')
  for (let i = 11; i <= 21; i++) write(ada, `number ${i}.`)
  const shows = (path: string, page: number, links: readonly string[]) => {
    const html = pageOf(eve.get(path))
    t.match(html, `Page ${page} of 3`, path)
    t.strictSame(
      [...html.matchAll(/href="([^"]+)" rel="(?:prev|next)"/g)].map(([, href]) => href),
      links,
      path,
    )
  }
  shows('/snippets', 1, ['/snippets?page=2'])
  shows('/snippets?page=2', 2, ['/snippets?page=1', '/snippets?page=3'])
  shows('/snippets?page=3', 3, ['/snippets?page=2'])
  t.match(pageOf(eve.last), 'number 1.')
  for (const page of ['0', '-1', 'x', '1.5', '', '01', '1e3'])
    shows(`/snippets?page=${page}`, 1, ['/snippets?page=2'])
  shows('/snippets?page[]=2', 1, ['/snippets?page=2'])
  shows('/snippets?page=999', 3, ['/snippets?page=2'])
})

const mistakes = [
  [{ title: '', content: 'kept' }, "Title can't be blank"],
  [{ title: '   ', content: 'kept' }, "Title can't be blank"],
  [{ title: 'x'.repeat(101), content: 'kept' }, 'Title should be at most 100 characters'],
  [{ title: 'kept', content: ' \n ' }, "Content can't be blank"],
  [{ title: 'kept', content: 'y'.repeat(10_001) }, 'Content should be at most 10000 characters'],
] as const

t.test('a snippet with mistakes is shown again with what was typed, and is not kept', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const path = write(ada, 'first', 'content')
  for (const [form, mistake] of mistakes) {
    for (const done of [
      ada.submit('/snippets/new', 'post', '/snippets', form),
      ada.submit(`${path}/edit`, 'put', path, form),
    ]) {
      t.equal(done.status, 422)
      t.match(pageOf(done).replaceAll('&#39;', "'"), mistake)
      t.ok(pageOf(done).includes(`value="${form.title}"`), 'the title is there')
      t.ok(pageOf(done).includes(`>\n${form.content}</textarea>`), 'the content is there')
      t.equal(tokenOf(done)?.length, 56, 'and it can be sent again')
    }
  }
  t.match(pageOf(ada.get(path)), '<h1>first</h1>')
  t.notOk(pageOf(ada.get('/snippets')).includes('kept'))
})

t.test('the one who wrote a snippet changes it', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const path = write(ada, 'before', '\nstarts with a line break')
  ada.wait(minute)
  t.match(pageOf(ada.get(path)), `href="${path}/edit"`)
  const form = pageOf(ada.get(`${path}/edit`))
  t.match(form, 'value="before"')
  t.match(form, '>\n\nstarts with a line break</textarea>')
  for (const method of ['put', 'delete'] as const) {
    const done = ada.submit(`${path}/edit`, method, path, { title: 'after', content: 'new' })
    t.equal(done.status, 302)
    t.equal(locationOf(done), method === 'put' ? path : '/snippets')
    const page = pageOf(ada.follow())
    t.match(page, method === 'put' ? 'Snippet updated.' : 'Snippet deleted.')
    t.equal(page.includes('<h1>after</h1>'), method === 'put')
    t.equal(page.includes('changed'), method === 'put')
  }
  t.equal(ada.get(path).status, 404)
})

t.test('nobody else changes it: neither the form nor the buttons are there', async t => {
  const site = makeSite()
  const path = write(member(site, 'ada@example.com'), 'hers')
  const eve = member(site, 'eve@example.com')
  t.notMatch(pageOf(eve.get(path)), /\/edit|Delete/)
  const refused = [
    eve.get(`${path}/edit`),
    eve.submit('/', 'put', path, { title: 'taken', content: 'over' }),
    eve.submit('/', 'put', path, { title: '', content: '' }),
    eve.submit('/', 'delete', path),
  ]
  for (const done of refused) {
    t.equal(done.status, 403)
    t.match(pageOf(done), 'Only the one who wrote a snippet can change it.')
    t.match(pageOf(done), 'eve@example.com', 'it is a page of the site')
  }
  t.match(pageOf(eve.get(path)), '<h1>hers</h1>')
})

t.test('who is not logged in has to log in first', async t => {
  const site = makeSite()
  const path = write(member(site, 'ada@example.com'), 'hers')
  const eve = visitor(site)
  for (const done of [
    eve.get('/snippets/new'),
    eve.get(`${path}/edit`),
    eve.submit('/login', 'post', '/snippets', { title: 'mine', content: 'x' }),
    eve.submit('/login', 'put', path, { title: 'mine', content: 'x' }),
    eve.submit('/login', 'delete', path),
  ]) {
    t.equal(done.status, 302)
    t.equal(locationOf(done), '/login')
  }
  t.match(pageOf(eve.get(path)), '<h1>hers</h1>')
  t.notMatch(pageOf(eve.get('/snippets')), 'mine')
})

t.test('a snippet that is not there is a page that says so', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  for (const path of [
    '/snippets/1',
    '/snippets/0',
    '/snippets/-1',
    '/snippets/x',
    '/snippets/9007199254740993',
  ]) {
    const done = ada.get(path)
    t.equal(done.status, 404, path)
    t.match(pageOf(done), 'There is nothing at this address.')
    t.match(pageOf(done), 'href="/app.css"')
  }
  for (const method of ['put', 'delete'] as const)
    t.equal(ada.submit('/', method, '/snippets/1', { title: 'a', content: 'b' }).status, 404)
  t.equal(ada.get('/snippets/1/edit').status, 404)
})

t.test('the pages for missing snippets and those of others are responses: they use up the flash', async t => {
  const site = makeSite()
  const path = write(member(site, 'ada@example.com'), 'hers')
  for (const [address, status] of [
    ['/snippets/7', 404],
    [`${path}/edit`, 403],
  ] as const) {
    const eve = visitor(site)
    eve.submit('/signup', 'post', '/signup', { email: `eve${status}@example.com`, password })
    const done = eve.get(address)
    t.equal(done.status, status)
    t.match(pageOf(done), 'Your account has been created.')
    t.match(tokenOf(done), /./)
    const _csrf_token = tokenOf(done) ?? ''
    t.notMatch(pageOf(eve.get('/snippets')), 'Your account has been created.')
    const out = eve.send('POST', '/logout', { form: { _csrf_token, _method: 'delete' } })
    t.equal(out.status, 302, 'and the forms on them work')
  }
})

t.test('a snippet that goes while it is changed is not there either', async t => {
  const { repository } = makeSite()
  const site = makeSite(
    {},
    { updateSnippet: () => repository.snippet(1) as ReturnType<typeof repository.updateSnippet> },
  )
  const ada = member(site, 'ada@example.com')
  const path = write(ada, 'gone')
  t.equal(ada.submit(`${path}/edit`, 'put', path, { title: 'a', content: 'b' }).status, 404)
})

t.test('what people write is text, never HTML', async t => {
  const site = makeSite()
  const evil = `"><script>alert('x')</script><img src=x onerror="alert(1)">&amp;`
  const eve = member(site, `"<b>eve</b>"@example.com`)
  const path = write(eve, evil, `</pre></textarea>${evil}`)
  for (const page of [
    eve.get('/'),
    eve.get('/snippets'),
    eve.get(path),
    eve.get(`${path}/edit`),
    eve.get('/account'),
    eve.get('/dev/session'),
    eve.submit(`${path}/edit`, 'put', path, { title: evil.repeat(9), content: `</textarea>${evil}` }),
    visitor(site).submit('/login', 'post', '/login', { email: evil, password: evil }),
    visitor(site).submit('/signup', 'post', '/signup', { email: evil, password: evil }),
  ]) {
    const html = pageOf(page)
    t.notMatch(html, /<script|<img|<b>|onerror="/)
    t.equal(html.split('</textarea>').length, html.split('<textarea').length)
    t.equal(html.split('</pre').length, html.split('<pre').length)
  }
  t.match(pageOf(eve.get(path)), '&lt;script&gt;')
  t.match(pageOf(eve.get(path)), '&amp;amp;')
})
