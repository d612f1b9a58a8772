// The CSRF plug against every case that the real Plug answered, and what it promises besides.
import { readFileSync } from 'node:fs'
import t from 'tap'
import * as fc from 'fast-check'
import {
  assign,
  isFetched,
  mergePrivate,
  pipeline,
  putRespContentType,
  resp,
  putReqHeader,
  appendReqHeader,
  text,
  type Conn,
  type WithBodyParams,
  type WithCsrf,
} from '../../lib/index.js'
import { ConnRecord } from '../../lib/conn/record.js'
import { base64url, keyGenerator, messageVerifier, type Term } from '../../lib/crypto/index.js'
import { conn, recycle, run, testSecretKeyBase, type ConnOptions } from '../../lib/testing/index.js'
import {
  deleteCsrfToken,
  dumpStateFromSession,
  getCsrfToken,
  getCsrfTokenFor,
  protectFromForgery,
  validStateAndCsrfToken,
  withCsrfToken,
  type ProtectFromForgeryOptions,
} from '../../plugs/csrf.js'
import { hostOfToken } from '../../plugs/csrf-token.js'
import {
  clearSession,
  cookieStore,
  fetchSession,
  getSession,
  putSession,
  session,
} from '../../plugs/session/index.js'
import { toTerm, type Case, type Json } from '../lib/crypto/vectors.js'
import { dataOf, type Opened } from './session/kit.js'

const vectors: { readonly [list: string]: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../../../spec/fixtures/csrf.json', import.meta.url), 'utf8'),
)
const cases = (name: string): readonly Case[] => vectors[name] as readonly Case[]
const textOf = (each: Case, field: string): string => String(each[field])

type Guarded = Conn & WithCsrf
type Change = (conn: Guarded) => Conn
const nothing: Change = c => c

/** What a parser would have made of the body. */
const parsed =
  (bodyParams: object) =>
  <C extends Conn>(c: C): C & WithBodyParams =>
    ConnRecord.with(c, { bodyParams: Object.assign(Object.create(null), bodyParams) as never }) as Conn as C &
      WithBodyParams

const sessions = session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_key' })

/** An app that is protected, makes a change and answers. */
const app = (
  change: Change,
  options: ProtectFromForgeryOptions<'session'> | undefined = undefined,
  bodyParams: object = {},
) =>
  pipeline(
    sessions,
    fetchSession,
    parsed(bodyParams),
    options === undefined ? protectFromForgery : protectFromForgery(options),
    c => change(c as Guarded),
    (c: Conn) => (c.respBody === undefined ? text('ok')(c) : c),
  )

const stateOf = (c: Conn): unknown => dataOf(c)['_csrf_token']
const state = 'Y3JM_tufoF2-zY7lvFVRNngX'
const post = (options: ConnOptions = {}): Conn =>
  conn('POST', '/', { session: { _csrf_token: state }, ...options })

t.test('the verdict on each request is that of Plug', async t => {
  for (const each of cases('verdicts')) {
    const name = textOf(each, 'name')
    const {
      with: answer,
      session_key: sessionKey,
      allow_hosts: allowHosts,
    } = Object.fromEntries(
      ((each['options'] as { readonly $map?: readonly (readonly [Json, Json])[] }).$map ?? []).map(
        ([key, value]) => [(key as { readonly $atom: string }).$atom, value],
      ),
    ) as Readonly<Record<string, Json | undefined>>
    const mode = (answer as { readonly $atom: string } | undefined)?.$atom
    const options = {
      ...(mode !== undefined && {
        with: mode === 'clear_session' ? ('clearSession' as const) : (mode as 'exception'),
      }),
      ...(sessionKey !== undefined && { sessionKey: String(sessionKey) }),
      ...(allowHosts !== undefined && { allowHosts: allowHosts as readonly string[] }),
    }
    const expect = each['expect'] as {
      readonly verdict: string
      readonly raise?: string
      readonly session_after?: Json
      readonly session_info?: Json
    }
    if (expect.raise === 'ArgumentError') {
      t.throws(
        () => protectFromForgery(options),
        /protectFromForgery: with must be/,
        `${name}: refused at boot`,
      )
      continue
    }
    const type = each['response_content_type']
    const plug = app(
      c => (typeof type === 'string' ? putRespContentType(type)(c) : c),
      options,
      toTerm(each['body_params'] as Json) as object,
    )
    const before = toTerm(each['session'] as Json) as Readonly<Record<string, Term>>
    const base: Conn = ConnRecord.request(
      conn(textOf(each, 'method'), '/', { session: before, secretKeyBase: textOf(each, 'secret_key_base') }),
      { host: textOf(each, 'host') },
    )
    // A header's name in upper case cannot be in a conn: an adapter lowers it, and then the token counts. Plug's test conn
    // leaves it as it is, and does not find it.
    const headers = (each['headers'] as readonly (readonly [string, string])[]).filter(
      ([header]) => header === header.toLowerCase(),
    )
    const request = headers.reduce<Conn>((c, [header, value]) => appendReqHeader(header, value)(c), base)
    const answered = run(plug)(request)
    if (expect.verdict === 'ok') {
      t.equal(answered.error, undefined, name)
      t.equal(answered.status, 200, name)
      t.strictSame({ ...dataOf(answered) }, toTerm(expect.session_after as Json), `${name}: the session`)
      t.equal(
        (answered as Opened).sessions.session.info,
        (expect.session_info as { readonly $atom?: string } | null)?.$atom,
        `${name}: what becomes of it`,
      )
    } else {
      // Plug fails to match a host token with less than a nonce in it, which is a 500.
      t.equal(answered.status, 403, name)
      t.equal(
        answered.error?._tag,
        expect.raise?.endsWith('InvalidCrossOriginRequestError')
          ? 'InvalidCrossOriginRequest'
          : 'InvalidCsrfToken',
        name,
      )
    }
  }
})

t.test('masked tokens of Plug are valid, for their state', async t => {
  for (const each of cases('masked_tokens')) {
    t.equal(validStateAndCsrfToken(each['session_csrf_token'], each['token']), true)
    t.equal(textOf(each, 'token').slice(32), each['mask'])
    const masked = Buffer.from(base64url.decode(textOf(each, 'token').slice(0, 32)) ?? [])
    const mask = Buffer.from(textOf(each, 'mask'))
    t.equal(masked.map((byte, i) => byte ^ (mask[i] as number)).toString(), each['session_csrf_token'])
  }
  for (const each of cases('valid_state_and_csrf_token'))
    t.equal(validStateAndCsrfToken(each['state'], each['token']), each['valid'], textOf(each, 'token'))
  for (const each of cases('dump_state_from_session'))
    t.equal(dumpStateFromSession(each['in']), each['out'] ?? undefined, JSON.stringify(each['in']))
})

const guarded = (options: ConnOptions = {}): Guarded => {
  let seen: Guarded | undefined
  run(app(c => (seen = c)))(conn('GET', '/', { session: { _csrf_token: state }, ...options }))
  return seen as Guarded
}

t.test('tokens for URLs are bound to the host, where the URL has one', async t => {
  for (const each of cases('host_tokens')) {
    const secretKeyBase = textOf(each, 'secret_key_base')
    const known = textOf(each, 'session_csrf_token')
    const c = guarded({ session: { _csrf_token: known }, secretKeyBase })
    if (textOf(each, 'url').startsWith('mailto:')) {
      // Plug returns the site's own token for it.
      t.throws(() => getCsrfTokenFor(textOf(each, 'url')), TypeError)
      continue
    }
    const token = getCsrfTokenFor(textOf(each, 'url'))(c)
    const key = keyGenerator.generate(secretKeyBase, known)
    const message = (signed: string): Buffer => {
      const found = messageVerifier.verify(signed, key)
      return Buffer.from(found._tag === 'Some' ? found.value : [])
    }
    if (each['host_bound'] === true) {
      t.match(token, /^SFMyNTY\./, textOf(each, 'url'))
      t.equal(message(token).toString('utf8', 24), each['host'])
      t.match(message(token).toString('latin1', 0, 24), /^[\w-]{24}$/)
      t.equal(message(textOf(each, 'token')).toString('utf8', 24), each['host'], 'and so is that of Plug')
      const host = textOf(each, 'host')
      if (host !== '')
        for (const signed of [token, textOf(each, 'token')]) {
          const request = (name: string): Conn => {
            const base = post({ secretKeyBase, session: { _csrf_token: known } })
            // An adapter gives hosts in lower case.
            return ConnRecord.request(base, { host: name.toLowerCase() })
          }
          t.equal(run(app(nothing, undefined, { _csrf_token: signed }))(request(host)).status, 200)
          t.equal(
            run(app(nothing, undefined, { _csrf_token: signed }))(request('elsewhere.example')).status,
            403,
          )
          t.equal(
            run(app(nothing, { allowHosts: [host] }, { _csrf_token: signed }))(request('elsewhere.example'))
              .status,
            200,
          )
        }
    } else {
      t.equal(token, getCsrfToken(c), textOf(each, 'url'))
      t.ok(validStateAndCsrfToken(known, token))
    }
  }
})

t.test('a host token needs the plug, whose state it is made of', async t => {
  // Plug raises when it is called in another process than that of the request. Here nothing is kept outside of the conn.
  t.match(cases('host_token_without_state') as unknown, { plug_status: 500 })
  t.throws(
    () => getCsrfTokenFor('//example.com')(conn('GET', '/', { session: {} }) as Guarded),
    /conn\.csrf is not fetched: put protectFromForgery earlier in the pipeline/,
  )
})

t.test('the life of a token is that of Plug', async t => {
  // Plug notes in the process that a token was asked for; here `withCsrfToken` says so.
  const lives: Readonly<Record<string, Change>> = {
    'token never requested, no session token': nothing,
    'get_csrf_token, no session token': withCsrfToken,
    'get twice is same token within the request': c =>
      resp(200, String(getCsrfToken(c) === getCsrfToken(c)))(c),
    delete_csrf_token: deleteCsrfToken,
    'host token only, no session token': c => {
      const kept = withCsrfToken(c)
      return resp(200, getCsrfTokenFor('//example.com')(kept))(kept)
    },
    'host token twice same host is same': c =>
      resp(200, String(getCsrfTokenFor('//example.com')(c) === getCsrfTokenFor('//example.com/x')(c)))(c),
  }
  for (const each of cases('lifecycle')) {
    const name = textOf(each, 'name')
    const before = toTerm(each['session_before'] as Json) as Readonly<Record<string, Term>>
    const answered = run(app(lives[name] as Change))(conn('GET', '/', { session: before }))
    t.equal(answered.status, 200, name)
    t.equal(
      (answered as Opened).sessions.session.info,
      (each['info'] as { readonly $atom?: string } | null)?.$atom,
      `${name}: whether it is written`,
    )
    const result = each['result'] as { readonly bytes?: number; readonly same?: boolean } | null
    if (result?.same !== undefined) t.equal(answered.respBody, 'true', name)
    if (result?.bytes !== undefined)
      t.equal((answered.assigns as { readonly csrfToken: string }).csrfToken.length, result.bytes, name)
    const after = stateOf(answered)
    if (each['token_in_session_after'] === 'absent') t.equal(after, undefined, name)
    else if (each['token_in_session_after'] === 'unchanged') t.equal(after, before['_csrf_token'], name)
    else t.match(after, /^[\w-]{24}$/, name)
  }
})

t.test('a form of one request is accepted by the next, in the body or in a header', async t => {
  const form = run(app(withCsrfToken))(conn('GET', '/'))
  const { csrfToken } = form.assigns as { readonly csrfToken: string }
  t.match(csrfToken, /^[\w-]{56}$/)
  const sent = recycle(form)('POST', '/')
  t.equal(run(app(nothing, undefined, { _csrf_token: csrfToken }))(sent).status, 200)
  t.equal(run(app(nothing))(putReqHeader('x-csrf-token', csrfToken)(sent)).status, 200)
  t.equal(run(app(nothing))(sent).status, 403)
  const again = run(app(withCsrfToken))(recycle(form)('GET', '/'))
  t.strictSame(again.respCookies, {}, 'the state is there: nothing is written')
  const next = (again.assigns as { readonly csrfToken: string }).csrfToken
  t.not(next, csrfToken, 'each request has its own mask')
  t.equal(run(app(nothing, undefined, { _csrf_token: next }))(sent).status, 200)
  t.equal(
    run(app(nothing, undefined, { _csrf_token: csrfToken }))(conn('POST', '/')).status,
    403,
    'of no use without',
  )
})

t.test('the same conn gives the same token, and a page without a form sets no cookie', async t => {
  const c = guarded({ session: {} })
  t.equal(getCsrfToken(c), getCsrfToken(c))
  t.equal(getCsrfToken(withCsrfToken(c)), getCsrfToken(c), 'asked for before it is kept or after')
  t.strictSame(run(app(c => text(getCsrfToken(c))(c)))(conn('GET', '/')).respCookies, {})
})

t.test('after it is deleted another state is made, and with the session it goes too', async t => {
  const c = withCsrfToken(guarded({ session: {} }))
  const first = stateOf(c)
  const deleted = deleteCsrfToken(c)
  t.equal(stateOf(deleted), undefined)
  const second = withCsrfToken(deleted)
  t.not(stateOf(second), first)
  t.not(second.assigns.csrfToken, c.assigns.csrfToken)
  t.equal(validStateAndCsrfToken(first, second.assigns.csrfToken), false)
  t.equal(validStateAndCsrfToken(stateOf(second), second.assigns.csrfToken), true)
  t.equal(stateOf(c), first, 'the older conn is as it was')
  const third = withCsrfToken(deleteCsrfToken(second))
  t.not(stateOf(third), stateOf(second))
  const cleared = withCsrfToken(clearSession(guarded() as Guarded & Opened))
  t.equal(
    validStateAndCsrfToken(stateOf(cleared), cleared.assigns.csrfToken),
    true,
    'a form after log-in works',
  )
})

t.test('a token that anything is changed in is refused, and nothing that is sent makes it throw', async t => {
  const token = getCsrfToken(guarded())
  t.ok(validStateAndCsrfToken(state, token))
  for (let i = 0; i < token.length; i++)
    t.notOk(
      validStateAndCsrfToken(state, token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1)),
    )
  const sent = fc.oneof(
    fc.string(),
    fc.string({ minLength: 56, maxLength: 56 }),
    fc.string({ unit: 'binary', minLength: 18, maxLength: 56 }),
    fc.string().map(text => `SFMyNTY.${text}`),
    fc.tuple(fc.base64String(), fc.base64String()).map(([a, b]) => `SFMyNTY.${a}.${b}`),
    fc.anything(),
  )
  fc.assert(
    fc.property(
      sent,
      fc.oneof(fc.constant(state as Term), fc.string(), fc.constantFrom(null, 5, [])),
      (value, held) => {
        const answered = run(app(nothing, undefined, { _csrf_token: value }))(
          conn('POST', '/', { session: { _csrf_token: held } }),
        )
        return answered.status === 403
      },
    ),
  )
})

/** What Plug's notes say of a masked token, told in the plainest way: state and mask are text, and so is their "xor". */
const masked = (known: string, mask: string): string => {
  const [a, b] = [Buffer.from(known), Buffer.from(mask)]
  return Buffer.from(a.map((byte, i) => byte ^ (b[i] as number))).toString('base64url') + mask
}
const text24 = fc.uint8Array({ minLength: 18, maxLength: 18 }).map(bytes => base64url.encode(bytes))
/** What a session may hold of 24 bytes, whoever wrote it. */
const anyState = fc.oneof(
  text24,
  fc.string({ minLength: 24, maxLength: 24 }),
  fc.string({ unit: 'binary', maxLength: 24 }).filter(known => Buffer.byteLength(known) === 24),
)
const secrets = fc.string({ minLength: 64, maxLength: 80 })
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}(\.[a-z][a-z0-9-]{0,5}){0,3}$/)

t.test('any mask of any state is a token of that state alone', async t => {
  fc.assert(
    fc.property(anyState, text24, anyState, (known, mask, other) => {
      const token = masked(known, mask)
      return (
        validStateAndCsrfToken(known, token) &&
        (known === other || !validStateAndCsrfToken(other, token)) &&
        !validStateAndCsrfToken(known, masked(other, mask).slice(0, 32) + mask) === (known !== other)
      )
    }),
    { numRuns: 500 },
  )
  t.pass()
})

t.test('with any state, secret and seed, the tokens that are made are the tokens that count', async t => {
  fc.assert(
    fc.property(text24, secrets, fc.string(), name, name, (known, secretKeyBase, seed, host, other) => {
      const session = { _csrf_token: known }
      const page = guarded({ session, secretKeyBase, seed })
      const sends = (token: string, at: string, base = secretKeyBase): boolean =>
        run(app(nothing, undefined, { _csrf_token: token }))(
          ConnRecord.request(conn('POST', '/', { session, secretKeyBase: base }), { host: at }),
        ).status === 200
      const plain = getCsrfToken(page)
      const bound = getCsrfTokenFor(`https://${host}/path`)(page)
      return (
        sends(plain, host) &&
        sends(plain, other) &&
        sends(bound, host) &&
        sends(bound, other) === (host === other) &&
        !sends(bound, host, 'another secret'.padEnd(64, '.'))
      )
    }),
    { numRuns: 50 },
  )
  t.pass()
})

t.test('allowed hosts are those that Plug allows', async t => {
  const allowed = fc.array(fc.tuple(fc.boolean(), name).map(([dot, host]) => (dot ? '.' : '') + host))
  fc.assert(
    fc.property(name, allowed, fc.boolean(), (host, hosts, extend) => {
      const at = extend ? `sub.${host}` : host
      const allowHosts = extend ? [...hosts, `.${host}`] : hosts
      const token = getCsrfTokenFor(`//${at}/`)(guarded())
      const wanted =
        at === 'elsewhere.test' ||
        allowHosts.some(each => (each.startsWith('.') ? at.endsWith(each) : at === each))
      const request = ConnRecord.request(post(), { host: 'elsewhere.test' })
      return (run(app(nothing, { allowHosts }, { _csrf_token: token }))(request).status === 200) === wanted
    }),
    { numRuns: 100 },
  )
  t.pass()
})

t.test('of a token every byte counts: any other in its place, and it is refused', async t => {
  const page = guarded()
  const verdict = app(nothing)
  const sent = (token: string): boolean =>
    run(verdict)(putReqHeader('x-csrf-token', token)(post())).status === 200
  const counts = (token: string): boolean =>
    validStateAndCsrfToken(state, token) || hostOfToken(testSecretKeyBase, state, token) !== undefined
  for (const token of [getCsrfToken(page), getCsrfTokenFor('//www.example.com/')(page)]) {
    t.ok(sent(token) && counts(token))
    const accepted: string[] = []
    for (let i = 0; i < token.length; i++) {
      for (let byte = 0; byte < 0x100; byte++) {
        const changed = token.slice(0, i) + String.fromCharCode(byte) + token.slice(i + 1)
        if (changed !== token && counts(changed)) accepted.push(changed)
      }
      const other = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1)
      for (const changed of [other, token.slice(0, i)]) if (sent(changed)) accepted.push(changed)
    }
    for (const more of ['A', '=', '==', '.']) if (sent(token + more)) accepted.push(token + more)
    t.strictSame(accepted, [])
  }
})

t.test('a host token is bound to state and secret, and counts for nothing without a secret', async t => {
  const sign = (message: string, known = state): string =>
    messageVerifier.sign(message, keyGenerator.generate(testSecretKeyBase, known))
  const status = (
    token: string,
    options: ProtectFromForgeryOptions<'session'> = {},
    more: ConnOptions = {},
  ): unknown => run(app(nothing, options, { _csrf_token: token }))(post(more)).status
  const nonce = 'n'.repeat(24)
  t.equal(status(sign(`${nonce}www.example.com`)), 200)
  t.equal(status(sign(`${nonce}www.example.com`, 'A'.repeat(24))), 403)
  t.equal(status(sign(`${nonce}www.example.com`), {}, { secretKeyBase: undefined }), 403)
  t.equal(status(sign(`${nonce}`)), 403, 'no host is not this one')
  t.equal(status(sign('short')), 403)
  t.equal(status(sign(`${nonce}example.com`), { allowHosts: ['.example.com'] }), 403)
  t.equal(status(sign(`${nonce}a.b.EXAMPLE.com`), { allowHosts: ['.Example.com'] }), 200)
  t.equal(status(sign(`${nonce}evil-example.com`), { allowHosts: ['example.com'] }), 403)
  t.throws(() => getCsrfTokenFor('https://example.com')(guarded({ secretKeyBase: undefined })), {
    name: 'TypeError',
    message: /getCsrfTokenFor: a token for a host needs a secretKeyBase/,
  })
  t.ok(validStateAndCsrfToken(state, getCsrfTokenFor('/path')(guarded({ secretKeyBase: undefined }))))
})

t.test(
  'a URL is taken as browsers take it: what leads to another host gets a token for that host',
  async t => {
    const host = (url: string): string | undefined => {
      const token = getCsrfTokenFor(url)(guarded())
      if (!token.startsWith('SFMyNTY.')) return undefined
      return Buffer.from(token.split('.')[1] as string, 'base64url').toString('utf8', 24)
    }
    const hosts: Readonly<Record<string, string | undefined>> = {
      '/': undefined,
      '/a//b': undefined,
      a: undefined,
      '?a=//b': undefined,
      '#//b': undefined,
      '': undefined,
      'a/b:c': undefined,
      '?http:evil.example': undefined,
      '//example.com': 'example.com',
      '//example.com:8080/x': 'example.com',
      'https://user:secret@example.com@evil.example/': 'evil.example',
      'https://example.com?a@b': 'example.com',
      'http://[::1]:4000/': '::1',
      'HTTP://Example.com': 'Example.com',
      '/\\evil.example': 'evil.example',
      '\\\\evil.example': 'evil.example',
      'https:\\\\evil.example/x': 'evil.example',
      '/\t/evil.example': 'evil.example',
      ' \n//evil.example': 'evil.example',
      'http:evil.example': 'evil.example',
      'https:/evil.example/x': 'evil.example',
      ' ht\ntp:evil.example': 'evil.example',
      'HTTPS:Evil.example:443/': 'evil.example',
      'http:user@evil.example': 'evil.example',
      'http:[::1]': '::1',
      'ws:evil.example': 'evil.example',
      'https://bücher.example/': 'bücher.example',
      'https:bücher.example': 'xn--bcher-kva.example',
    }
    for (const [url, wanted] of Object.entries(hosts)) t.equal(host(url), wanted, JSON.stringify(url))
    for (const url of [
      'javascript:alert(1)',
      'mailto:a@evil.example',
      'data:text/html,x',
      'http:',
      'https:?a',
      'http:a b',
      'localhost:3000',
      ' java\nscript:x',
      'urn:x:y',
      'file:/x',
      undefined as never,
    ])
      t.throws(
        () => getCsrfTokenFor(url),
        {
          name: 'TypeError',
          message: /^getCsrfTokenFor: url must be a path of this site, or a URL with a host, got /,
        },
        url,
      )
  },
)

t.test('a token for a host beyond ASCII counts where a browser sends it', async t => {
  const send = (url: string, host: string, allowHosts: readonly string[] = []) =>
    run(app(nothing, { allowHosts }, { _csrf_token: getCsrfTokenFor(url)(guarded()) }))(
      ConnRecord.request(post(), { host }),
    ).status
  for (const url of ['https://bücher.example/', 'https://BÜCHER.example/', 'https:bücher.example']) {
    t.equal(send(url, 'xn--bcher-kva.example'), 200, url)
    t.equal(send(url, 'elsewhere.test', ['xn--bcher-kva.example']), 200, url)
    t.equal(send(url, 'elsewhere.test'), 403, url)
  }
  t.equal(send('http:evil.example', 'www.example.com'), 403)
  t.equal(send('http:evil.example', 'evil.example'), 200)
})

t.test('a host in brackets is that without them', async t => {
  const token = getCsrfTokenFor('http://[::1]/')(guarded())
  const request = ConnRecord.request(post(), { host: '[::1]' })
  t.equal(run(app(nothing, undefined, { _csrf_token: token }))(request).status, 200)
})

t.test(
  'with clearSession a forged request sees an empty session, and the real one stays as it was',
  async t => {
    const filled = run(app(c => withCsrfToken(putSession('user', 'ada')(c as Guarded & Opened))))(
      conn('GET', '/'),
    )
    let seen: unknown
    const forged = run(
      app(
        c => {
          seen = { ...getSession()(c as Guarded & Opened) }
          return withCsrfToken(putSession('evil', 1)(c as Guarded & Opened))
        },
        { with: 'clearSession' },
      ),
    )(recycle(filled)('POST', '/'))
    t.equal(forged.status, 200)
    t.strictSame(seen, {})
    t.strictSame(forged.respCookies, {}, 'nothing is written, whatever is put')
    const next = run(app(nothing))(recycle(forged)('GET', '/'))
    t.equal(dataOf(next)['user'], 'ada')
  },
)

t.test('a refused request stops there, with a session as it was', async t => {
  let reached = false
  const refused = run(
    app(c => {
      reached = true
      return c
    }),
  )(conn('POST', '/', { session: { user: 'ada' } }))
  t.equal(reached, false)
  t.equal(refused.status, 403)
  t.strictSame(refused.respCookies, {})
})

t.test('a test may say that it is let through', async t => {
  const skip = mergePrivate({ plugboardSkipCsrfProtection: true })
  t.equal(run(app(nothing))(skip(conn('POST', '/'))).status, 200)
  t.equal(
    run(app(nothing))(mergePrivate({ plugboardSkipCsrfProtection: 'yes' })(conn('POST', '/'))).status,
    403,
  )
  const script = app(c => putRespContentType('text/javascript')(c))
  t.equal(run(script)(skip(conn('GET', '/'))).status, 200)
})

t.test('JavaScript is not sent to other sites', async t => {
  const script = (type: string | undefined, request: Conn): number | undefined =>
    run(app(c => (type === undefined ? c : putRespContentType(type, null)(c))))(request).status
  const get = conn('GET', '/')
  const xhr = (value: string): Conn => putReqHeader('x-requested-with', value)(get)
  t.equal(script('text/javascript', get), 403)
  t.equal(script('application/javascript; charset=utf-8', get), 403)
  t.equal(script('text/javascript', xhr('XMLHttpRequest')), 200)
  t.equal(script('text/javascript', xhr('xmlhttprequest')), 403)
  t.equal(script('text/javascript', appendReqHeader('x-requested-with', 'XMLHttpRequest')(xhr('other'))), 200)
  t.equal(script('text/html', get), 200)
  t.equal(script(undefined, get), 200)
  t.equal(run(app(c => resp(204, '')(c)))(get).status, 204, 'a response without a content type is none')
  t.equal(script('text/javascript', conn('HEAD', '/')), 200)
  const refused = run(app(c => text('secret')(putRespContentType('text/javascript')(c))))(get)
  t.notMatch(refused.respBody, 'secret')
})

t.test('twice in one pipeline is as good as once', async t => {
  const twice = pipeline(
    sessions,
    fetchSession,
    parsed({}),
    protectFromForgery,
    withCsrfToken,
    deleteCsrfToken,
    protectFromForgery({ allowHosts: ['example.com'] }),
    withCsrfToken,
    text('ok'),
  )
  const answered = run(twice)(conn('GET', '/'))
  t.equal(answered.beforeSend.length, 2)
  t.ok(
    validStateAndCsrfToken(stateOf(answered), (answered.assigns as { readonly csrfToken: string }).csrfToken),
  )
  t.equal(run(twice)(conn('POST', '/')).status, 403)
})

t.test('the state may be in a session of another name, under another key', async t => {
  const named = pipeline(
    session({ store: cookieStore({ signingSalt: 'a salt' }), key: '_admin', name: 'admin' }),
    fetchSession('admin'),
    parsed({}),
    protectFromForgery({ sessionName: 'admin', sessionKey: 'csrf' }),
    withCsrfToken,
    assign('a', 1),
    text('ok'),
  )
  const answered = run(named)(conn('GET', '/'))
  const { csrfToken } = answered.assigns as { readonly csrfToken: string }
  t.ok(validStateAndCsrfToken(dataOf(answered, 'admin')['csrf'], csrfToken))
  t.strictSame(Object.keys(answered.respCookies), ['_admin'])
  const sent = putReqHeader('x-csrf-token', csrfToken)(recycle(answered)('DELETE', '/'))
  t.equal(run(named)(sent).status, 200)
})

t.test('what is missing or wrong is named', async t => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ sessionKey: '' }, /protectFromForgery: sessionKey must be a non-empty string/],
    [{ with: 'nothing' }, /protectFromForgery: with must be 'exception' or 'clearSession'/],
    [{ allowHosts: 'example.com' }, /protectFromForgery: allowHosts must be an array of hosts/],
    [{ allowHosts: [''] }, /protectFromForgery: allowHosts must be/],
    [{ sessionName: '__proto__' }, /protectFromForgery: sessionName must be a name of letters/],
    [{ session_key: 'x' }, /protectFromForgery: unknown option session_key/],
  ]
  for (const [options, message] of wrong)
    t.throws(() => protectFromForgery(options as ProtectFromForgeryOptions), { name: 'TypeError', message })
  t.ok(
    run(pipeline(fetchSession, parsed({}), protectFromForgery({ mode: 'token' }), text('ok')))(post())
      .status === 403,
  )
  const bare = conn('GET', '/', { session: {} }) as never
  const hint = /conn\.csrf is not fetched: put protectFromForgery earlier in the pipeline/
  t.notOk(isFetched((bare as Conn).csrf))
  for (const f of [getCsrfToken, withCsrfToken, deleteCsrfToken, getCsrfTokenFor('/')])
    t.throws(() => (f as (c: never) => unknown)(bare), { name: 'NotFetchedError', message: hint })
  t.throws(() => protectFromForgery(bare), /put fetchSession earlier in the pipeline/)
  t.throws(
    () => protectFromForgery(fetchSession(conn('POST', '/', { session: { _csrf_token: state } })) as never),
    /conn\.bodyParams is not fetched: put parsers\(\) earlier/,
  )
})
