import { isRight } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { modeOf, readConfig, type Config, type Env } from '../../../examples/snippetbox/config.js'
import { secret } from './support.js'

const SECRET_KEY_BASE = secret

const good = (env: Env): Config => {
  const config = readConfig(env)
  if (isRight(config)) return config.right
  throw new TypeError(config.left.join('\n'))
}
const mistakes = (env: Env): readonly string[] => {
  const config = readConfig(env)
  return isRight(config) ? [] : config.left
}

t.test('without a mode it is production: cookies are secure and last 60 days', async t => {
  t.strictSame(good({ SECRET_KEY_BASE }), {
    mode: 'production',
    host: undefined,
    port: 4000,
    workers: undefined,
    secretKeyBase: secret,
    session: {
      store: 'cookie',
      redisUrl: '',
      key: '_snippetbox_key',
      signingSalt: 'snippetbox signing',
      encryptionSalt: 'snippetbox encryption',
      maxAge: 60 * 24 * 60 * 60,
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
      domain: undefined,
    },
    database: { file: '.data/snippetbox.db' },
    trustedProxies: [],
  })
})

t.test('development listens on this machine only, with a cookie that ends with the browser', async t => {
  for (const NODE_ENV of ['development', 'test'])
    t.match(good({ NODE_ENV, SECRET_KEY_BASE }), {
      mode: NODE_ENV,
      host: '127.0.0.1',
      port: 4000,
      session: { store: 'cookie', maxAge: undefined, secure: undefined },
    })
})

t.test('any other mode is production', async t => {
  for (const NODE_ENV of [undefined, '', 'production', 'staging', 'Development'])
    t.equal(modeOf({ NODE_ENV }), 'production')
})

t.test('everything can be set', async t => {
  t.strictSame(
    good({
      NODE_ENV: 'development',
      HOST: '0.0.0.0',
      PORT: '8080',
      WORKERS: '4',
      SECRET_KEY_BASE,
      SESSION_STORE: 'redis',
      REDIS_URL: 'rediss://:secret@cache:6380/1',
      SESSION_KEY: '_k',
      SESSION_SIGNING_SALT: 's',
      SESSION_ENCRYPTION_SALT: 'e',
      SESSION_MAX_AGE: '3600',
      SESSION_SECURE: 'false',
      SESSION_HTTP_ONLY: 'false',
      SESSION_SAME_SITE: 'Strict',
      SESSION_DOMAIN: 'example.com',
      DATABASE_URL: 'postgres://me@db/snippets',
      DATABASE_FILE: 'ignored.db',
      TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,',
    }),
    {
      mode: 'development',
      host: '0.0.0.0',
      port: 8080,
      workers: 4,
      secretKeyBase: secret,
      session: {
        store: 'redis',
        redisUrl: 'rediss://:secret@cache:6380/1',
        key: '_k',
        signingSalt: 's',
        encryptionSalt: 'e',
        maxAge: 3600,
        secure: false,
        httpOnly: false,
        sameSite: 'Strict',
        domain: 'example.com',
      },
      database: { url: 'postgres://me@db/snippets' },
      trustedProxies: ['loopback', '10.0.0.0/8'],
    },
  )
  t.match(good({ SECRET_KEY_BASE, DATABASE_FILE: 'a.db', PORT: '0', SESSION_MAX_AGE: '0' }), {
    port: 0,
    database: { file: 'a.db' },
    session: { maxAge: undefined },
  })
})

t.test('a variable that is empty is one that is not set', async t => {
  const empty = Object.fromEntries(
    [
      'HOST',
      'PORT',
      'WORKERS',
      'SESSION_STORE',
      'SESSION_KEY',
      'SESSION_MAX_AGE',
      'DATABASE_URL',
      'DATABASE_FILE',
    ].map(name => [name, '']),
  )
  t.strictSame(good({ SECRET_KEY_BASE, ...empty }), good({ SECRET_KEY_BASE }))
})

t.test('without a secret, or with a short one, there is no start but a way to make one', async t => {
  const how = 'make one with: node -e'
  const [missing] = mistakes({})
  t.match(missing, 'SECRET_KEY_BASE is missing')
  t.match(missing, how)
  t.strictSame(mistakes({ SECRET_KEY_BASE: '' }), [missing])
  const short = 'b'.repeat(63)
  const [tooShort] = mistakes({ SECRET_KEY_BASE: short })
  t.match(tooShort, 'SECRET_KEY_BASE must have at least 64 bytes, and has 63')
  t.match(tooShort, how)
  t.notMatch(tooShort, short, 'a secret is in no message')
  t.strictSame(mistakes({ SECRET_KEY_BASE: 'é'.repeat(32) }), [], 'bytes are counted, not characters')
})

t.test('sessions in Redis need its address, and the answer names the variable', async t => {
  const redis = { SECRET_KEY_BASE, SESSION_STORE: 'redis' }
  t.match(mistakes(redis), [/^REDIS_URL is missing: SESSION_STORE=redis needs one/])
  for (const REDIS_URL of ['localhost:6379', 'http://cache', 'redis://ca che'])
    t.strictSame(mistakes({ ...redis, REDIS_URL }), [
      'REDIS_URL must be an address that begins with redis:// or rediss://',
    ])
  t.match(good({ SECRET_KEY_BASE, SESSION_STORE: 'sql' }), { session: { store: 'sql' } })
})

t.test('all mistakes are told at once, each with its variable', async t => {
  const found = mistakes({
    SECRET_KEY_BASE: 'short',
    PORT: '65536',
    SESSION_STORE: 'disk',
    SESSION_MAX_AGE: '-1',
    DATABASE_URL: 'mysql://db',
  })
  for (const name of ['SECRET_KEY_BASE', 'PORT', 'SESSION_STORE', 'SESSION_MAX_AGE', 'DATABASE_URL'])
    t.equal(found.filter(mistake => mistake.startsWith(`${name} `)).length, 1, name)
  for (const PORT of ['x', '1.5', '-1', '4000 ', '0x10', '1e3'])
    t.strictSame(mistakes({ SECRET_KEY_BASE, PORT }), ['PORT must be a whole number from 0 to 65535'])
})
