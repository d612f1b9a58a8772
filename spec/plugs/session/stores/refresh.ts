/** What every store must do with `refreshAfter`: the cookie is set again in time, and the session lives as long as it. */
import type { Test } from 'tap'
import { endpoint, type Conn } from '../../../../lib/index.js'
import { conn, recordTelemetry, recycle, runAsync } from '../../../../lib/testing/index.js'
import { configureSession, putSession, type SessionOptions } from '../../../../plugs/session/index.js'
import { app, dataOf, nothing, type Change } from '../kit.js'

const key = '_my_app_session'
const start = Date.UTC(2026, 0, 1)

/** A browser that keeps a cookie for its Max-Age, by the clock of the requests. */
const browser = (options: SessionOptions) => {
  let cookie: { readonly value: string; readonly until: number } | undefined
  return {
    /** Sends a request at a time in seconds. Returns whether a cookie came back, and what the session held. */
    visit: async (at: number, ...changes: readonly Change[]) => {
      const now = start + at * 1000
      const sent = cookie !== undefined && at < cookie.until ? { cookies: { [key]: cookie.value } } : {}
      const request: Conn = conn('GET', '/', { now, seed: `${at}`, ...sent })
      const done = await runAsync(app(options, ...changes))(request)
      const set = done.respCookies[key]
      if (set !== undefined)
        cookie = { value: set.value, until: at + (set.maxAge === undefined ? Infinity : set.maxAge) }
      return { isSet: set !== undefined, data: { ...dataOf(done) }, done }
    },
  }
}

/**
 * Runs the suite on a store that lets sessions end by the clock of the requests.
 *
 * @param keepsId whether the cookie holds an id, which stays
 */
export const refreshContract = (
  t: Test,
  fresh: () => SessionOptions['store'],
  { keepsId }: { readonly keepsId: boolean },
): void => {
  const options = (more: Partial<SessionOptions> = {}): SessionOptions => ({
    store: fresh(),
    key,
    maxAge: 100,
    refreshAfter: 30,
    ...more,
  })

  t.test('a read sets the cookie again when refreshAfter has passed, and prolongs the session', async t => {
    const { visit } = browser(options())
    t.ok((await visit(0, putSession('user', 'ada'))).isSet)
    let last = 0
    for (let at = 5; at <= 600; at += 5) {
      const { isSet, data } = await visit(at, nothing)
      t.strictSame(data, { user: 'ada' }, `after ${at} s`)
      t.equal(isSet, at - last >= 30, `after ${at} s`)
      if (isSet) last = at
    }
  })

  t.test('without refreshAfter, no read sets it', async t => {
    const { visit } = browser({ store: fresh(), key, maxAge: 100 })
    await visit(0, putSession('user', 'ada'))
    for (const at of [30, 60, 90]) {
      const { isSet, data } = await visit(at, nothing)
      t.equal(isSet, false)
      t.strictSame(data, { user: 'ada' })
    }
    t.strictSame((await visit(100, nothing)).data, {}, 'and the browser ends it')
  })

  t.test('a session that is not used ends with its time', async t => {
    const { visit } = browser(options())
    await visit(0, putSession('user', 'ada'))
    t.strictSame((await visit(99, nothing)).data, { user: 'ada' })
    t.strictSame((await visit(198, nothing)).data, { user: 'ada' })
    t.strictSame((await visit(299, nothing)).data, {})
  })

  t.test('the store ends it, whatever the browser keeps', async t => {
    const of = options({ maxAge: 10_000, ttl: 100 })
    const { visit } = browser(of)
    await visit(0, putSession('user', 'ada'))
    t.strictSame((await visit(29, nothing)).data, { user: 'ada' })
    t.strictSame((await visit(102, nothing)).data, {}, 'a read within refreshAfter prolongs nothing')
  })

  t.test('a write counts too', async t => {
    const { visit } = browser(options())
    await visit(0, putSession('user', 'ada'))
    t.ok((await visit(29, putSession('n', 1))).isSet)
    t.notOk((await visit(58, nothing)).isSet)
    t.ok((await visit(59, nothing)).isSet)
    t.notOk((await visit(88, nothing)).isSet)
  })

  t.test('the id and what is held stay', async t => {
    const { visit } = browser(options())
    const first = await visit(0, putSession('user', 'ada'))
    const next = await visit(40, nothing)
    t.equal(next.done.respCookies[key]?.value === first.done.respCookies[key]?.value, keepsId)
    t.strictSame({ ...next.done.respCookies[key], value: '' }, { ...first.done.respCookies[key], value: '' })
    t.strictSame(next.data, { user: 'ada' })
  })

  t.test('ignore, drop and a failure refresh nothing', async t => {
    for (const change of [
      configureSession('ignore'),
      () => {
        throw new Error('a bug')
      },
    ] as Change[]) {
      const { visit } = browser(options())
      await visit(0, putSession('user', 'ada'))
      t.notOk((await visit(40, change)).isSet)
    }
    const { visit } = browser(options())
    await visit(0, putSession('user', 'ada'))
    t.equal((await visit(40, configureSession('drop'))).done.respCookies[key]?.maxAge, 0)
  })

  t.test('a visitor without a session gets none', async t => {
    const { visit } = browser(options())
    for (const at of [0, 40, 200]) t.notOk((await visit(at, nothing)).isSet)
    const junk = conn('GET', '/', { cookies: { [key]: 'A'.repeat(43) } })
    t.equal((await runAsync(app(options(), nothing))(junk)).respCookies[key], undefined)
  })

  if (keepsId)
    t.test('a session that is gone when the response is sent is not refreshed', async t => {
      for (const end of ['drop', 'renew'] as const) {
        const of = options()
        const first = await runAsync(app(of, putSession('user', 'ada')))(conn('GET', '/', { now: start }))
        const request = recycle(first)('GET', '/', { now: start + 40_000 })
        const other = recycle(first)('GET', '/', { now: start + 40_000, seed: 'other' })
        const telemetry = recordTelemetry()
        const between: Change = c => async () => {
          await runAsync(app(of, configureSession(end)))(other)
          return { _tag: 'Right', right: c }
        }
        const site = endpoint({ telemetry }, app(of, between))
        const done = await runAsync(site)(request)
        t.equal(done.status, 200)
        t.equal(done.respCookies[key], undefined)
        t.notOk(
          telemetry.events.some(({ name }) => name === 'plugboard.session.write_dropped'),
          'no change was lost',
        )
      }
    })
}
