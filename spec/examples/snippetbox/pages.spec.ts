import t from 'tap'
import { effect, plugError } from 'plugboard'
import { locationOf, makeSite, member, pageOf, tokenOf, visitor } from './support.js'

t.test('the theme is kept in the session, shown on every page and cleared again', async t => {
  const eve = visitor(makeSite())
  const themeOf = () => /data-theme="(\w+)"/.exec(pageOf(eve.get('/')))?.[1]
  t.equal(themeOf(), undefined)
  for (const theme of ['dark', 'light']) {
    t.equal(locationOf(eve.submit('/settings', 'put', '/settings', { theme })), '/settings')
    t.match(pageOf(eve.follow()), 'Theme saved.')
    t.match(pageOf(eve.last), new RegExp(`<option value="${theme}"\\s+selected`))
    t.equal(themeOf(), theme)
  }
  for (const theme of ['', 'plaid']) {
    eve.submit('/settings', 'put', '/settings', { theme })
    t.match(pageOf(eve.follow()), 'Theme cleared.')
    t.equal(themeOf(), undefined)
    t.notMatch(pageOf(eve.get('/dev/session')), 'theme</th')
  }
})

t.test('a plain form may be sent to the settings and to the account too', async t => {
  const ada = member(makeSite(), 'ada@example.com')
  t.equal(ada.submit('/settings', 'post', '/settings', { theme: 'dark' }).status, 302)
  t.match(pageOf(ada.follow()), 'data-theme="dark"')
  t.equal(ada.submit('/account', 'post', '/account').status, 302)
  t.equal(locationOf(ada.get('/account')), '/login')
})

t.test('the theme outlives a log-in, and ends with a log-out', async t => {
  const eve = visitor(makeSite())
  eve.submit('/settings', 'put', '/settings', { theme: 'dark' })
  eve.submit('/signup', 'post', '/signup', { email: 'eve@example.com', password: 'correct horse battery' })
  t.match(pageOf(eve.follow()), 'data-theme="dark"')
  eve.submit('/', 'delete', '/logout')
  t.notMatch(pageOf(eve.follow()), 'data-theme')
})

t.test('the menu shows what one can do', async t => {
  const site = makeSite()
  const menu = (html: string) =>
    [...(/<nav[\s\S]*?<\/nav>/.exec(html)?.[0] ?? '').matchAll(/(?:href|action)="([^"]+)"/g)].map(
      ([, href]) => href,
    )
  t.strictSame(menu(pageOf(visitor(site).get('/'))), ['/', '/snippets', '/settings', '/login', '/signup'])
  t.strictSame(menu(pageOf(member(site, 'a@example.com').get('/'))), [
    '/',
    '/snippets',
    '/settings',
    '/account',
    '/logout',
  ])
})

t.test('a form without its token is refused, and a page says what to do', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const token = tokenOf(ada.get('/snippets/new')) as string
  const form = { title: 'forged', content: 'x' }
  for (const _csrf_token of [
    '',
    'x',
    token.slice(1),
    `${token}x`,
    tokenOf(visitor(site).get('/login')) as string,
  ])
    for (const [path, more] of [
      ['/snippets', {}],
      ['/logout', { _method: 'delete' }],
      ['/settings', { _method: 'put' }],
    ] as const) {
      const done = ada.send('POST', path, { form: { ...form, ...more, _csrf_token } })
      t.equal(done.status, 403)
      t.match(pageOf(done), 'Go back, reload the page and send it again.')
      t.match(pageOf(done), 'href="/app.css"')
      t.match(done.respHeaders.get('content-security-policy'), "default-src 'none'")
    }
  t.equal(ada.send('POST', `/snippets?_csrf_token=${token}`, { form }).status, 403, 'a query is no form')
  t.equal(ada.send('DELETE', '/logout').status, 403)
  t.notMatch(pageOf(ada.get('/snippets')), 'forged')
  t.equal(ada.get('/account').status, 200)
  t.equal(ada.send('DELETE', '/logout', { headers: { 'x-csrf-token': token } }).status, 302)
})

t.test('GET changes nothing', async t => {
  const ada = member(makeSite(), 'ada@example.com')
  for (const path of ['/logout', '/logout?_method=delete']) t.equal(ada.get(path).status, 404)
  for (let i = 0; i < 2; i++) t.equal(ada.get('/account?_method=delete').status, 200)
})

t.test('the whole session is shown in development, and nowhere else', async t => {
  const shows = (NODE_ENV: string | undefined) => {
    const who = visitor(makeSite({ NODE_ENV }), { seed: 'session' })
    who.submit('/settings', 'put', '/settings', { theme: 'dark' })
    who.follow()
    return who.get('/dev/session')
  }
  const page = shows('development')
  t.equal(page.status, 200)
  t.match(pageOf(page), /theme<\/th>\s*<td>&quot;dark&quot;/)
  t.match(pageOf(page), '_csrf_token')
  t.match(pageOf(visitor(makeSite()).get('/dev/session')), 'The session is empty.')
  const whole = visitor(makeSite()).get('/dev/session', { session: { big: 2n ** 70n, list: [1, null] } })
  t.match(pageOf(whole), '1180591620717411303424')
  t.match(pageOf(whole), '[1,null]')
  for (const mode of ['test', 'production', undefined]) {
    const done = shows(mode)
    t.equal(done.status, 404)
    t.notMatch(pageOf(done), /theme<|_csrf_token/)
  }
})

t.test('what is not there is a page of the site', async t => {
  const ada = member(makeSite(), 'ada@example.com')
  const done = ada.get('/nowhere')
  t.equal(done.status, 404)
  t.match(pageOf(done), '<h1>Page not found</h1>')
  t.match(pageOf(done), 'ada@example.com')
  t.equal(ada.get('/%zz', { headers: { accept: 'text/html' } }).status, 400)
  t.match(pageOf(ada.last), 'That did not work')
})

t.test('HEAD is answered as GET is', async t => {
  t.equal(visitor(makeSite()).send('HEAD', '/snippets').status, 200)
})

t.test('the health check says whether the database answers, and needs no browser', async t => {
  const done = visitor(makeSite()).get('/healthz')
  t.equal(done.status, 200)
  t.equal(done.respBody, 'ok')
  const ping = () => effect.failed(plugError(503, 'DatabaseUnavailable', 'no database'))
  const ill = visitor(makeSite({}, { ping }))
  t.equal(ill.get('/healthz').status, 503)
  t.equal(ill.last.respBody, 'Service Unavailable\n')
})

t.test('when the database fails, a page says so and tells nothing', async t => {
  const failing = (status: number) => () =>
    effect.failed(plugError(status, 'Database', 'secret detail', { cause: 'secret' }))
  const page = (status: number, accept = 'text/html') =>
    visitor(makeSite({}, { latestSnippets: failing(status) })).get('/', { headers: { accept } })
  t.match(pageOf(page(503)), 'Try again in a moment.')
  t.match(pageOf(page(500)), 'Something went wrong')
  t.notMatch(pageOf(page(500)), 'secret')
  t.equal(page(500).status, 500)
})

t.test(
  'a failed request leaves the session as it was: a flash waits for a page that can show it',
  async t => {
    let broken = false
    const { repository } = makeSite()
    const site = makeSite(
      {},
      {
        latestSnippets: n =>
          broken ? effect.failed(plugError(503, 'Down', 'down')) : repository.latestSnippets(n),
      },
    )
    const ada = visitor(site)
    ada.submit('/signup', 'post', '/signup', { email: 'ada@example.com', password: 'correct horse battery' })
    broken = true
    t.equal(ada.follow().status, 503)
    t.match(pageOf(ada.last), 'ada@example.com', 'the page around it is whole')
    t.notMatch(pageOf(ada.last), 'Your account has been created.')
    broken = false
    t.match(pageOf(ada.get('/')), 'Your account has been created.')
  },
)

t.test('who asks for something other than a page gets no page', async t => {
  const eve = visitor(makeSite())
  const json = eve.get('/', { headers: { accept: 'application/json' } })
  t.equal(json.status, 406)
  t.match(json.respHeaders.get('content-type'), 'application/json')
  t.equal(eve.send('POST', '/login', { json: [], headers: { accept: 'application/json' } }).status, 406)
  const body = 'a'.repeat(1_000_001)
  const large = eve.send('POST', '/login', {
    body: `a=${body}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
  })
  t.equal(large.status, 413)
  t.match(pageOf(large), 'Too large')
})

t.test('pages say what browsers may do with them', async t => {
  const { respHeaders } = visitor(makeSite()).get('/')
  t.match(respHeaders.get('content-security-policy'), "default-src 'none'; style-src 'self'")
  t.equal(respHeaders.get('x-content-type-options'), 'nosniff')
  t.ok(respHeaders.get('x-request-id'))
})

t.test('each request is logged as one record', async t => {
  const site = makeSite()
  visitor(site).get('/snippets?page=2')
  t.equal(site.log.length, 1)
  t.match(site.log[0], { level: 'info', method: 'GET', path: '/snippets', status: 200, route: '/snippets' })
})

t.test('behind a proxy that is trusted, the scheme and the address are what it says', async t => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }
  const page = (TRUSTED_PROXIES: string) => {
    const site = makeSite({ TRUSTED_PROXIES })
    const done = visitor(site).get('/login', { headers })
    return [done.respCookies['_snippetbox_key']?.secure, site.log[0]?.remoteIp]
  }
  t.strictSame(page('loopback'), [true, '192.0.2.7'])
  t.strictSame(page(''), [undefined, '127.0.0.1'])
})
