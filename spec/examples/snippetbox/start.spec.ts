// The program itself: started, stopped and started again, in development and in production.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { developmentSecret } from '../../../examples/snippetbox/development-secret.js'
import { password, secret } from './support.js'

const main = fileURLToPath(new URL('../../../examples/snippetbox/main.js', import.meta.url))

interface Program {
  /** Its address once it serves; undefined when it has ended instead. */
  readonly url: string | undefined
  /** What it has written so far. */
  readonly output: () => string
  /** Sends a signal, if one is given, and waits for the end; the exit code. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>
}

/** Starts the program in a folder with nothing in its environment but this. */
const startIn = async (folder: string, env: Readonly<Record<string, string>>): Promise<Program> => {
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  let output = ''
  const url = await new Promise<string | undefined>(resolve => {
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
      const address = / is at (http:\S+)/.exec(output)?.[1]
      if (address !== undefined) resolve(address)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    void ended.then(() => resolve(undefined))
  })
  return {
    url,
    output: () => output,
    end: signal => {
      if (signal !== undefined) child.kill(signal)
      return ended
    },
  }
}

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Requests a page, or sends a form, with a cookie; redirects are not followed. */
const request = async (url: string, cookie: string, form?: Readonly<Record<string, string>>) => {
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { accept: 'text/html', cookie },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  const page = await response.text()
  const setCookie = response.headers.get('set-cookie') ?? ''
  return {
    status: response.status,
    page,
    setCookie,
    cookie: /^[^;]+/.exec(setCookie)?.[0] ?? cookie,
    token: /name="_csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? '',
  }
}

t.test('in development it needs nothing, and keeps sessions and data across a restart', async t => {
  const folder = makeFolder()
  const env = { NODE_ENV: 'development' }
  const first = await startIn(folder, env)
  t.match(first.output(), /Snippetbox \(development\) is at http:\/\/localhost:\d+/)
  t.equal((await request(`${first.url}/healthz`, '')).page, 'ok')
  t.match((await request(`${first.url}/app.css`, '')).page, ':root')
  const form = await request(`${first.url}/signup`, '')
  t.match(form.setCookie, /^_snippetbox_key=[\w.-]+; path=\/; HttpOnly; SameSite=Lax$/)
  const credentials = { email: 'ada@example.com', password, _csrf_token: form.token }
  const { status, cookie } = await request(`${first.url}/signup`, form.cookie, credentials)
  t.equal(status, 302)
  t.equal(await first.end('SIGTERM'), 0, 'SIGTERM stops it in good order')
  t.match(first.output(), /"path":"\/signup","status":302/)
  t.notMatch(first.output(), password)

  const file = join(folder, '.data/secret')
  t.equal(statSync(file).mode & 0o777, 0o600, 'only its owner may read the secret')
  t.equal(readFileSync(file).length, 64)

  const second = await startIn(folder, env)
  t.match((await request(`${second.url}/account`, cookie)).page, 'ada@example.com')
  t.equal(await second.end('SIGINT'), 0)
})

t.test('in production it does not start without a secret of 64 bytes, and says how to make one', async t => {
  for (const [env, message] of [
    [{}, 'SECRET_KEY_BASE is missing'],
    [
      { NODE_ENV: 'production', SECRET_KEY_BASE: 'b'.repeat(63) },
      'SECRET_KEY_BASE must have at least 64 bytes, and has 63',
    ],
  ] as const) {
    const program = await startIn(makeFolder(), env)
    t.equal(await program.end(), 1)
    t.match(program.output(), 'Snippetbox cannot start:')
    t.match(program.output(), `${message}; make one with: node -e`)
    t.notMatch(program.output(), /bbbb|    at /)
  }
})

t.test('in production cookies are secure and last 60 days', async t => {
  const program = await startIn(makeFolder(), { SECRET_KEY_BASE: secret, HOST: '127.0.0.1' })
  t.match(program.output(), 'Snippetbox (production) is at')
  const { setCookie } = await request(`${program.url}/login`, '')
  t.match(setCookie, /; path=\/; expires=[^;]+ GMT; max-age=5184000; secure; HttpOnly; SameSite=Lax$/)
  t.equal((await request(`${program.url}/dev/session`, '')).status, 404)
  t.equal(await program.end('SIGTERM'), 0)
})

t.test('a port that is in use stops the start with a sentence', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const program = await startIn(makeFolder(), { NODE_ENV: 'development', PORT: String(port) })
  t.equal(await program.end(), 1)
  t.match(program.output(), `cannot listen on 127.0.0.1, port ${port}: another program`)
  t.notMatch(program.output(), '    at ')
})

t.test('a database that cannot be opened stops the start with a sentence', async t => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'file'), 'no folder')
  const program = await startIn(folder, { NODE_ENV: 'development', DATABASE_FILE: 'file/snippetbox.db' })
  t.equal(await program.end(), 1)
  t.match(program.output(), 'Snippetbox cannot start:')
  t.notMatch(program.output(), '    at ')
})

t.test('sessions in the database survive a restart, in a cookie that holds no more than an id', async t => {
  const folder = makeFolder()
  const env = { NODE_ENV: 'development', SESSION_STORE: 'sql' }
  const first = await startIn(folder, env)
  const form = await request(`${first.url}/signup`, '')
  t.match(form.setCookie, /^_snippetbox_key=[\w-]{43}; path=\/; HttpOnly; SameSite=Lax$/)
  const credentials = { email: 'ada@example.com', password, _csrf_token: form.token }
  const { cookie } = await request(`${first.url}/signup`, form.cookie, credentials)
  t.equal(await first.end('SIGTERM'), 0)
  const second = await startIn(folder, env)
  t.match((await request(`${second.url}/account`, cookie)).page, 'ada@example.com')
  t.equal(await second.end('SIGTERM'), 0)
})

t.test('a Redis that is not there stops the start with a sentence', async t => {
  const env = { NODE_ENV: 'development', SESSION_STORE: 'redis', REDIS_URL: 'redis://127.0.0.1:1' }
  const program = await startIn(makeFolder(), env)
  t.equal(await program.end(), 1)
  t.match(program.output(), 'Redis does not answer at REDIS_URL.')
  t.notMatch(program.output(), '    at ')
})

t.test('an option that a plug does not know stops the start with its sentence', async t => {
  const program = await startIn(makeFolder(), { NODE_ENV: 'development', TRUSTED_PROXIES: 'nonsense' })
  t.equal(await program.end(), 1)
  t.match(program.output(), 'rewriteOn: trust must be')
  t.notMatch(program.output(), '    at ')
})

t.test('the secret of development is made once, and differs from machine to machine', async t => {
  const folder = makeFolder()
  const made = developmentSecret(join(folder, 'a/b/secret'))
  t.equal(Buffer.byteLength(made), 64)
  t.equal(developmentSecret(join(folder, 'a/b/secret')), made)
  t.not(developmentSecret(join(folder, 'other')), made)
})

t.test('several processes serve it, unless sessions are in the memory of one', async t => {
  const folder = makeFolder()
  const env = { NODE_ENV: 'development', WORKERS: '2' }
  const program = await startIn(folder, env)
  t.equal((await request(`${program.url}/`, '')).status, 200)
  t.equal(program.output().match(/ is at /g)?.length, 1, 'it says once where it is')
  t.equal(await program.end('SIGTERM'), 0)

  const refused = await startIn(folder, { ...env, SESSION_STORE: 'memory' })
  t.equal(await refused.end(), 1)
  t.match(refused.output(), /Snippetbox cannot start:\n {2}memoryStore: its sessions are in one process/)
})
