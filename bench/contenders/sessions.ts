/**
 * The contenders with sessions. Each does the same: `/login?7` begins the session of visitor 7, and `/` does the scenario's
 * work. What a contender needs is imported when it begins, so that each process holds its own only.
 */
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Conn, EndpointOptions, Responded, WithSession } from '../../lib/index.js'
import type { Store } from '../../plugs/session/store.js'
import { listen, numberIn, visitorName } from './work.js'

export const scenarios = ['read', 'write', 'untouched'] as const
export type Scenario = (typeof scenarios)[number]

/** What a session holds, some 120 bytes. */
interface Visitor {
  readonly user_id: number
  readonly user_name: string
  readonly token: string
  visits: number
}

/** A session of a peer, as far as it is the same with all of them. */
type PeerSession = Partial<Visitor>

const visitor = (i: number): Visitor => ({
  user_id: 1_000_000 + i,
  user_name: visitorName(i),
  token: 'abcdefghijklmnopqrstuvwxyz012345',
  visits: 10,
})

const secret = 'a secret of at least sixty-four bytes, which is a secret to nobody at all'

/** Begins to serve; gives the port. */
type Begin = (scenario: Scenario) => Promise<number>

/** The scenario's work on a peer's session, which gives itself when it is first looked at; gives the body. */
const work = (scenario: Scenario, session: () => PeerSession): string => {
  if (scenario === 'untouched') return 'hello'
  const held = session()
  if (scenario === 'write') held.visits = (held.visits as number) + 1
  return `hello ${held.user_name}`
}

const plugboard =
  (storeOf: () => Store | Promise<Store>, everywhere = true, options: EndpointOptions = {}): Begin =>
  async scenario => {
    const { endpoint, halt, pipeline, text, when } = await import('../../lib/index.js')
    const { serve } = await import('../../lib/adapters/node.js')
    const { fetchSession, getSession, mergeSession, putSession, session } =
      await import('../../plugs/index.js')
    const name = getSession('user_name')
    const visits = getSession('visits')
    const hello = text('hello')
    const answer = (conn: Conn & WithSession): Responded => {
      if (conn.path === '/login')
        return text('welcome')(mergeSession({ ...visitor(Number(conn.queryString)) })(conn))
      if (scenario === 'untouched') return hello(conn)
      const done = scenario === 'write' ? putSession('visits', Number(visits(conn)) + 1)(conn) : conn
      return text(`hello ${String(name(conn))}`)(done)
    }
    const browser = pipeline(session({ store: await storeOf(), key: '_app_key' }), fetchSession, answer)
    const isLogin = (conn: Conn): boolean => conn.path === '/login'
    const app = everywhere ? browser : pipeline(when(isLogin, pipeline(browser, halt)), hello)
    const site = endpoint({ secretKeyBase: secret, ...options }, app)
    const started = await serve(site, { port: 0, host: '127.0.0.1' })()
    if (started._tag === 'Left') throw new Error(started.left.message)
    return started.right.port
  }

const redisUrl = process.env['PLUGBOARD_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const postgresUrl = process.env['PLUGBOARD_TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

const redis = async () => {
  const { createClient } = await import('redis')
  return createClient({ url: redisUrl }).connect()
}

const redisStoreOf = async (prefix: string) => {
  const { RedisStore } = await import('connect-redis')
  return new RedisStore({ client: await redis(), prefix })
}

const secureSession: Begin = async scenario => {
  const app = (await import('fastify')).default()
  await app.register((await import('@fastify/secure-session')).default, {
    key: Buffer.alloc(32, 1),
    cookieName: 'session',
    cookie: { path: '/', httpOnly: true, sameSite: 'lax' },
  })
  interface Session {
    get(key: string): unknown
    set(key: string, value: unknown): void
  }
  app.get('/login', (request, reply) => {
    const session = request.session as unknown as Session
    for (const [key, value] of Object.entries(visitor(numberIn(request.url)))) session.set(key, value)
    return reply.send('welcome')
  })
  app.get('/', (request, reply) => {
    if (scenario === 'untouched') return reply.send('hello')
    const session = request.session as unknown as Session
    if (scenario === 'write') session.set('visits', Number(session.get('visits')) + 1)
    return reply.send(`hello ${String(session.get('user_name'))}`)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

const fastifySession =
  (storeOf?: () => Promise<object>): Begin =>
  async scenario => {
    const app = (await import('fastify')).default()
    await app.register((await import('@fastify/cookie')).default)
    const store = await storeOf?.()
    const options = { secret, saveUninitialized: false, cookie: { secure: false, sameSite: 'lax' } }
    await app.register(
      (await import('@fastify/session')).default,
      (store === undefined ? options : { ...options, store }) as never,
    )
    const sessionOf = (request: object): PeerSession => (request as { session: PeerSession }).session
    app.get('/login', (request, reply) => {
      Object.assign(sessionOf(request), visitor(numberIn(request.url)))
      return reply.send('welcome')
    })
    app.get('/', (request, reply) => reply.send(work(scenario, () => sessionOf(request))))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  }

const expressSession =
  (storeOf?: () => Promise<object>): Begin =>
  async scenario => {
    const app = (await import('express')).default()
    app.disable('x-powered-by')
    app.disable('etag')
    const session = (await import('express-session')).default
    const store = await storeOf?.()
    const options = { secret, resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' as const } }
    app.use(session(store === undefined ? options : { ...options, store: store as never }))
    const sessionOf = (request: object): PeerSession => (request as { session: PeerSession }).session
    app.get('/login', (request, response) => {
      Object.assign(sessionOf(request), visitor(numberIn(request.url)))
      response.type('text/plain').send('welcome')
    })
    app.get('/', (request, response) => {
      response.type('text/plain').send(work(scenario, () => sessionOf(request)))
    })
    return listen(app)
  }

const koaSession: Begin = async scenario => {
  const Koa = (await import('koa')).default
  const { default: session } = (await import('koa-session' as string)) as {
    readonly default: (
      options: object,
      app: object,
    ) => (context: unknown, next: () => Promise<void>) => Promise<void>
  }
  const app = new Koa()
  app.keys = [secret]
  app.use(session({ key: 'session', sameSite: 'lax' }, app) as never)
  app.use(context => {
    const sessionOf = (): PeerSession => (context as unknown as { session: PeerSession }).session
    if (context.path === '/login') {
      Object.assign(sessionOf(), visitor(numberIn(context.url)))
      context.body = 'welcome'
    } else context.body = work(scenario, sessionOf)
  })
  return listen(app.callback() as RequestListener)
}

const ironSession: Begin = async scenario => {
  const { getIronSession } = await import('iron-session')
  const options = { password: secret, cookieName: 'session', cookieOptions: { secure: false } }
  return listen((request, response) => {
    const send = (body: string): void => {
      response.setHeader('content-type', 'text/plain; charset=utf-8')
      response.setHeader('content-length', Buffer.byteLength(body))
      response.end(body)
    }
    const url = request.url as string
    // Reading is awaited, so a page that does not look at its session does not ask for it.
    if (scenario === 'untouched' && url === '/') return send('hello')
    void (async () => {
      const session = await getIronSession<PeerSession>(request, response, options)
      if (url !== '/') Object.assign(session, visitor(numberIn(url)))
      const body = url === '/' ? work(scenario, () => session) : 'welcome'
      if (url !== '/' || scenario === 'write') await session.save()
      send(body)
    })()
  })
}

/** By hand: a cookie sealed by `createCipheriv`, opened by each request that looks at it. */
const byHand: Begin = async scenario => {
  const { open, seal } = await import('./sealed-cookie.js')
  return listen((request, response) => {
    const send = (status: number, body: string, changed?: PeerSession): void => {
      const headers = ['content-type', 'text/plain; charset=utf-8', 'content-length', String(body.length)]
      if (changed !== undefined) headers.push('set-cookie', seal(changed))
      response.writeHead(status, headers)
      response.end(body)
    }
    const url = request.url as string
    if (url !== '/') return send(200, 'welcome', visitor(numberIn(url)))
    if (scenario === 'untouched') return send(200, 'hello')
    const session = open<Visitor>(request.headers.cookie)
    if (session === undefined) return send(403, 'log in first')
    const body = work(scenario, () => session)
    send(200, body, scenario === 'write' ? session : undefined)
  })
}

const cookies = async (encryptionSalt?: string): Promise<Store> => {
  const { cookieStore } = await import('../../plugs/index.js')
  return cookieStore({ signingSalt: 'a salt', ...(encryptionSalt === undefined ? {} : { encryptionSalt }) })
}

const sqlOf = async (database: never): Promise<Store> => {
  const { sqlStore } = await import('../../plugs/session/stores/sql.js')
  const store = sqlStore(database)
  const migrated = await (store.migrate as () => unknown)()
  if ((migrated as { readonly _tag: string })._tag === 'Left') throw new Error('the table cannot be made')
  return store
}

/** Begins to serve one of the contenders, which `server.ts` calls. */
export const begin = (contender: string, scenario: string): Promise<number> =>
  (contenders[contender] as Begin)(scenario as Scenario)

/** A page that has no session, though the browser sends the cookie of one: what `untouched` is to be compared with. */
export const without = 'Plugboard, no session'

/** All contenders, by name. */
export const contenders: Readonly<Record<string, Begin>> = {
  [without]: plugboard(() => cookies(), false),
  'Plugboard, signed': plugboard(() => cookies()),
  'Plugboard, encrypted': plugboard(() => cookies('another salt')),
  'Plugboard, encrypted, memo': plugboard(() => cookies('another salt'), true, {
    cookieMemo: { maxBytes: 10_000_000 },
  }),
  '@fastify/secure-session': secureSession,
  'node:http by hand, sealed': byHand,
  'iron-session': ironSession,
  'koa-session, signed': koaSession,
  'Plugboard, memory': plugboard(async () => {
    const { memoryStore, memoryTable } = await import('../../plugs/index.js')
    return memoryStore(memoryTable())
  }),
  '@fastify/session, memory': fastifySession(),
  'express-session, memory': expressSession(),
  'Plugboard, redis': plugboard(async () => {
    const { redisStore } = await import('../../plugs/session/stores/redis.js')
    return redisStore(await redis(), { prefix: 'bench:plugboard:' })
  }),
  '@fastify/session, redis': fastifySession(() => redisStoreOf('bench:fastify:')),
  'express-session, redis': expressSession(() => redisStoreOf('bench:express:')),
  'Plugboard, SQLite': plugboard(async () => {
    const { default: Database } = await import('libsql')
    return sqlOf(new Database(':memory:') as never)
  }),
  'Plugboard, PostgreSQL': plugboard(async () => {
    const { default: pg } = await import('pg')
    return sqlOf(new pg.Pool({ connectionString: postgresUrl, max: 8 }) as never)
  }),
}
