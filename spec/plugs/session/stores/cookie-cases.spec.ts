// The cookie store against every case that the real Plug answered. Where we mean to differ, the case is named.
import { isRight } from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import t, { type Test } from 'tap'
import {
  keyGenerator,
  messageEncryptor,
  messageVerifier,
  termFormat,
  type RawEntry,
  type Term,
} from '../../../../lib/crypto/index.js'
import { setCookies } from '../../../../lib/index.js'
import {
  clearSession,
  configureSession,
  deleteSession,
  mergeSession,
  putSession,
  session,
} from '../../../../plugs/session/index.js'
import { answer, cookieOf, dataOf, nothing, read, type Change, type Opened } from '../kit.js'
import {
  cases,
  expected,
  fixture,
  options,
  request,
  shown,
  toTerm,
  type Case,
  type Json,
} from '../vectors.js'

const nameOf = (each: Case): string => [each['variant'], each['name']].filter(Boolean).join(': ')
const withCookie = (each: Case, value: string): Case => ({
  ...each,
  cookie_header: `_my_app_session=${value}`,
})
const isJson = (each: Case): boolean => JSON.stringify(each['options']).includes('json')
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** What a cookie holds, opened by hand. */
const payloadOf = (each: Case, cookie: string): Uint8Array => {
  const { signing_salt: signing = '', encryption_salt: encryption } = each['options'] as {
    readonly [option: string]: string
  }
  const key = (salt: string) => keyGenerator.generate(each['conn_secret_key_base'] as string, salt)
  const message =
    encryption === undefined
      ? messageVerifier.verify(cookie, key(signing))
      : messageEncryptor.decrypt(cookie, key(encryption), key(signing))
  if (!isSome(message)) throw new Error('the cookie does not open')
  return message.value
}

const entriesOf = (payload: Uint8Array): readonly RawEntry[] => {
  const entries = termFormat.decodeMapRaw(payload)
  return isRight(entries) ? entries.right : []
}

const sameTerms = (t: Test, found: unknown, wanted: unknown, name: string): void => {
  t.strictSame(shown(found as Term), shown(wanted as Term), name)
}

t.test('what Plug wrote is read', async t => {
  for (const each of cases('cookies'))
    sameTerms(t, read(options(each), request(each)), expected(each), nameOf(each))
})

t.test('what is written is what Plug writes', async t => {
  for (const each of cases('cookies')) {
    const wanted = expected(each) as { readonly [key: string]: Term }
    const change = Object.keys(wanted).length === 0 ? clearSession : mergeSession(wanted)
    const answered = answer(options(each), request({ ...each, cookie_header: null }), change)
    const value = cookieOf(answered)
    sameTerms(t, read(options(each), request(withCookie(each, value))), wanted, `${nameOf(each)}, read again`)
    // The cases are of OTP 25, whose atoms have another tag than those of later ones. JSON has many ways to write a number.
    const asWritten = hexOf(termFormat.encode(wanted)) === each['serialized_hex'] && !isJson(each)
    if (each['deterministic'] === true && asWritten)
      t.strictSame(setCookies(answered), [each['set_cookie']], `${nameOf(each)}, byte for byte`)
    else t.equal(value.slice(0, 4), String(each['cookie_value']).slice(0, 4), nameOf(each))
  }
})

t.test('what nobody touches goes back byte for byte', async t => {
  for (const each of cases('cookies')) {
    const value = cookieOf(answer(options(each), request(each), configureSession('renew')))
    sameTerms(t, read(options(each), request(withCookie(each, value))), expected(each), nameOf(each))
    // Over 32 keys Erlang has an order of its own, which it does not ask of anybody else.
    const ordered = Object.keys(expected(each) as object).length <= 32
    if (each['deterministic'] === true && ordered && !isJson(each))
      t.equal(value, each['cookie_value'], `${nameOf(each)}, byte for byte`)
  }
})

t.test('a payload that is no map of terms is an empty session; keys that are no text are kept', async t => {
  for (const each of cases('hand_made_payloads')) {
    const { raise, session: wanted } = each['expect'] as { readonly raise?: string; readonly session?: Json }
    const answered = answer(options(each), request(each), putSession('added', 1))
    const { added, ...data } = dataOf(answered)
    t.equal(added, 1)
    const before = entriesOf(Uint8Array.from(Buffer.from(String(each['payload_hex']), 'hex')))
    const after = entriesOf(payloadOf(each, cookieOf(answered))).filter(({ key }) => key !== 'added')
    const bytes = (entries: readonly RawEntry[]) =>
      entries.map(({ rawKey, rawValue }) => [hexOf(rawKey), hexOf(rawValue)])
    t.strictSame(bytes(after), bytes(before), `${nameOf(each)}: all that it held is kept`)
    t.strictSame(
      Object.keys(data),
      before.map(({ key }) => key).filter(key => key !== null),
      `${nameOf(each)}: what has text as its key is seen`,
    )
    // A list, a number, nil: Plug raises a BadMapError, which is a 500 for a cookie that Plug itself has signed.
    if (raise !== undefined) t.strictSame({ ...data }, {}, nameOf(each))
    // Maps with other keys, structs and pids: the fixture writes them in ways that are compared above, as bytes.
    else if (!/\$map|\$inspect/.test(JSON.stringify(wanted))) sameTerms(t, data, expected(each), nameOf(each))
  }
})

t.test('cookies of the first version of Plug and of other digests are read', async t => {
  for (const each of cases('legacy_and_other_digest'))
    sameTerms(t, read(options(each), request(each)), expected(each), nameOf(each))
})

t.test('a cookie that is forged, broken or of another secret is an empty session', async t => {
  for (const each of cases('tampered')) {
    const { message = '' } = each['expect'] as { readonly message?: string }
    const answered = answer(options(each), request(each), nothing)
    if (message.includes('secret_key_base')) {
      t.equal(answered.status, 500, nameOf(each))
      t.match(answered.error?.cause, { message: /^secretKeyBase must be a string of at least 64 bytes/ })
    }
    // Signed, but a list: Plug raises a BadMapError.
    else sameTerms(t, dataOf(answered), message === '' ? expected(each) : {}, nameOf(each))
  }
})

t.test('operations leave the session and the Set-Cookie that Plug leaves', async t => {
  const changes: Readonly<Record<string, readonly Change[]>> = {
    'read only': [nothing],
    'put same value': [putSession('user', 'alice')],
    'put atom key': [putSession('x', 1)],
    'delete existing': [deleteSession('user')],
    'delete missing without cookie': [deleteSession('nope')],
    clear_session: [clearSession],
    'configure drop': [configureSession('drop')],
    'configure drop without cookie': [configureSession('drop')],
    'configure renew': [configureSession('renew')],
    'configure renew without cookie': [configureSession('renew')],
    'put after ignore': [configureSession('ignore'), putSession('a', 1)],
    'put after drop': [configureSession('drop'), putSession('a', 1)],
    'renew then clear': [configureSession('renew'), clearSession],
    // Plug takes several at once, and drop before ignore; here one call says one thing.
    'ignore and drop both': [configureSession('ignore'), configureSession('drop')],
    attributes: [putSession('a', 1)],
    'attributes extra': [putSession('a', 1)],
    'max_age (expires depends on the clock)': [putSession('a', 1)],
  }
  for (const each of cases('operations')) {
    if (each['name'] === 'no fetch: put') {
      t.throws(
        () => putSession('a', 1)(request(each) as Opened),
        /conn\.sessions\.session is not fetched: put fetchSession earlier in the pipeline/,
        nameOf(each),
      )
      continue
    }
    const expect = each['expect'] as {
      readonly session_in_cookie: { readonly session: Json } | null
      readonly set_cookie: readonly string[]
    }
    const answered = answer(
      options(each),
      request(each),
      ...(changes[String(each['name'])] as readonly Change[]),
    )
    t.strictSame(setCookies(answered), expect.set_cookie, nameOf(each))
    if (expect.session_in_cookie)
      sameTerms(
        t,
        dataOf(answered),
        toTerm(expect.session_in_cookie.session),
        `${nameOf(each)}: what the session holds`,
      )
  }
})

t.test('cookies of older options are read', async t => {
  // Each set without a secret of its own takes the conn's; Plug raises there.
  const inherited: Readonly<Record<string, Json>> = {
    'signed: old salt via rotating_options': { v: 'old' },
    'encrypted: old enc via rotation': { v: 'old' },
    'encrypted store, rotation from signed-only': { v: 'was signed' },
    'rotation of key opts': { v: 'iter10' },
    'rotation where rotating option has no secret_key_base of its own (plain salt)': { v: 'x' },
  }
  for (const each of cases('rotation')) {
    const answered = answer(options(each), request(each), nothing)
    sameTerms(t, dataOf(answered), expected(each) ?? inherited[String(each['name'])], nameOf(each))
    t.strictSame(setCookies(answered), [], 'reading it does not set it anew')
    const written = cookieOf(answer(options(each), request(each), configureSession('renew')))
    const current = read(options(each, { rotatingOptions: [] }), request(withCookie(each, written)))
    sameTerms(t, current, dataOf(answered), 'what is written takes the newest options')
  }
})

t.test('options that Plug refuses are refused at boot, with the option named', async t => {
  const messages: Readonly<Record<string, RegExp>> = {
    'no signing_salt': /^cookieStore: signingSalt must be/,
    'no key': /^session: key must be/,
    'bad serializer': /^cookieStore: serializer must be 'term', 'json' or/,
    'unknown store': /^session: store must be a store/,
  }
  for (const each of cases('init_errors'))
    t.throws(
      () => session(options(each)),
      { name: 'TypeError', message: messages[String(each['name'])] },
      nameOf(each),
    )
})

t.test('a session too large for a cookie is a failure that names it', async t => {
  const { plug_status: status } = fixture['cookie_overflow_case'] as unknown as Case
  const [each] = cases('operations') as readonly [Case]
  const answered = answer(options(each), request(each), putSession('text', 'x'.repeat(4096)))
  t.equal(answered.status, status)
  t.match(answered.error, {
    _tag: 'CookieOverflow',
    message: /"_my_app_session" takes \d{4} bytes and may take 4096/,
  })
  t.strictSame(setCookies(answered), [])
})
