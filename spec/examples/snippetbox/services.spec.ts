// Handlers reach the database, the tokens and the count of attempts through ports, so an observer sees each call.
import t from 'tap'
import { connOf, headerList, type Observer } from 'plugboard'
import { bodyOf, run } from 'plugboard/testing'
import { makeSite, member, secret, start, tokenOf, visitor, type Visitor } from './support.js'

/** An observer that notes each call of a port's functions, as `name.function`. */
const noting = (calls: string[]): Observer => ({
  before: () => undefined,
  effect: () => undefined,
  after: () => undefined,
  port: (name, port) =>
    new Proxy({} as typeof port, {
      get: (_, key) => {
        const member: unknown = Reflect.get(port, key)
        if (typeof member !== 'function') return member
        return (...given: unknown[]): unknown => {
          calls.push(`${name}.${String(key)}`)
          return Reflect.apply(member, port, given)
        }
      },
    }),
})

t.test('an observer sees each call of a port', async t => {
  // not in development, where lint calls each plug twice
  const site = makeSite({ NODE_ENV: 'production' })
  const send = (who: Visitor, method: string, path: string, form?: Readonly<Record<string, string>>) => {
    const calls: string[] = []
    const body = new TextEncoder().encode(new URLSearchParams(form).toString())
    const done = run(site.app)(
      connOf({
        method,
        scheme: 'http',
        host: 'www.example.com',
        port: 80,
        path,
        segments: path.split('/').filter(Boolean),
        scriptName: [],
        queryString: '',
        reqHeaders: headerList([
          ['cookie', `_snippetbox_key=${who.cookie()}`],
          ['content-type', 'application/x-www-form-urlencoded'],
          ['content-length', String(body.length)],
        ]),
        remoteIp: '127.0.0.1',
        httpVersion: '1.1',
        body: bodyOf(body),
        now: start,
        entropy: (_, length) => new Uint8Array(length),
        signal: new AbortController().signal,
        endpointUrl: undefined,
        secretKeyBase: secret,
        observer: noting(calls),
      }),
    )
    // the logger's port belongs to a plug, not to the app
    return [done.status, ...calls.filter(call => !call.startsWith('logger.'))]
  }
  const eve = visitor(site)
  const _csrf_token = tokenOf(eve.get('/login')) ?? ''
  t.strictSame(send(eve, 'GET', '/healthz'), [200, 'repository.ping'])
  t.strictSame(send(eve, 'GET', '/snippets/7'), [404, 'repository.snippet'])
  t.strictSame(send(eve, 'POST', '/login', { email: 'ada@example.com', password: 'wrong', _csrf_token }), [
    422,
    'attempts.begin',
    'repository.authenticate',
  ])
  t.strictSame(send(member(site, 'ada@example.com'), 'GET', '/snippets/new'), [200, 'tokens.find'])
})
