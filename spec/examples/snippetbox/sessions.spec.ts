import t from 'tap'
import { createHash } from 'node:crypto'
import { right } from 'fp-ts/lib/Either.js'
import { encodeCookie, type SetCookie } from 'plugboard'
import { sessionAge } from '../../../examples/snippetbox/auth.js'
import {
  day,
  isLoggedIn,
  locationOf,
  logIn,
  logOut,
  makeSite,
  member,
  minute,
  pageOf,
  password,
  signUp,
  start,
  tokenOf,
  visitor,
} from './support.js'

const loginFirst = 'You must log in to access this page.'
const expired = 'Your session has expired. Please log in again.'

t.test('who is not logged in logs in first, and then gets the page that was asked for', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  for (const path of ['/account', '/snippets/new?title=a%20b&x=1', '/account/?']) {
    const ada = visitor(site)
    t.equal(ada.get(path).status, 302)
    t.equal(locationOf(ada.last), '/login')
    t.match(pageOf(ada.follow()), loginFirst)
    t.notMatch(pageOf(ada.get('/login')), loginFirst, 'the flash is shown once')
    logIn(ada, 'ada@example.com')
    t.equal(locationOf(ada.last), path.replace(/\?$/, ''))
    t.equal(ada.follow().status, 200)
    t.match(pageOf(ada.last), 'Welcome back!')
  }
})

t.test('signing up leads to the page that was asked for too, and only once', async t => {
  const ada = visitor(makeSite())
  ada.get('/account')
  t.equal(locationOf(signUp(ada, 'ada@example.com')), '/account')
  ada.submit('/', 'delete', '/logout')
  t.equal(locationOf(logIn(ada, 'ada@example.com')), '/')
})

t.test('a path that leads to another site is not returned to', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  for (const path of ['//account', '//account/', '///account', '/account//%09/x', '/%09/account']) {
    const ada = visitor(site)
    ada.get(`http://www.example.com${path}`)
    logIn(ada, 'ada@example.com')
    t.equal(locationOf(ada.last), '/', path)
  }
  for (const returnTo of [
    '//x',
    '/\\x',
    '\\\\x',
    'https://x',
    'x',
    '',
    '/a\nb',
    '/a\\b',
    '/a/%09/b',
    7,
    null,
  ]) {
    const ada = visitor(site)
    const _csrf_token = tokenOf(ada.get('/login')) as string
    const form = { email: 'ada@example.com', password: 'correct horse battery', _csrf_token }
    t.equal(locationOf(ada.send('POST', '/login', { form, session: { returnTo } })), '/', String(returnTo))
  }
})

t.test('only a page that can be got is returned to', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const ada = visitor(site)
  t.equal(locationOf(ada.submit('/login', 'post', '/snippets', { title: 'a', content: 'b' })), '/login')
  t.match(pageOf(ada.follow()), loginFirst)
  t.equal(locationOf(logIn(ada, 'ada@example.com')), '/')
})

t.test('a log-in makes the session new: its token, its CSRF state and, where it has one, its id', async t => {
  for (const store of ['cookie', 'memory']) {
    const site = makeSite({ SESSION_STORE: store })
    member(site, 'ada@example.com')
    const ada = visitor(site)
    const before = tokenOf(ada.get('/login')) as string
    const cookieBefore = ada.cookie() as string
    logIn(ada, 'ada@example.com')
    t.not(ada.cookie(), cookieBefore)
    ada.follow()
    t.equal(
      ada.send('POST', '/logout', { form: { _csrf_token: before, _method: 'delete' } }).status,
      403,
      store,
    )
    const fixed = visitor(site, { cookies: { _snippetbox_key: cookieBefore } })
    t.notOk(isLoggedIn(fixed), 'who knew the session before knows nothing of it after')
  }
})

t.test('the session holds a random token of 32 bytes, and the store is given its hash alone', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const tokenIn = (page: string): string =>
    /user_token<\/th>\s*<td>&quot;([\w-]{43})&quot;/.exec(page)?.[1] ?? ''
  const first = tokenIn(pageOf(ada.get('/dev/session')))
  logOut(ada)
  logIn(ada, 'ada@example.com')
  const session = pageOf(ada.get('/dev/session'))
  const token = tokenIn(session)
  t.match(token, /^[\w-]{43}$/)
  t.not(token, first)
  t.match(session, String(start / 1000))
  const hash = createHash('sha256').update(token).digest()
  t.notMatch(session, hash.toString('hex'))
  const user = { id: 1, email: 'ada@example.com' }
  t.strictSame(site.tokens.find(hash)(), right({ user, insertedAt: start, authenticatedAt: start }))
  t.strictSame(site.tokens.find(Buffer.from(token))(), right(undefined))
})

for (const store of ['cookie', 'memory'])
  t.test(`a session is good for seven days (${store} store)`, async t => {
    const ada = member(
      makeSite({ SESSION_STORE: store, SESSION_MAX_AGE: String(60 * 24 * 60 * 60) }),
      'a@example.com',
    )
    ada.wait(sessionAge * 1000)
    t.ok(isLoggedIn(ada), 'on the seventh day it still is')
    ada.wait(1000)
    t.equal(ada.get('/snippets').status, 302, 'then even pages that need no log-in say so')
    t.equal(locationOf(ada.last), '/login')
    t.match(pageOf(ada.follow()), expired)
    t.notMatch(pageOf(ada.get('/login')), expired)
    t.equal(ada.get('/snippets').status, 200)
    t.notOk(isLoggedIn(ada))
    t.equal(logIn(ada, 'a@example.com').status, 302)
    t.ok(isLoggedIn(ada))
  })

t.test('an expired session changes nothing', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const _csrf_token = tokenOf(ada.get('/snippets/new')) as string
  ada.wait(8 * day)
  const done = ada.send('POST', '/snippets', { form: { title: 'late', content: 'x', _csrf_token } })
  t.equal(locationOf(done), '/login')
  t.notMatch(pageOf(ada.get('/snippets')), 'late')
})

t.test('a token is good for 60 days, whatever the session says', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const session = { user_token: 'x'.repeat(43), logged_in_at: (start + 59 * day) / 1000 }
  const hash = createHash('sha256').update(session.user_token).digest()
  const times = { insertedAt: start, authenticatedAt: start + 59 * day }
  site.tokens.insert({ id: 1, email: 'ada@example.com' }, hash, times)()
  ada.wait(59 * day)
  t.equal(ada.get('/account', { session }).status, 200)
  ada.wait(day)
  t.equal(visitor(site, { now: start + 60 * day }).get('/account', { session }).status, 302)
})

t.test('who asked to be remembered is logged in again when the browser has been closed', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const ada = visitor(site)
  const form = { email: 'ada@example.com', password, remember_me: 'true' }
  const { respCookies } = ada.submit('/login', 'post', '/login', form)
  const cookie = respCookies['_snippetbox_remember_me']
  t.match(cookie, { maxAge: 60 * 24 * 60 * 60, httpOnly: true, sameSite: 'Lax' })
  const cookies = { _snippetbox_remember_me: cookie?.value ?? '' }
  const reopened = visitor(site, { cookies })
  t.equal(reopened.get('/account').status, 200)
  t.ok(reopened.cookie(), 'it has a session again')
  reopened.wait(40 * day)
  t.ok(isLoggedIn(reopened), 'and is not asked after seven days')
  logOut(reopened)
  t.notOk(isLoggedIn(reopened))
  const later = visitor(site, { cookies })
  t.equal(later.get('/account').status, 200, 'the token of then was replaced, and is good for 60 days')
  later.submit('/account/confirm', 'post', '/account/confirm', { password })
  later.submit('/account', 'delete', '/account')
  t.equal(visitor(site, { cookies }).get('/account').status, 302, 'unless one logs out everywhere')
})

t.test('nobody is remembered who did not ask for it', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const ada = visitor(site)
  logIn(ada, 'ada@example.com')
  t.equal(ada.last.respCookies['_snippetbox_remember_me'], undefined)
})

for (const store of ['cookie', 'memory'])
  t.test(
    `who logs out everywhere long after the log-in says first who they are (${store} store)`,
    async t => {
      const site = makeSite({ SESSION_STORE: store })
      const ada = member(site, 'ada@example.com')
      const phone = visitor(site)
      logIn(phone, 'ada@example.com')
      ada.wait(10 * minute)
      t.equal(locationOf(ada.submit('/account', 'delete', '/account')), '/account/confirm')
      t.match(pageOf(ada.follow()), 'You must re-authenticate to access this page.')
      t.ok(isLoggedIn(phone), 'nothing has happened')
      t.equal(ada.submit('/account/confirm', 'post', '/account/confirm', { password: 'wrong' }).status, 422)
      t.match(pageOf(ada.last), 'Invalid password')
      const before = ada.cookie()
      t.equal(
        locationOf(ada.submit('/account/confirm', 'post', '/account/confirm', { password })),
        '/account',
      )
      t.not(ada.cookie(), before)
      t.equal(locationOf(ada.submit('/account', 'delete', '/account')), '/')
      t.notOk(isLoggedIn(phone))
      t.notOk(isLoggedIn(ada))
    },
  )

t.test('guesses at the password are counted there too', async t => {
  const ada = member(makeSite(), 'ada@example.com')
  const guess = () =>
    ada.submit('/account/confirm', 'post', '/account/confirm', { password: 'wrong password' }).status
  for (let i = 0; i < 5; i++) t.equal(guess(), 422)
  t.equal(guess(), 429)
})

t.test('a session that was tampered with, or is of another secret, is no session', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  const cookie = ada.cookie() as string
  const other = makeSite({
    SECRET_KEY_BASE: 'another secret, and it is long enough as well: the keys differ altogether',
  })
  for (const [where, value] of [
    [site, `${cookie}x`],
    [site, cookie.slice(1)],
    [site, cookie.replace(/\.[^.]*$/, '')],
    [site, '%%%'],
    [site, ''],
    [other, cookie],
  ] as const) {
    const eve = visitor(where, { cookies: { _snippetbox_key: value } })
    t.equal(eve.get('/').status, 200)
    t.notOk(isLoggedIn(eve))
  }
})

/** The `Set-Cookie` header of a page with a form. */
const setCookie = (env: Readonly<Record<string, string | undefined>>, url: string): string => {
  const { respCookies, now } = visitor(makeSite(env)).get(url)
  return encodeCookie('_snippetbox_key', respCookies['_snippetbox_key'] as SetCookie, now)
}

t.test('in development the cookie ends with the browser, and is secure where the page is', async t => {
  t.match(
    setCookie({}, 'http://localhost/login'),
    /^_snippetbox_key=[\w.-]+; path=\/; HttpOnly; SameSite=Lax$/,
  )
  t.match(setCookie({}, 'https://localhost/login'), /; path=\/; secure; HttpOnly; SameSite=Lax$/)
})

t.test('in production the cookie is secure, and is kept for 60 days', async t => {
  t.match(
    setCookie({ NODE_ENV: undefined }, 'http://localhost/login'),
    /; path=\/; expires=Mon, 02 Mar 2026 00:00:00 GMT; max-age=5184000; secure; HttpOnly; SameSite=Lax$/,
  )
})

t.test('the cookie is encrypted, and can be named otherwise', async t => {
  const readable = (env: Readonly<Record<string, string>>): boolean => {
    const who = visitor(makeSite(env))
    who.get('/login')
    const cookies = Object.values(who.last.respCookies).map(({ value }) =>
      Buffer.from(value.split('.')[1] ?? '', 'base64url'),
    )
    return cookies.some(bytes => bytes.includes('_csrf_token'))
  }
  t.notOk(readable({}))
  t.notOk(readable({ SESSION_ENCRYPTION_SALT: '' }))
  const sealed = visitor(makeSite({ SESSION_ENCRYPTION_SALT: 'another salt' }))
  sealed.get('/login')
  t.match(sealed.cookie(), /^XCP\./)
  const named = visitor(makeSite({ SESSION_KEY: '_other_key' }))
  t.strictSame(Object.keys(named.get('/login').respCookies), ['_other_key'])
})

t.test('pages without a form set no cookie', async t => {
  const eve = visitor(makeSite())
  for (const path of ['/', '/snippets', '/healthz', '/nowhere', '/dev/session'])
    t.strictSame(Object.keys(eve.get(path).respCookies), [], path)
  for (const path of ['/login', '/signup', '/settings'])
    t.strictSame(Object.keys(visitor(makeSite()).get(path).respCookies), ['_snippetbox_key'], path)
})
