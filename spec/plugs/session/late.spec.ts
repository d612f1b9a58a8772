// A session whose store is pure is read when somebody first asks.
import t from 'tap'
import { right } from 'fp-ts/lib/Either.js'
import { checkAtBoot } from '../../../lib/boot.js'
import { pipeline, putReqHeader, text, type Conn } from '../../../lib/index.js'
import { ConnRecord } from '../../../lib/conn/record.js'
import { rawEntry } from '../../../lib/crypto/term-format.js'
import { conn, recycle, run } from '../../../lib/testing/index.js'
import {
  clearSession,
  configureSession,
  cookieStore,
  fetchSession,
  getSession,
  putSession,
  session,
  type Store,
} from '../../../plugs/session/index.js'
import { answer, nothing, type Change, type Opened } from './kit.js'

const key = '_key'

/** A pure store that tells what it is asked. */
const telling = (told: string[], more: Partial<Store> = {}): Store => ({
  pure: true,
  get: cookie => {
    told.push(`get ${cookie}`)
    return cookie === 'unknown' ? undefined : { id: cookie, entries: [rawEntry('cookie', cookie)] }
  },
  apply: (id, { entries }) => {
    told.push(`apply ${String(id)}: ${entries.map(entry => entry.key).join(' ')}`)
    return 'written'
  },
  delete: id => {
    told.push(`delete ${id}`)
  },
  ...more,
})

/** A request as an adapter gives it: the test kit's freezes every conn to the bottom, and reads its sessions for that. */
const brought = (value: string, secretKeyBase: string | undefined = 'x'.repeat(64)): Conn => {
  const made = conn('GET', '/', { cookies: { [key]: value } })
  const { method, scheme, host, port, path, segments, scriptName, queryString, remoteIp, httpVersion } = made
  const { body, now, signal, reqHeaders, endpointUrl } = made
  const plain = { method, scheme, host, port, path, segments, scriptName, queryString, remoteIp, httpVersion }
  const entropy = (label: string, length: number): Uint8Array => made.entropy(label, length)
  return ConnRecord.of({
    ...plain,
    endpointUrl,
    body,
    now,
    signal,
    reqHeaders,
    entropy,
    secretKeyBase,
    watch: undefined,
  })
}
const asked = (value: string, ...changes: readonly Change[]): readonly string[] => {
  const told: string[] = []
  answer({ store: telling(told), key }, brought(value), ...changes)
  return told
}

t.test('nobody asks, and nothing is read', async t => {
  t.strictSame(asked('one', nothing), [])
  t.strictSame(asked('one', configureSession('ignore')), [])
})

t.test('it is read once, whoever asks, before and after changes', async t => {
  const read = (c: Opened): Conn => {
    t.equal(getSession('cookie')(c), 'one')
    t.equal(c.sessions.session.id, 'one')
    t.strictSame({ ...getSession()(c) }, { cookie: 'one' })
    return c
  }
  const changed = (c: Opened): Conn =>
    read(configureSession('ignore')(putSession('cookie', 'one')(c)) as Opened)
  t.strictSame(asked('one', read, read, changed, read), ['get one'])
})

t.test('sessions that have come of one another read it once, whichever is asked first', async t => {
  t.strictSame(
    asked('one', c => {
      const next = putSession('a', 1)(c)
      t.equal(getSession('cookie')(next), 'one')
      t.equal(getSession('cookie')(c), 'one')
      return configureSession('ignore')(next)
    }),
    ['get one'],
  )
})

t.test('what is written, renewed or dropped is read before', async t => {
  t.strictSame(asked('one', putSession('a', 1)), ['get one', 'apply one: cookie a'])
  t.strictSame(asked('one', clearSession, putSession('a', 1)), ['get one', 'apply one: a'])
  t.strictSame(asked('one', configureSession('renew')), ['get one', 'apply undefined: cookie', 'delete one'])
  t.strictSame(asked('one', configureSession('drop')), ['get one', 'delete one'])
  t.strictSame(asked('unknown', configureSession('drop')), ['get unknown'])
})

t.test('it is that of the cookie which was there when it was fetched', async t => {
  const told: string[] = []
  const app = pipeline(
    session({ store: telling(told), key }),
    fetchSession,
    putReqHeader('cookie', `${key}=two`),
    c => text(String(getSession('cookie')(c as unknown as Opened)))(c),
  )
  t.equal(run(app)(brought('one')).respBody, 'one')
  t.strictSame(told, ['get one'])
})

t.test('a store that says it is pure and gives an effect is a bug of the program', async t => {
  const store = telling([], { get: () => () => right(undefined) })
  const done = answer({ store, key }, brought('one'), c => text(String(getSession('a')(c)))(c))
  t.equal(done.status, 500)
  t.match(done.error, {
    cause: { message: 'session: the get of a store that says it is pure gave an effect' },
  })
})

t.test('the cookie store is pure, unless it tells of cookies that do not verify', async t => {
  const signed = { signingSalt: 'a salt' }
  t.equal(cookieStore(signed).pure, true)
  t.equal(cookieStore({ ...signed, log: false }).pure, true)
  const told: string[] = []
  const log = (message: string) => () => void told.push(message)
  t.equal(cookieStore({ ...signed, log }).pure, false)
  answer({ store: cookieStore({ ...signed, log }), key }, brought('junk'), nothing)
  t.strictSame(told, ['the cookie of the session "session" does not verify'])
})

t.test('without a secret, who asks for the session is told so; who does not, is not', async t => {
  const options = { store: cookieStore({ signingSalt: 'a salt' }), key }
  const first = answer(options, brought('none'), putSession('a', 1))
  const request = ConnRecord.request(brought(String(first.respCookies[key]?.value)), { secretKeyBase: '' })
  t.equal(answer(options, request, nothing).status, 200)
  const done = answer(options, request, c => text(String(getSession('a')(c)))(c))
  t.equal(done.status, 500)
  t.match(done.error, { cause: { message: /^secretKeyBase must be a string of at least 64 bytes/ } })
})

t.test('a session that is encrypted says so at boot, and is read like another', async t => {
  const secretKeyBase = 'x'.repeat(64)
  const says = (encryptionSalt: object): boolean => {
    let said = false
    const store = cookieStore({ signingSalt: 'a salt', ...encryptionSalt })
    checkAtBoot(pipeline(session({ store, key }), fetchSession), {
      secretKeyBase,
      encrypts: () => void (said = true),
    })
    return said
  }
  t.equal(says({}), false)
  t.equal(says({ encryptionSalt: 'another' }), true)
  const options = { store: cookieStore({ signingSalt: 'a salt', encryptionSalt: 'another' }), key }
  const first = answer(options, conn('GET', '/'), putSession('a', 1))
  answer(options, recycle(first)('GET', '/'), c => {
    t.equal(getSession('a')(c), 1)
    return c
  })
})
