// Sessions by what every user has: one of one's own, in a field of the conn that it declares, and `fetchSession` written
// again over the shipped stores.
import t from 'tap'
import {
  effect,
  fetchCookies,
  fetchedField,
  fetchedWriter,
  getFetched,
  isConn,
  isFetched,
  pipeline,
  putFetched,
  putRespCookie,
  sessionWriter,
  text,
  type Conn,
  type Result,
  type Session,
  type WithFetched,
  type WithSession,
} from '../../lib/index.js'
import { conn, recycle, run } from '../../lib/testing/index.js'
import {
  cookieStore,
  getSession,
  memoryStore,
  memoryTable,
  putSession,
  readSession,
  sessionConfig,
  writeSession,
  type SessionOptions,
} from '../../plugs/index.js'

// --- one of one's own: a counter in a signed cookie, which is only sent when it was changed

interface Visit {
  readonly count: number
  readonly isChanged: boolean
}
const visit = fetchedField('visit', 'put fetchVisit earlier in the pipeline')
type WithVisit = WithFetched<typeof visit, Visit>

const writeVisit = (c: Conn): Conn => {
  const { count, isChanged } = getFetched(visit)(c) as Visit
  return isChanged ? putRespCookie('visit', count, { sign: true, maxAge: 60 })(c) : c
}
const write = fetchedWriter(visit, writeVisit)
const fetchVisit = <C extends Conn>(c: C): C & WithVisit => {
  if (getFetched(visit)(c) !== undefined) return c as C & WithVisit
  const { cookies } = fetchCookies({ signed: 'visit' })(c)
  const count = typeof cookies.visit === 'number' ? cookies.visit : 0
  return write(c, { count, isChanged: false })
}
const countVisit = <C extends Conn & WithVisit>(c: C): C =>
  putFetched(visit, { count: c.visit.count + 1, isChanged: true })(c) as C
const show = (c: Conn & WithVisit) => text(`visit ${c.visit.count}`)(c)

t.test('a session of its own', async t => {
  const counted = pipeline(fetchVisit, fetchVisit, countVisit, show)
  const first = run(counted)(conn('GET', '/'))
  t.equal(first.respBody, 'visit 1')
  t.strictSame(Object.keys(first.respCookies), ['visit'], 'written once')
  const second = run(counted)(recycle(first)('GET', '/'))
  t.equal(second.respBody, 'visit 2')
  t.equal(run(counted)(conn('GET', '/', { cookies: { visit: 'forged' } })).respBody, 'visit 1')
  t.strictSame(
    run(pipeline(fetchVisit, show))(conn('GET', '/')).respCookies,
    {},
    'nothing is written for a look',
  )

  const unfetched = run((c: Conn) => show(c as Conn & WithVisit))(conn('GET', '/'))
  t.equal(unfetched.status, 500)
  t.equal(
    (unfetched.error?.cause as Error | undefined)?.message,
    'conn.visit is not fetched: put fetchVisit earlier in the pipeline',
  )
})

// --- the shipped fetchSession, of public parts

const sessionIn = (options: SessionOptions) => {
  const config = sessionConfig(options)
  const put = sessionWriter('session', writeSession(config))
  const read = readSession(config)
  return <C extends Conn>(c: C): Result<C & WithSession> =>
    'session' in c.sessions
      ? (c as C & WithSession)
      : effect.andThen((session: Session): C & WithSession => put(c, session))(read(c))
}

t.test('fetchSession, in a cookie and in memory', async t => {
  for (const store of [cookieStore({ signingSalt: 'a salt' }), memoryStore(memoryTable())]) {
    const fetchSession = sessionIn({ store, key: '_app_key' })
    const count = <C extends Conn & WithSession>(c: C): C =>
      putSession('count', Number(getSession('count', 0)(c)) + 1)(c)
    const tell = (c: Conn & WithSession) => text(String(getSession('count')(c)))(c)
    const app = pipeline(fetchSession, fetchSession, count, tell)
    const first = run(app)(conn('GET', '/'))
    t.equal(first.respBody, '1')
    t.equal(run(app)(recycle(first)('GET', '/')).respBody, '2')
  }
  t.ok(isConn(conn('GET', '/')) && !isFetched(conn('GET', '/').cookies))
})
