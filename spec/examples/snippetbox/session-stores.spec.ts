// One visit, from the sign-up to logging out everywhere, on the whole of Snippetbox with each store of sessions.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import { conn, recycle, runAsync } from 'plugboard/testing'
import t, { type Test } from 'tap'
import type { Conn } from 'plugboard'
import { makeAttempts } from '../../../examples/snippetbox/attempts.js'
import type { Env } from '../../../examples/snippetbox/config.js'
import type { DatabaseOptions } from '../../../examples/snippetbox/data/database.js'
import { openRepository } from '../../../examples/snippetbox/data/open-repository.js'
import { makePasswords } from '../../../examples/snippetbox/data/passwords.js'
import { openSessionStore } from '../../../examples/snippetbox/data/session-store.js'
import { makeEndpoint } from '../../../examples/snippetbox/endpoint.js'
import { skipUnless } from '../../support/skip.js'
import { redisAvailable, redisServer } from '../../support/redis-server.js'
import { failure, value } from './data/contract.js'
import { makePostgres, postgresAnswers, postgresMissing } from './data/postgres.js'
import { configOf, locationOf, pageOf, password, secret, tokenOf } from './support.js'

/** Somebody with a browser; every answer is waited for. */
const browse = (app: Parameters<typeof runAsync>[0], seed: string) => {
  let last: Conn = conn('GET', '/', { seed, secretKeyBase: secret })
  const send = async (method: string, path: string, form?: Readonly<Record<string, string>>): Promise<Conn> =>
    (last = await runAsync(app)(
      recycle(last)(method, path, { now: Date.now(), ...(form !== undefined && { form }) }),
    ))
  return {
    get: (path: string) => send('GET', path),
    submit: async (page: string, action: string, form: Readonly<Record<string, string>> = {}) =>
      send('POST', action, { ...form, _csrf_token: tokenOf(await send('GET', page)) ?? '' }),
    follow: () => send('GET', locationOf(last) ?? 'nowhere'),
    /** Closes the browser and opens it again: only the cookie that remembers is left. */
    reopen: (): void => {
      const remembered = /_snippetbox_remember_me=([^;]+)/.exec(
        recycle(last)('GET', '/').reqHeaders.get('cookie') ?? '',
      )?.[1]
      const cookies = remembered === undefined ? {} : { _snippetbox_remember_me: remembered }
      last = conn('GET', '/', { seed: `${seed} again`, secretKeyBase: secret, cookies })
    },
  }
}

const visit = async (t: Test, env: Env, database: DatabaseOptions): Promise<void> => {
  const config = configOf({ ...env, SESSION_MAX_AGE: '3600' })
  const opened = await value(openRepository(database, makePasswords({ memoryCost: 8, timeCost: 1 })))
  t.teardown(() => opened.close())
  const sessions = await value(openSessionStore(config.session, () => opened.database))
  t.teardown(() => sessions.close())
  const app = makeEndpoint(
    config,
    {
      repository: opened.repository,
      tokens: opened.tokens,
      attempts: makeAttempts(),
      mode: config.mode,
    },
    {
      assets: { stat: () => () => ({ _tag: 'Right', right: undefined }) },
      log: { write: () => () => undefined },
      sessions: sessions.store,
    },
  )
  const [desk, phone] = [browse(app, `desk ${t.name}`), browse(app, `phone ${t.name}`)]
  const account = async (who: typeof desk) => (await who.get('/account')).status

  await desk.get('/account')
  t.match(pageOf(await desk.follow()), 'You must log in to access this page.')
  t.equal(
    locationOf(await desk.submit('/signup', '/signup', { email: 'ada@example.com', password })),
    '/account',
    'back to the page that was asked for',
  )
  t.match(pageOf(await desk.follow()), 'Your account has been created.')
  await desk.submit('/settings', '/settings', { theme: 'dark', _method: 'put' })
  t.match(pageOf(await desk.get('/')), 'data-theme="dark"')
  t.match(pageOf(await desk.submit('/', '/logout', { _method: 'delete' })), 'redirected')
  t.match(pageOf(await desk.follow()), 'Logged out successfully.')
  t.equal(await account(desk), 302)

  const credentials = { email: 'ada@example.com', password }
  t.match(pageOf(await desk.submit('/login', '/login', { ...credentials, password: 'wrong' })), 'Invalid')
  await desk.submit('/login', '/login', credentials)
  await phone.submit('/login', '/login', { ...credentials, remember_me: 'true' })
  t.equal(await account(desk), 200)
  phone.reopen()
  t.equal(await account(phone), 200, 'remembered')
  t.equal(locationOf(await desk.submit('/account', '/account', { _method: 'delete' })), '/')
  t.match(pageOf(await desk.follow()), 'You are logged out everywhere.')
  t.equal(await account(desk), 302)
  t.equal(await account(phone), 302)
}

const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string): DatabaseOptions => ({ file: join(folder, `${name}.db`) })

for (const store of ['cookie', 'memory', 'sql'])
  t.test(`a visit with SESSION_STORE=${store}, on SQLite`, t =>
    visit(t, { SESSION_STORE: store }, file(store)),
  )

t.test(
  'a visit with SESSION_STORE=sql, on PostgreSQL',
  skipUnless(await postgresAnswers(), postgresMissing),
  async t => {
    const { url, drop } = await makePostgres()
    t.teardown(drop)
    await t.test('the visit', t => visit(t, { SESSION_STORE: 'sql' }, { url }))
  },
)

t.test(
  'a visit with SESSION_STORE=redis',
  skipUnless(redisAvailable(), 'Snippetbox is not run on Redis: apt-get install redis-server'),
  async t => {
    const server = await redisServer()
    t.teardown(server.stop)
    await t.test('the visit', t => visit(t, { SESSION_STORE: 'redis', REDIS_URL: server.url }, file('redis')))
  },
)

t.test('a store that cannot be opened is told, with the variable', async t => {
  const { session } = configOf({ SESSION_STORE: 'redis', REDIS_URL: 'redis://127.0.0.1:1' })
  const error = await failure(
    openSessionStore(session, () => {
      throw new TypeError('not asked for')
    }),
  )
  t.match(error, { status: 503, name: 'RedisUnavailable', message: /REDIS_URL/ })

  const sql = configOf({ SESSION_STORE: 'sql' }).session
  const away = { query: () => Promise.reject(new Error('away')) }
  const outcome = await openSessionStore(sql, () => away)()
  t.ok(isLeft(outcome))
})
