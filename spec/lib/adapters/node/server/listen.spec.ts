// Where a server listens: a port, a Unix domain socket, a descriptor.
import t from 'tap'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json, pipeline, text, type Conn } from '../../../../../lib/index.js'
import { rewriteOn } from '../../../../../plugs/index.js'
import { serve, type ServeOptions } from '../../../../../lib/adapters/node.js'
import { rejections, until } from '../support.js'

const program = new URL('inherited.js', import.meta.url).pathname

/** A folder whose path is short enough for sockets. */
const folder = (t: { teardown(work: () => void): void }): string => {
  const made = mkdtempSync(join(tmpdir(), 'plugboard-'))
  t.teardown(() => rmSync(made, { recursive: true }))
  return made
}

/** The body of the response to a GET at a socket's path or a port. */
const ask = (
  to: { readonly socketPath: string } | { readonly port: number },
  headers: Record<string, string> = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request({ ...to, headers, agent: false }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve(body))
    })
    sent.on('error', reject).end()
  })

const show = (conn: Conn) => json({ ip: conn.remoteIp, host: conn.host, scheme: conn.scheme })(conn)

t.test('a Unix domain socket', async t => {
  const path = join(folder(t), 'app.sock')
  const started = await serve(pipeline(rewriteOn({ trust: ['loopback'] }), show), {
    path,
    stopOn: [],
    socketMode: 0o600,
  })()
  if (started._tag === 'Left') return t.fail(started.left.message)
  t.match(started.right, { url: `unix:${path}`, port: 0 })
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.same(JSON.parse(await ask({ socketPath: path }, { host: 'a.test' })), {
    ip: '127.0.0.1',
    host: 'a.test',
    scheme: 'http',
  })
  const forwarded = { host: 'a.test', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }
  t.match(JSON.parse(await ask({ socketPath: path }, forwarded)), { ip: '203.0.113.9', scheme: 'https' })
  const second = await serve(text('second'), { path, stopOn: [] })()
  t.match(second, {
    _tag: 'Left',
    left: { code: 'EADDRINUSE', message: new RegExp(`^cannot listen on ${path}: another program`) },
  })
  t.match(JSON.parse(await ask({ socketPath: path })), { ip: '127.0.0.1' }, 'the first still serves')
  await started.right.stop()
  t.notOk(existsSync(path))
})

/** Starts the program; resolves with what it says first. */
const run = async (
  t: { teardown(work: () => void): void },
  options: ServeOptions,
  fd?: unknown,
): Promise<{ readonly child: ChildProcess; readonly said: () => string }> => {
  let said = ''
  const stdio = ['ignore', 'pipe', 'inherit', ...(fd === undefined ? [] : [fd])]
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: stdio as never })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  t.teardown(() => void child.kill('SIGKILL'))
  await until(() => said.includes('\n') || child.exitCode !== null, 'it says nothing')
  return { child, said: () => said }
}

t.test('a socket file that a killed process has left is replaced', async t => {
  const path = join(folder(t), 'app.sock')
  const { child } = await run(t, { path })
  child.kill('SIGKILL')
  await until(() => child.signalCode !== null)
  t.ok(existsSync(path))
  const started = await serve(text('again'), { path, stopOn: [] })()
  if (started._tag === 'Left') return t.fail(started.left.message)
  t.equal(await ask({ socketPath: path }), 'again')
  return started.right.stop()
})

t.test('a path where no socket can be is a Left, and nothing is removed', async t => {
  const dir = folder(t)
  writeFileSync(join(dir, 'file'), 'precious')
  for (const path of [join(dir, 'file'), dir, join(dir, 'no/such/dir'), join(dir, 'file/x')]) {
    const started = await serve(text('hello'), { path, stopOn: [] })()
    t.match(started, { _tag: 'Left', left: { message: `cannot listen on ${path}: ` } }, path)
  }
  t.equal(readFileSync(join(dir, 'file'), 'utf8'), 'precious')
})

t.test('a descriptor that another process has opened', async t => {
  const listener = createServer()
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  const path = join(folder(t), 'app.sock')
  const local = createServer()
  await new Promise<void>(resolve => local.listen(path, resolve))
  t.teardown(() => (listener.close(), local.close()))
  for (const options of [{ fd: 3 }, { fd: 3, workers: 2 }]) {
    const tcp = await run(t, options, (listener as unknown as { _handle: unknown })._handle)
    t.equal(tcp.said(), `at http://127.0.0.1:${port} ${port}\n`)
    tcp.child.kill('SIGTERM')
    await until(() => tcp.child.exitCode !== null)
    t.match(tcp.said(), /stopped/)
  }
  const unix = await run(t, { fd: 3 }, (local as unknown as { _handle: unknown })._handle)
  t.equal(unix.said(), 'at unix: 0\n')
  unix.child.kill('SIGTERM')
  const { said } = await run(t, { fd: 3 })
  t.match(said(), /^cannot listen on descriptor 3: /)
})

t.test('workers share a Unix domain socket', async t => {
  const path = join(folder(t), 'app.sock')
  const { child, said } = await run(t, { path, workers: 2, socketMode: 0o660 })
  t.equal(said(), `at unix:${path} 0\n`)
  t.equal(statSync(path).mode & 0o777, 0o660)
  for (let i = 0; i < 4; i++) t.equal(await ask({ socketPath: path }), 'hello 127.0.0.1')
  child.kill('SIGTERM')
  await until(() => child.exitCode !== null)
  t.notOk(existsSync(path))
})

t.test('only one place is served', async t => {
  const refused: readonly (readonly [ServeOptions, string])[] = [
    [{ port: 1, path: '/a' }, 'serve: give only one of port, path and fd'],
    [{ port: 1, fd: 3 }, 'serve: give only one of port, path and fd'],
    [{ path: '/a', fd: 3 }, 'serve: give only one of port, path and fd'],
    [{ host: '::1', path: '/a' }, 'serve: host requires a port, not path or fd'],
    [{ host: '::1', fd: 3 }, 'serve: host requires a port, not path or fd'],
    [{ socketMode: 0o600 }, 'serve: socketMode requires path'],
    [
      { path: `/${'x'.repeat(103)}` },
      'serve: path must be a non-empty string of at most 103 bytes, got a string of 104 characters',
    ],
    [{ fd: -1 }, 'serve: fd must be an integer from 0 to 2147483647, got -1'],
    [{ path: '/a', socketMode: 0o1000 }, 'serve: socketMode must be a file mode from 0 to 0o777, got 512'],
  ]
  for (const [options, message] of refused)
    t.throws(() => serve(text('hello'), options), { name: 'TypeError', message })
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
