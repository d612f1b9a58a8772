import t from 'tap'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  openFile,
  wholeReadLimit,
  readFile,
  type OpenFile,
} from '../../../../../lib/adapters/node/response/file.js'
import { endpoint, pipeline, putRespHeader, sendFile, text } from '../../../../../lib/index.js'
import { answers, ask, dial, headText, rejections, start, until } from '../support.js'

const folder = t.testdir({
  'hello.txt': 'hello world',
  'empty.txt': '',

  sub: {},
})
const at = (name: string): string => join(folder, name)
const get = headText('GET /')
const last = headText('GET /', 'Connection: close')

/** How many files of the folder this process holds open, where the system can say. */
const openFiles = (): number =>
  (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : []).filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder)
    } catch {
      return false
    }
  }).length

/** Waits until a file is open and measured. */
const opened = async (): Promise<void> => {
  if (existsSync('/proc/self/fd')) await until(() => openFiles() === 1)
  await sleep(100)
}

t.test('a file, or a part of it, is sent', async t => {
  const parts: readonly (readonly [offset: number, length: number | 'all', body: string])[] = [
    [0, 'all', 'hello world'],
    [6, 'all', 'world'],
    [0, 5, 'hello'],
    [3, 2, 'lo'],
    [0, 0, ''],
    [6, 100, 'world'],
    [11, 'all', ''],
    [100, 'all', ''],
    [100, 5, ''],
  ]
  for (const [offset, length, body] of parts) {
    const server = await start(t, sendFile(200, at('hello.txt'), offset, length))
    const line = await dial(t, server)
    line.send(get + last)
    const both = answers(await line.closed())
    t.match(both, [{ status: 200, body }, { body }], `${length} from ${offset}`)
    t.equal(both[0]?.headers['content-length'], String(body.length))
  }
  const empty = await start(t, sendFile(200, at('empty.txt')))
  t.match(await ask(t, empty, get), { status: 200, body: '', headers: { 'content-length': '0' } })
  t.equal(openFiles(), 0)
})

t.test('the length of a file is its own, whatever the app says', async t => {
  const server = await start(
    t,
    pipeline(putRespHeader('content-length', '3'), sendFile(206, at('hello.txt'))),
  )
  t.match(await ask(t, server, get, /world$/), { status: 206, headers: { 'content-length': '11' } })
})

t.test('a large file is sent whole', async t => {
  writeFileSync(at('large.bin'), Buffer.alloc(5_000_000, 'abcdefgh'))
  const server = await start(t, sendFile(200, at('large.bin'), 1, 4_000_000))
  const line = await dial(t, server)
  line.send(last)
  const [answer] = answers(await line.closed())
  t.equal(answer?.body.length, 4_000_000)
  t.equal(answer?.body, 'abcdefgh'.repeat(500_001).slice(1, 4_000_001))
  t.equal(openFiles(), 0)
})

t.test('what is no file is a 404, rendered as the app renders failures', async t => {
  execFileSync('mkfifo', [at('pipe')])
  const names = ['nothing.txt', 'sub', 'hello.txt/below', 'x'.repeat(300), 'pipe']
  for (const name of names) {
    const app = pipeline(
      putRespHeader('x-kept', 'yes'),
      putRespHeader('content-type', 'image/png'),
      putRespHeader('cache-control', 'public, max-age=31536000'),
      sendFile(200, at(name)),
    )
    const server = await start(t, endpoint({ renderErrors: error => text(`sorry: ${error.message}`) }, app))
    const answer = await ask(t, server, get, /file$/)
    t.match(answer, { status: 404, body: 'sorry: no such file', headers: { 'x-kept': 'yes' } }, name)
    t.match(answer.headers, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'max-age=0, private, must-revalidate',
    })
    t.same(server.bugs, [])
  }
  t.equal(openFiles(), 0)
})

t.test('a file that cannot be opened is a 500 that says nothing of it', async t => {
  symlinkSync('secret-loop', at('secret-loop')) // a loop, which root cannot read either
  const server = await start(t, sendFile(200, at('secret-loop')))
  const answer = await ask(t, server, get, /\n$/)
  t.equal(answer.status, 500)
  t.notMatch(JSON.stringify(answer), /secret|ELOOP/)
  t.match(server.bugs, [{ code: 'ELOOP' }])
})

t.test('a file that shrinks while it is sent cuts the connection', async t => {
  writeFileSync(at('shrinking.bin'), Buffer.alloc(30_000_000))
  const server = await start(t, sendFile(200, at('shrinking.bin')))
  const line = await dial(t, server)
  line.socket.pause()
  line.send(last)
  await opened()
  truncateSync(at('shrinking.bin'), 100)
  line.socket.resume()
  t.ok((await line.closed()).length < 30_000_000)
  t.match(server.bugs, [
    { message: /^stream: the content-length is 30000000 bytes, and the stream ended after \d+$/ },
  ])
  await until(() => openFiles() === 0)
})

t.test('a file that grows while it is sent is sent as it was', async t => {
  writeFileSync(at('growing.bin'), Buffer.alloc(3_000_000))
  const server = await start(t, sendFile(200, at('growing.bin')))
  const line = await dial(t, server)
  line.socket.pause()
  line.send(get + last)
  await opened()
  appendFileSync(at('growing.bin'), 'more')
  line.socket.resume()
  t.equal(answers(await line.closed())[0]?.body.length, 3_000_000)
})

t.test('a client that leaves has its file closed', async t => {
  writeFileSync(at('left.bin'), Buffer.alloc(30_000_000))
  const server = await start(t, sendFile(200, at('left.bin')))
  for (let i = 0; i < 5; i++) {
    const line = await dial(t, server)
    line.send(get)
    await line.expect(/\r\n\r\n/)
    line.socket.destroy()
  }
  const hasty = await dial(t, server)
  hasty.socket.write(get, () => hasty.socket.resetAndDestroy())
  await sleep(50)
  await until(() => openFiles() === 0)
  t.same(server.bugs, [])
})

t.test('a file is opened and measured', t => {
  mkdirSync(at('more'))
  const opened = openFile({ kind: 'file', file: at('hello.txt'), offset: 4, length: 100 })
  t.match(opened, { _tag: 'Right', right: { length: 7 } })
  if (opened._tag === 'Right') closeSync(opened.right.fd)
  t.match(openFile({ kind: 'file', file: at('more'), offset: 0, length: 'all' }), { _tag: 'Left' })
  t.end()
})

t.test('a file is sent whole whether it is read at once or streamed', async t => {
  for (const size of [wholeReadLimit, wholeReadLimit + 1]) {
    writeFileSync(at('limit.bin'), Buffer.alloc(size + 2, 'abcdefg'))
    const server = await start(t, sendFile(200, at('limit.bin'), 1, size))
    const line = await dial(t, server)
    line.send(get + last)
    const both = answers(await line.closed())
    const body = 'abcdefg'.repeat(size).slice(1, size + 1)
    t.ok(both.length === 2 && both.every(answer => answer.body === body), `${size} bytes, twice`)
  }
  await until(() => openFiles() === 0)
})

const read = (opened: OpenFile, offset: number) => new Promise(resolve => readFile(opened, offset, resolve))

t.test('of a file that shrinks before it is read, what is left is read', async t => {
  writeFileSync(at('shrunk.txt'), 'hello world')
  const opened = openFile({ kind: 'file', file: at('shrunk.txt'), offset: 2, length: 'all' })
  if (opened._tag === 'Left') return t.fail(opened.left.message)
  truncateSync(at('shrunk.txt'), 5)
  t.same(await read(opened.right, 2), { _tag: 'Right', right: Buffer.from('llo') })
  t.equal(openFiles(), 0)
})

t.test('a file that cannot be read is a failure, and closed', async t => {
  const fd = openSync(at('hello.txt'), 'a')
  t.match(await read({ fd, length: 5 }, 0), { _tag: 'Left', left: { _tag: 'Exception' } })
  t.equal(openFiles(), 0)
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
