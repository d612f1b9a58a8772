import { createHash } from 'node:crypto'
import { left, right } from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import t from 'tap'
import {
  assign,
  pipeline,
  sessionUnavailable,
  text,
  type Assigned,
  type Conn,
  type Effect,
} from '../../../lib/index.js'
import { deepFreeze } from '../../../lib/testing/deep-freeze.js'
import { encodeUri } from '../../../lib/http/uri.js'
import { conn, run } from '../../../lib/testing/index.js'
import { sign } from '../../../lib/crypto/index.js'
import { authentication, memoryTokenStore, type TokenStore } from '../../../plugs/auth/index.js'
import { fetchFlash } from '../../../plugs/flash.js'
import { cookieStore, fetchSession, session } from '../../../plugs/session/index.js'
import {
  ada,
  bob,
  day,
  locationOf,
  makeSite,
  minute,
  remembering,
  secretKeyBase,
  start,
  stores,
  visitor,
  type User,
} from './kit.js'

const hash = (token: string | Uint8Array): Buffer => createHash('sha256').update(token).digest()

for (const [name, store] of Object.entries(stores)) {
  t.test(`who logs in is known until they log out (${name} store)`, async t => {
    const who = visitor(makeSite({ store }))
    t.equal(who.read('/'), 'nobody')
    t.equal(locationOf(who.get('/ada')), '/')
    t.equal(who.last.status, 302)
    t.equal(who.read('/'), `ada ${start}`)
    const copy = who.copy()
    t.equal(locationOf(who.get('/out')), '/')
    t.match(who.read('/flash'), 'Logged out successfully.')
    t.equal(who.read('/'), 'nobody')
    t.equal(copy.read('/'), 'nobody', 'a copy of the cookies is of no use')
  })

  t.test(
    `a log-in leaves nothing of the session before it but what is to be kept (${name} store)`,
    async t => {
      const site = makeSite({ store, options: { keep: ['theme', 'user_token'] } })
      const who = visitor(site)
      who.get('/put')
      const token = who.read('/form')
      const before = who.copy()
      const cookie = who.cookies()['_key']
      who.get('/ada')
      t.not(who.cookies()['_key'], cookie)
      const held = JSON.parse(who.read('/session')) as Readonly<Record<string, unknown>>
      t.strictSame(Object.keys(held).sort(), ['logged_in_at', 'theme', 'user_token'])
      t.match(held, { theme: 'dark', logged_in_at: start / 1000, user_token: /^[\w-]{43}$/ })
      t.equal(who.post('/form', { form: { _csrf_token: token } }).status, 403, 'the CSRF state is new')
      t.equal(before.read('/'), 'nobody', 'who knew the session before knows nothing of it after')
      t.equal(who.post('/form', { form: { _csrf_token: who.read('/form') } }).status, 200)
    },
  )

  t.test(`logging out everywhere ends open sessions at once, and nobody else's (${name} store)`, async t => {
    const site = makeSite({ store })
    const [desk, phone, other] = [visitor(site), visitor(site), visitor(site)]
    desk.get('/ada')
    phone.get('/remember')
    other.get('/bob')
    t.equal(locationOf(desk.get('/out/everywhere')), '/')
    t.match(desk.read('/flash'), 'You are logged out everywhere.')
    for (const each of [desk, phone, phone.reopen()]) t.equal(each.read('/'), 'nobody')
    t.match(other.read('/'), 'bob')
  })

  t.test(`logging out elsewhere leaves this one (${name} store)`, async t => {
    const site = makeSite({ store })
    const [desk, phone, other] = [visitor(site), visitor(site), visitor(site)]
    desk.get('/ada')
    phone.get('/ada')
    other.get('/bob')
    t.equal(desk.read('/out/elsewhere'), 'done')
    t.match(
      [desk, phone, other].map(each => each.read('/')),
      [/ada/, 'nobody', /bob/],
    )
  })

  t.test(
    `a log-in is remembered when the browser has been closed, if that was asked for (${name} store)`,
    async t => {
      const site = makeSite({ store, options: { keep: ['theme'] } })
      const who = visitor(site)
      who.get('/ada')
      t.equal(who.reopen().read('/'), 'nobody')
      const { respCookies } = who.get('/remember')
      t.match(respCookies[remembering], { maxAge: 14 * 86_400, sameSite: 'Lax', httpOnly: true })
      const again = who.reopen()
      again.wait(minute)
      t.equal(again.read('/'), `ada ${start}`, 'it was then that they proved who they are')
      t.ok(again.cookies()['_key'], 'there is a session again')
      t.match(JSON.parse(again.read('/session')), { user_remember_me: true, logged_in_at: start / 1000 })
      const forged = visitor(site, { cookies: { [remembering]: `${who.cookies()[remembering]}x` } })
      t.equal(forged.read('/'), 'nobody')
      t.strictSame(forged.last.respCookies, {})
      again.get('/out')
      t.match(again.last.respCookies[remembering], { value: '', maxAge: 0 })
      t.equal(who.read('/'), 'nobody', 'it was one log-in')
      t.equal(who.reopen().read('/'), 'nobody')
    },
  )

  t.test(
    `a remembered session begins anew: no id that somebody planted is good for it (${name} store)`,
    async t => {
      const site = makeSite({ store, options: { keep: ['theme'] } })
      const who = visitor(site)
      who.get('/remember')
      const thief = visitor(site)
      thief.get('/put')
      const token = thief.read('/form')
      const victim = visitor(site, {
        cookies: {
          _key: thief.cookies()['_key'] as string,
          [remembering]: who.cookies()[remembering] as string,
        },
      })
      t.match(victim.read('/'), 'ada')
      t.equal(thief.read('/'), 'nobody')
      t.equal(victim.post('/form', { form: { _csrf_token: token } }).status, 403)
      t.strictSame(
        Object.keys(JSON.parse(victim.read('/session')) as object).sort(),
        ['_csrf_token', 'logged_in_at', 'theme', 'user_remember_me', 'user_token'].filter(
          key => key !== '_csrf_token',
        ),
      )
    },
  )
}

t.test('who is nobody gets neither a session nor a cookie', async t => {
  const who = visitor(makeSite())
  for (const path of ['/', '/anonymous', '/session']) t.strictSame(who.get(path).respCookies, {}, path)
  t.strictSame(visitor(makeSite(), { cookies: { [remembering]: 'x' } }).get('/').respCookies, {})
})

t.test('the store is given hashes, never tokens', async t => {
  const seen: Uint8Array[] = []
  const memory = memoryTokenStore<User>()
  const tokens: typeof memory = {
    insert: (user, each, times, replaces) => (seen.push(each), memory.insert(user, each, times, replaces)),
    find: each => (seen.push(each), memory.find(each)),
    delete: each => (seen.push(each), memory.delete(each)),
    deleteAll: (user, each) => (each && seen.push(each), memory.deleteAll(user, each)),
    deleteExpired: memory.deleteExpired,
  }
  const who = visitor(makeSite({ options: { tokens } }))
  who.get('/remember')
  const { user_token } = JSON.parse(who.read('/session')) as { readonly user_token: string }
  who.get('/out/elsewhere')
  who.get('/out')
  t.ok(seen.length >= 4)
  for (const each of seen) t.strictSame(Buffer.from(each), hash(user_token))
})

t.test('a token that Phoenix put into the session, 32 bytes, is read too', async t => {
  const site = makeSite()
  const token = Buffer.from(conn('GET', '/').entropy('a token', 32))
  site.tokens.insert(ada, hash(token), { insertedAt: start, authenticatedAt: start })()
  t.match(visitor(site).read('/', { session: { user_token: new Uint8Array(token) } }), 'ada')
  const cookie = sign(secretKeyBase, `${remembering}_cookie`, new Uint8Array(token), {
    signedAt: start / 1000,
  })
  t.match(visitor(site, { cookies: { [remembering]: cookie } }).read('/'), 'ada')
  for (const user_token of [7, null, ['x'], { a: 1 }, true, ''])
    t.equal(visitor(site).read('/', { session: { user_token } }), 'nobody')
})

t.test('a token is good for its age, by the clock of the request', async t => {
  const site = makeSite({ options: { maxAge: 600, reissueAge: 6000, sessionAge: 6000 } })
  const who = visitor(site)
  who.get('/remember')
  who.wait(600_000 - 1)
  t.match(who.read('/'), 'ada')
  who.wait(1)
  t.equal(who.read('/'), 'nobody')
  t.equal(who.reopen().read('/'), 'nobody')
})

t.test('a token of seven days is replaced, and who keeps coming stays logged in', async t => {
  const site = makeSite({ options: { sessionAge: 400 * 86_400, rememberedAge: 400 * 86_400 } })
  const who = visitor(site)
  who.get('/remember')
  const tokenNow = (): unknown =>
    (JSON.parse(who.read('/session')) as { readonly user_token: string }).user_token
  const first = tokenNow()
  who.wait(7 * day - 1)
  t.equal(tokenNow(), first)
  t.strictSame(who.last.respCookies, {})
  const old = who.copy()
  who.wait(1)
  who.get('/put')
  t.ok(who.last.respCookies[remembering], 'the cookie that remembers has the new one too')
  t.not(tokenNow(), first)
  t.match(JSON.parse(who.read('/session')), { theme: 'dark' }, 'the session goes on')
  t.match(old.read('/'), 'ada', 'requests under way are not turned away')
  for (let week = 0; week < 10; week++) {
    who.wait(7 * day)
    t.equal(who.read('/'), `ada ${start}`)
  }
  t.equal(who.reopen().read('/'), `ada ${start}`)
  who.wait(14 * day)
  t.equal(who.read('/'), 'nobody')

  const forgetful = visitor(site)
  forgetful.get('/ada')
  forgetful.wait(7 * day)
  t.match(forgetful.read('/'), 'ada')
  t.equal(
    forgetful.last.respCookies[remembering],
    undefined,
    'who is not to be remembered gets no such cookie',
  )
})

t.test('a token that is replaced while its user logs out everywhere is of no use', async t => {
  const memory = memoryTokenStore<User>()
  const tokens: TokenStore<User> = {
    ...memory,
    find: each => () => {
      const found = memory.find(each)()
      memory.deleteAll(ada)()
      return found
    },
  }
  const who = visitor(makeSite({ options: { tokens, sessionAge: 60 * 86_400 } }))
  who.get('/ada')
  who.wait(7 * day)
  t.match(who.read('/'), 'ada', 'this request came first')
  t.equal(who.read('/'), 'nobody')
})

t.test('a session ends some days after the log-in, whatever happened since', async t => {
  for (const [path, days] of [
    ['/ada', 7],
    ['/remember', 60],
  ] as const) {
    const site = makeSite()
    const who = visitor(site)
    who.get(path)
    for (let passed = 0; passed < days; passed++) {
      who.wait(day)
      t.match(who.read('/'), 'ada')
    }
    const copy = who.copy()
    who.wait(1)
    t.equal(who.get('/anonymous?x=1').status, 302)
    t.equal(locationOf(who.last), '/log-in')
    t.match(who.read('/flash'), 'Your session has expired. Please log in again.')
    t.match(JSON.parse(who.read('/session')), { returnTo: '/anonymous?x=1' })
    t.equal(who.read('/'), 'nobody')
    t.equal(copy.read('/'), 'nobody', 'its token is gone')
    t.equal(who.reopen().read('/'), 'nobody')
  }
})

t.test('a cookie logs nobody in again whose log-in is too long ago', async t => {
  const who = visitor(makeSite({ options: { rememberedAge: 60 } }))
  who.get('/remember')
  who.wait(minute)
  t.match(who.reopen().read('/'), 'ada')
  who.wait(1)
  t.equal(who.reopen().read('/'), 'nobody')
})

t.test('the age is counted from what the store says where the session does not', async t => {
  const site = makeSite()
  const { auth } = site
  const app = pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' }),
    fetchSession,
    fetchFlash,
    auth.fetchCurrentUser,
    auth.validateSessionAge,
    text('in'),
  )
  site.tokens.insert(ada, hash('x'), { insertedAt: start, authenticatedAt: start - 7 * day })()
  const visit = (now: number) =>
    run(app)(conn('GET', '/', { now, secretKeyBase, session: { user_token: 'x' } }))
  t.equal(visit(start).status, 200)
  t.equal(visit(start + 1).status, 302)
  t.strictSame(site.tokens.find(hash('x'))(), right(undefined))
})

t.test('the age is counted from what the session says where no user was fetched', async t => {
  const { validateSessionAge } = makeSite().auth
  const check = pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' }),
    fetchSession,
    authentication({ tokens: memoryTokenStore<User>(), messages: false }).validateSessionAge,
    text('in'),
  )
  const visit = (logged_in_at: unknown, more = {}): Conn | Promise<Conn> =>
    run(check)(conn('GET', '/', { now: start, secretKeyBase, session: { logged_in_at, ...more } as never }))
  t.match(visit(start / 1000 - 7 * 86_400), { status: 200 })
  t.match(visit(start / 1000 - 7 * 86_400 - 1), { status: 302 })
  t.match(visit(start / 1000 - 7 * 86_400 - 1, { user_remember_me: true }), { status: 200 })
  t.match(visit('yesterday'), { status: 200 })
  t.type(validateSessionAge, 'function')
})

t.test('who is nobody logs in first, and gets the page that was asked for', async t => {
  const site = makeSite()
  for (const path of ['/private', '/private?a=1&b=%20', '/private/']) {
    const who = visitor(site)
    t.equal(who.get(path).status, 302)
    t.ok(who.last.halted)
    t.equal(locationOf(who.last), '/log-in')
    t.match(who.read('/flash'), 'You must log in to access this page.')
    t.equal(locationOf(who.get('/ada')), path)
    t.match(who.read(path), 'ada')
    t.equal(locationOf(who.get('/ada')), '/', 'once')
  }
})

t.test('only a page of this site that can be got, and is no log-in page, is returned to', async t => {
  const site = makeSite()
  const returned = (visit: (who: ReturnType<typeof visitor>) => unknown): string | undefined => {
    const who = visitor(site)
    visit(who)
    return locationOf(who.get('/ada'))
  }
  t.equal(
    returned(who => who.get('http://example.com//private')),
    '/',
  )
  t.equal(
    returned(who => who.get('/log-in')),
    '/',
  )
  t.equal(
    returned(who => who.get(`/private?${'x'.repeat(990)}`)),
    `/private?${'x'.repeat(990)}`,
  )
  t.equal(
    returned(who => who.get(`/private?${'x'.repeat(992)}`)),
    '/',
    'a long path would not fit into a cookie',
  )
  const post = (who: ReturnType<typeof visitor>) =>
    who.post('/private', { form: { _csrf_token: who.read('/form') } })
  t.equal(returned(post), '/')
  t.equal(
    returned(who => t.equal(locationOf(post(who)), '/log-in')),
    '/',
  )
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('//x', '/\\x', '/a/%09/b', 'https://x', '/a\n')),
      returnTo => {
        const who = visitor(site)
        const to = locationOf(who.get('/ada', { session: { returnTo } })) as string
        return to === '/' || (to === encodeUri(returnTo) && new URL(to, 'http://here').host === 'here')
      },
    ),
  )
})

t.test('a log-in says where it leads, if no page was asked for', async t => {
  const leads = (returnTo: string) => locationOf(visitor(makeSite({ logIn: { returnTo } })).get('/ada'))
  t.equal(leads('/welcome'), '/welcome')
  t.equal(leads('//evil.example'), '/', 'what leads elsewhere is not gone to')
  const who = visitor(makeSite({ logIn: { returnTo: '/welcome', message: 'Hello!' } }))
  who.get('/private')
  who.get('/form')
  t.equal(locationOf(who.get('/ada')), '/private')
  t.equal(who.read('/flash'), '{"info":"Hello!"}')
})

t.test('for formats other than HTML the answer is 401', async t => {
  const site = makeSite()
  const json = { headers: { accept: 'application/json' } }
  const who = visitor(site)
  const refused = (path: string): void => {
    const done = who.get(path, json)
    t.equal(done.status, 401)
    t.equal(done.respHeaders.get('www-authenticate'), 'Session')
    t.match(done.error, { _tag: 'AppError', name: 'Unauthenticated' })
    t.strictSame(done.respCookies['_key'], undefined)
  }
  refused('/private')
  who.get('/ada')
  t.equal(who.get('/private', json).status, 200)
  who.wait(10 * minute)
  refused('/sudo')
  const copy = who.copy()
  who.wait(7 * day)
  refused('/private')
  t.equal(copy.read('/'), 'nobody', 'the expired token is gone, though no session was written')
})

t.test('sudo mode lets through who logged in a moment ago', async t => {
  const site = makeSite({ options: { sudoPath: '/prove' } })
  const who = visitor(site)
  t.equal(locationOf(who.get('/sudo')), '/log-in')
  who.get('/ada')
  who.wait(10 * minute - 1)
  t.equal(who.get('/sudo').status, 200)
  who.wait(1)
  t.equal(locationOf(who.get('/sudo')), '/prove')
  t.match(who.read('/flash'), 'You must re-authenticate to access this page.')
  const before = who.copy()
  t.equal(locationOf(who.get('/ada')), '/sudo')
  t.equal(who.get('/sudo').status, 200)
  t.equal(before.read('/'), 'nobody', 'the log-in before has ended')
})

t.test('who logs in again stays remembered, and somebody else is not', async t => {
  const site = makeSite()
  const again = visitor(site)
  again.get('/remember')
  again.get('/ada')
  t.match(again.reopen().read('/'), 'ada')
  again.get('/bob')
  t.equal(again.reopen().read('/'), 'nobody', 'the cookie of another is deleted')
  t.match(again.read('/'), 'bob')
  const not = makeSite({ logIn: { rememberMe: false } })
  const forgets = visitor(not)
  forgets.get('/remember')
  forgets.get('/ada')
  t.equal(forgets.reopen().read('/'), 'nobody')
})

t.test('who is logged in needs no log-in form', async t => {
  const who = visitor(makeSite({ options: { signedInPath: '/home' } }))
  t.equal(who.read('/anonymous'), 'a form')
  t.equal(locationOf(who.get('/ada')), '/home')
  t.equal(locationOf(who.get('/anonymous')), '/home')
})

t.test(
  'the cookie that remembers goes the ways of the session cookie, and is hidden from scripts',
  async t => {
    const cookie = {
      path: '/app',
      domain: 'example.com',
      secure: true,
      httpOnly: false,
      sameSite: 'Strict',
      maxAge: 5,
    } as const
    const who = visitor(makeSite({ cookie, options: { maxAge: 60, rememberMeCookie: 'me' } }))
    const attributes = {
      path: '/app',
      domain: 'example.com',
      secure: true,
      httpOnly: true,
      sameSite: 'Strict',
    }
    t.match(who.get('/remember').respCookies['me'], { ...attributes, maxAge: 60 })
    t.match(who.get('/out').respCookies['me'], { ...attributes, maxAge: 0, value: '' })
  },
)

t.test('without a secret nobody is remembered, and no cookie makes it fail', async t => {
  const tokens = memoryTokenStore<User>()
  const { fetchCurrentUser } = authentication({ tokens })
  const app = pipeline(fetchSession, fetchCurrentUser, text('hello'))
  const cookies = { [remembering]: sign(secretKeyBase, `${remembering}_cookie`, 'x', { signedAt: 0 }) }
  t.match(run(app)(conn('GET', '/', { session: {}, cookies, secretKeyBase: undefined })), { status: 200 })
})

t.test('a store that fails fails the request, and changes nothing', async t => {
  const away = left(sessionUnavailable('away'))
  for (const operation of ['insert', 'find', 'delete', 'deleteAll'] as const) {
    const memory = memoryTokenStore<User>()
    let broken = false
    const real = memory[operation] as (...given: unknown[]) => Effect<unknown>
    const failing =
      (...given: unknown[]) =>
      () =>
        broken ? away : real(...given)()
    const tokens = { ...memory, [operation]: failing }
    const who = visitor(makeSite({ options: { tokens } }))
    who.get('/ada')
    broken = true
    const path = { insert: '/bob', find: '/', delete: '/out', deleteAll: '/out/everywhere' }[operation]
    t.equal(who.get(path).status, 503, operation)
    t.strictSame(who.last.respCookies, {})
    broken = false
    if (operation !== 'insert') t.match(who.read('/'), 'ada')
  }
})

t.test('a store may be found on the conn', async t => {
  const tokens = memoryTokenStore<User>()
  const found = authentication({
    tokens: (c: Conn & Assigned<{ readonly tokens: TokenStore<User> }>) => c.assigns.tokens,
  })
  tokens.insert(ada, hash('x'), { insertedAt: start, authenticatedAt: start })()
  const app = pipeline(fetchSession, assign('tokens', tokens), found.fetchCurrentUser, text('in'))
  const done = run(app)(conn('GET', '/', { now: start, session: { user_token: 'x' } }))
  t.match(done, { assigns: { currentUser: ada } })
})

t.test('a user who was let in without a token of the session has no log-in to except', async t => {
  const { auth, tokens } = makeSite()
  tokens.insert(ada, hash('x'), { insertedAt: start, authenticatedAt: start })()
  const app = pipeline(fetchSession, assign('currentUser', ada), auth.logOutElsewhere, text('done'))
  t.equal(run(app)(conn('GET', '/', { session: {} })).respBody, 'done')
  t.strictSame(tokens.find(hash('x'))(), right(undefined))
})

t.test('words can be others, or none', async t => {
  const who = visitor(makeSite({ options: { messages: { loggedOut: 'Bye.' } } }))
  who.get('/out')
  t.match(who.read('/flash'), 'Bye.')
  const silent = visitor(makeSite({ options: { messages: false }, logIn: { message: 'Hi' } }))
  silent.get('/private')
  silent.get('/ada')
  silent.get('/out')
  t.equal(silent.read('/flash'), '{}')
})

t.test('calling the plugs performs nothing, and changes no conn', async t => {
  const { auth, tokens } = makeSite()
  const opened = run(
    pipeline(session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' }), fetchSession),
  )(conn('GET', '/', { now: start, secretKeyBase, session: { user_token: 'x' } })) as never
  deepFreeze(opened)
  tokens.insert(ada, hash('x'), { insertedAt: start, authenticatedAt: start })()
  auth.logOutUser(opened)
  auth.logInUser(bob)(opened)
  auth.fetchCurrentUser(opened)
  t.match(tokens.find(hash('x'))(), right({ user: ada }))
})

t.test('nobody is let in where the user was never fetched', async t => {
  const { requireAuthenticatedUser, redirectIfAuthenticated } = authentication({
    tokens: memoryTokenStore<User>(),
  })
  const untyped = (plug: unknown) =>
    run(pipeline(fetchSession, plug as typeof fetchSession, text('in')))(conn('GET', '/', { session: {} }))
  t.match(untyped(requireAuthenticatedUser), { status: 302 })
  t.match(untyped(redirectIfAuthenticated), { status: 200 })
})

t.test('options are checked when the kit is made, and named', async t => {
  const tokens = memoryTokenStore<User>()
  for (const [options, words] of [
    [{}, 'authentication: tokens must be a store of tokens, such as sqlTokenStore(…), or a function'],
    [{ tokens: { ...tokens, find: 1 } }, 'authentication: tokens must be'],
    [{ tokens, logInPath: '//x' }, 'authentication: logInPath must be a path of this site'],
    [{ tokens, sudoPath: 'x' }, 'authentication: sudoPath must be a path'],
    [{ tokens, signedInPath: '' }, 'authentication: signedInPath must be a path'],
    [{ tokens, loggedOutPath: 1 }, 'authentication: loggedOutPath must be a path'],
    [{ tokens, maxAge: 0 }, 'authentication: maxAge must be a positive integer (seconds)'],
    [{ tokens, sudoAge: 1.5 }, 'authentication: sudoAge must be a positive integer (seconds)'],
    [
      { tokens, rememberMeCookie: 'a b' },
      'authentication: rememberMeCookie: the cookie name must be a token',
    ],
    [{ tokens, rememberMeCookie: 1 }, 'authentication: rememberMeCookie must be a non-empty string'],
    [{ tokens, keep: 'theme' }, 'authentication: keep must be an array of non-empty strings'],
    [{ tokens, messages: { hello: 'x' } }, 'authentication: messages must be false or an object of strings'],
    [{ tokens, messages: true }, 'authentication: messages must be false or an object of strings'],
    [{ tokens, cookie: 'x' }, 'authentication: unknown option cookie'],
    [undefined, 'authentication: options must be an object'],
  ] as const)
    t.throws(() => authentication(options as never), {
      name: 'TypeError',
      message: new RegExp(words.replaceAll(/[().|…]/g, '.')),
    })
})
