import t from 'tap'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { settingsOf, type ServeOptions } from '../../../../../lib/adapters/node/server/options.js'
import { serve } from '../../../../../lib/adapters/node.js'
import { text } from '../../../../../lib/index.js'

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../../../../spec/fixtures/${name}`, import.meta.url))

t.test('every option has a default', async t => {
  const { onError, ...rest } = settingsOf({})
  t.type(onError, 'function')
  t.same(rest, {
    port: 4000,
    maxHeaderSize: 16_384,
    maxTargetSize: 8_192,
    headersTimeout: 10_000,
    requestTimeout: 300_000,
    keepAliveTimeout: 5_000,
    sendTimeout: 60_000,
    minRequestRate: 240,
    minResponseRate: 240,
    rateGrace: 5_000,
    maxPendingRequests: 8,
    maxPendingBytes: 1_048_576,
    deadline: 0,
    maxEventLoopDelay: 0,
    drainTimeout: 10_000,
    stopOn: ['SIGTERM', 'SIGINT'],
  })
})

t.test('what is given replaces the default, and undefined does not', async t => {
  const onError = (): void => undefined
  const given = { port: 0, host: '::1', deadline: 5, stopOn: ['SIGHUP'] as const, onError }
  t.match(settingsOf(given), given)
  t.equal(settingsOf({ workers: 3 }).workers, 3)
  t.equal(settingsOf({ workers: 'cores' }).workers, availableParallelism())
  t.equal(settingsOf({ port: undefined } as unknown as ServeOptions).port, 4000)
})

t.test('an option that makes no sense is refused at once, by its name', async t => {
  const refused: readonly (readonly [option: string, value: unknown])[] = [
    ...['port', 'maxHeaderSize', 'maxTargetSize', 'headersTimeout', 'requestTimeout', 'keepAliveTimeout']
      .concat(
        'sendTimeout',
        'deadline',
        'drainTimeout',
        'minRequestRate',
        'minResponseRate',
        'rateGrace',
        'maxEventLoopDelay',
      )
      .concat('maxPendingRequests', 'maxPendingBytes')
      .flatMap(name =>
        [-1, 1.5, Number.NaN, Infinity, '80', null, 2 ** 31].map(value => [name, value] as const),
      ),
    ['port', 65_536],
    ['maxHeaderSize', 0],
    ['maxTargetSize', 0],
    ['maxPendingRequests', 0],
    ['maxPendingRequests', 1_025],
    ['maxPendingBytes', 0],
    ['host', ''],
    ['host', 4000],
    ['tls', true],
    ['tls', null],
    ['stopOn', 'SIGTERM'],
    ['stopOn', ['SIGTERMINATE']],
    ['stopOn', ['toString']],
    ['stopOn', [15]],
    ['stopOn', ['SIGKILL']],
    ['stopOn', ['SIGTERM', 'SIGSTOP']],
    ['onError', 'console'],
  ]
  for (const [option, value] of refused)
    t.throws(
      () => serve(text('hello'), { [option]: value }),
      { name: 'TypeError', message: new RegExp(`^serve: ${option} must be `) },
      `${option}: ${String(value)}`,
    )
})

t.test('an option that is none is refused', async t => {
  for (const name of ['Port', 'hostname', 'timeout', '__proto__x', 'toString'])
    t.throws(() => serve(text('hello'), { [name]: 1 } as ServeOptions), {
      name: 'TypeError',
      message: `serve: unknown option ${name}`,
    })
})

t.test('the head may not be given longer than the whole request', async t => {
  t.throws(() => settingsOf({ headersTimeout: 2_000, requestTimeout: 1_000 }), {
    name: 'TypeError',
    message: 'serve: headersTimeout must not be longer than requestTimeout',
  })
  t.match(settingsOf({ requestTimeout: 1_000 }), { headersTimeout: 1_000 }, 'the default gives way')
  t.match(settingsOf({ requestTimeout: 0 }), { headersTimeout: 10_000 }, 'no limit is longer than any')
})

t.test('TLS needs a key and a certificate that fit', async t => {
  const key = fixture('tls-key.pem')
  const cert = fixture('tls-cert.pem')
  t.doesNotThrow(() => settingsOf({ tls: { key, cert } }))
  t.doesNotThrow(() => settingsOf({ tls: { SNICallback: () => undefined } }))
  const incomplete = /^serve: tls must have key and cert, or pfx, or SNICallback$/
  for (const tls of [{}, { key }, { cert }, { ca: cert }])
    t.throws(() => settingsOf({ tls }), { name: 'TypeError', message: incomplete })
  for (const tls of [{ key, cert: 'no certificate' }, { key: 'no key', cert }, { pfx: 'nonsense' }])
    t.throws(() => settingsOf({ tls }), {
      name: 'TypeError',
      message: /^serve: tls must have a key and a certificate that fit: /,
    })
})

t.test('the app must be an app', async t => {
  for (const app of [undefined, null, {}, 'app'])
    t.throws(() => serve(app as never), { message: 'serve: app must be an endpoint or a plug' })
})
