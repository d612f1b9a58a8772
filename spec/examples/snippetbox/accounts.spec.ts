import t from 'tap'
import { effect, plugError } from 'plugboard'
import { conn, run } from 'plugboard/testing'
import { makeMemoryRepository } from '../../../examples/snippetbox/data/memory-repository.js'
import {
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
  tokenOf,
  visitor,
} from './support.js'

t.test('who signs up is logged in, and is told so once', async t => {
  const ada = visitor(makeSite())
  t.equal(signUp(ada, 'ada@example.com').status, 302)
  t.equal(locationOf(ada.last), '/')
  t.match(pageOf(ada.follow()), 'Your account has been created.')
  t.match(pageOf(ada.last), 'ada@example.com')
  t.notMatch(pageOf(ada.get('/')), 'Your account has been created.')
  t.ok(isLoggedIn(ada))
})

t.test('a sign-up with mistakes is shown again, with what was typed except the password', async t => {
  const ada = visitor(makeSite())
  const done = ada.submit('/signup', 'post', '/signup', { email: '"ada" & co', password: '<short>' })
  t.equal(done.status, 422)
  t.match(pageOf(done), 'value="&quot;ada&quot; &amp; co"')
  t.match(pageOf(done), 'Email must have the @ sign and no spaces')
  t.match(pageOf(done), 'Password should be at least 8 characters')
  t.match(pageOf(done), 'aria-invalid="true"')
  t.notMatch(pageOf(done), 'short')
  t.notOk(isLoggedIn(ada))
})

t.test('an address that is taken cannot be taken again, in whatever case', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const done = signUp(visitor(site), ' ADA@example.com ')
  t.equal(done.status, 422)
  t.match(pageOf(done), 'Email has already been taken')
  t.match(pageOf(done), 'value="ADA@example.com"')
})

t.test('fields that are missing, or are no text, are empty', async t => {
  const eve = visitor(makeSite())
  for (const path of ['/signup', '/login']) {
    t.equal(eve.submit(path, 'post', path).status, 422)
    const token = tokenOf(eve.last) ?? ''
    const body = `_csrf_token=${token}&email[a]=1&email[__proto__]=2&password[]=3`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    t.equal(eve.send('POST', path, { body, headers }).status, 422)
  }
})

t.test('who logs in is welcomed once, on the front page', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const ada = visitor(site)
  t.equal(logIn(ada, 'Ada@Example.com').status, 302)
  t.equal(locationOf(ada.last), '/')
  t.match(pageOf(ada.follow()), 'Welcome back!')
  t.notMatch(pageOf(ada.get('/')), 'Welcome back!')
})

t.test('a wrong password and an unknown address get the same answer', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const page = (email: string): string => {
    const done = logIn(visitor(site, { seed: 'the same' }), email, 'wrong password')
    t.equal(done.status, 422)
    return pageOf(done).replaceAll(email, 'EMAIL')
  }
  const wrong = page('ada@example.com')
  t.match(wrong, 'Invalid email or password')
  t.match(wrong, 'value="EMAIL"')
  t.equal(page('nobody@example.com'), wrong)
})

t.test('logging out ends the session, and is told once', async t => {
  const ada = member(makeSite(), 'ada@example.com')
  t.equal(logOut(ada).status, 302)
  t.equal(locationOf(ada.last), '/')
  t.match(pageOf(ada.follow()), 'Logged out successfully.')
  t.notMatch(pageOf(ada.get('/')), 'Logged out successfully.')
  t.notOk(isLoggedIn(ada))
})

t.test('who is not logged in may log out, to no harm', async t => {
  const eve = visitor(makeSite())
  t.equal(eve.submit('/login', 'delete', '/logout').status, 302)
  t.match(pageOf(eve.follow()), 'Logged out successfully.')
})

for (const store of ['cookie', 'memory'])
  t.test(`an old cookie of someone who has logged out is of no use (${store} store)`, async t => {
    const site = makeSite({ SESSION_STORE: store })
    const ada = member(site, 'ada@example.com')
    t.ok(isLoggedIn(ada))
    const cookie = ada.cookie() as string
    logOut(ada)
    const thief = visitor(site, { cookies: { _snippetbox_key: cookie } })
    t.notOk(isLoggedIn(thief))
    t.equal(locationOf(thief.last), '/login')
  })

for (const store of ['cookie', 'memory'])
  t.test(
    `logging out everywhere ends all sessions of a user, and nobody else's (${store} store)`,
    async t => {
      const site = makeSite({ SESSION_STORE: store })
      const desk = member(site, 'ada@example.com')
      const phone = visitor(site)
      const bob = member(site, 'bob@example.com')
      logIn(phone, 'ada@example.com')
      t.ok(isLoggedIn(phone))
      t.equal(desk.submit('/account', 'delete', '/account').status, 302)
      t.match(pageOf(desk.follow()), 'You are logged out everywhere.')
      t.notOk(isLoggedIn(desk))
      t.notOk(isLoggedIn(phone))
      t.ok(isLoggedIn(bob))
    },
  )

t.test('the account page names the user and the time of the log-in', async t => {
  const page = pageOf(member(makeSite(), 'ada@example.com').get('/account'))
  t.match(page, '<strong>ada@example.com</strong>')
  t.match(page, '2026-01-01 00:00 UTC')
})

t.test('who is logged in is sent on from the log-in and sign-up pages', async t => {
  const ada = member(makeSite(), 'ada@example.com')
  for (const path of ['/login', '/signup']) t.equal(locationOf(ada.get(path)), '/')
})

t.test('guesses at one account are slowed down, from wherever they come', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const guess = (i: number) =>
    logIn(visitor(site, { remoteIp: `192.0.2.${i}` }), 'ada@example.com', 'wrong password')
  for (let i = 0; i < 5; i++) t.equal(guess(i).status, 422)
  const refused = guess(5)
  t.equal(refused.status, 429)
  t.equal(refused.respHeaders.get('retry-after'), '1')
  t.match(pageOf(refused), 'Too many attempts. Try again in a second.')
  t.match(pageOf(refused), 'value="ada@example.com"')

  const ada = visitor(site)
  t.equal(logIn(ada, 'ada@example.com').status, 429, 'the right password has to wait too')
  ada.wait(1000)
  t.equal(logIn(ada, 'ada@example.com').status, 302)
  t.ok(isLoggedIn(ada))
  t.equal(guess(6).status, 422, 'and then the count begins anew')
})

t.test('guesses from one address are slowed down, whatever the account', async t => {
  const site = makeSite()
  member(site, 'ada@example.com')
  const eve = visitor(site, { remoteIp: '192.0.2.1' })
  for (let i = 0; i < 20; i++) t.equal(logIn(eve, `user${i}@example.com`).status, 422)
  t.equal(logIn(eve, 'ada@example.com').status, 429)
  t.equal(logIn(visitor(site), 'ada@example.com').status, 302, 'other addresses need not wait')
  eve.wait(15 * minute)
  t.equal(logIn(eve, 'ada@example.com').status, 302)
})

t.test('a busy server does not count as a wrong password, nor as a sign-up', async t => {
  const busy = plugError(503, 'Busy', 'The server is busy.')
  let isBusy = false
  const real = makeMemoryRepository()
  const site = makeSite(
    {},
    {
      ...real,
      authenticate: credentials => (isBusy ? effect.failed(busy) : real.authenticate(credentials)),
      register: (credentials, now) => (isBusy ? effect.failed(busy) : real.register(credentials, now)),
    },
  )
  member(site, 'ada@example.com')
  const ada = visitor(site)
  isBusy = true
  for (let i = 0; i < 30; i++) {
    t.equal(logIn(ada, 'ada@example.com').status, 503)
    t.equal(signUp(visitor(site), `user${i}@example.com`).status, 503)
  }
  isBusy = false
  t.equal(logIn(ada, 'ada@example.com').status, 302)
  t.equal(signUp(visitor(site), 'bob@example.com').status, 302)
})

t.test('sign-ups from one network are slowed down', async t => {
  const site = makeSite()
  const from = (i: number) => visitor(site, { remoteIp: `2001:db8::${i}` })
  for (let i = 0; i < 10; i++) t.equal(signUp(from(i), `user${i}@example.com`).status, 302)
  const refused = signUp(from(10), 'user10@example.com')
  t.equal(refused.status, 429)
  t.equal(refused.respHeaders.get('retry-after'), '1')
  t.match(pageOf(refused), 'Too many attempts. Try again in a second.')
  t.match(pageOf(refused), 'value="user10@example.com"')
  t.equal(signUp(visitor(site, { remoteIp: '2001:db8:0:1::1' }), 'eve@example.com').status, 302)
  const later = from(11)
  later.wait(1000)
  t.equal(signUp(later, 'user11@example.com').status, 302)
})

t.test('passwords are neither logged nor shown', async t => {
  const site = makeSite()
  const ada = member(site, 'ada@example.com')
  logIn(visitor(site), 'ada@example.com', 'wrong password')
  const log = JSON.stringify(site.log)
  t.match(log, 'ada@example.com')
  t.notMatch(log, password)
  t.notMatch(log, 'wrong password')
  t.notMatch(log, tokenOf(ada.get('/')) as string)
})

t.test('calling the app performs nothing', async t => {
  const site = makeSite()
  const who = visitor(site)
  const _csrf_token = tokenOf(who.get('/signup')) as string
  const form = { email: 'ada@example.com', password, _csrf_token }
  const cookies = { _snippetbox_key: who.cookie() as string }
  const request = conn('POST', '/signup', { form, cookies })
  t.type(site.app(request), 'function', 'an effect that nobody has run')
  t.equal(logIn(visitor(site), 'ada@example.com').status, 422, 'nobody has signed up')
  t.equal(run(site.app)(request).status, 302)
  t.equal(logIn(visitor(site), 'ada@example.com').status, 302)
})
