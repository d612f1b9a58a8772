import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import {
  attempt,
  putStatus,
  rescue,
  resp,
  text,
  type BodyLimits,
  type Conn,
} from '../../../../../lib/index.js'
import { answers, ask, dial, headText, readWhole, rejections, start, until, type Answer } from '../support.js'

const post = (...headers: readonly string[]): string => headText('POST /', ...headers)
const chunked = post('Transfer-Encoding: chunked')

/** Reads the body piece by piece, and answers with its bytes. */
const readPieces = (limits?: BodyLimits) => (conn: Conn) =>
  attempt(async () => {
    const pieces: Uint8Array[] = []
    for await (const piece of conn.body.chunks(limits)) pieces.push(piece)
    return resp(200, Buffer.concat(pieces))(conn)
  })

interface Right {
  readonly right: Uint8Array
}

const readers = { bytes: readWhole, chunks: readPieces }

for (const [name, reader] of Object.entries(readers)) {
  t.test(`${name}: a body comes as it was sent`, async t => {
    const server = await start(t, reader())
    const bytes = '\0\xff\r\n\r\nGET / HTTP/1.1'
    t.equal((await ask(t, server, `${post(`Content-Length: ${bytes.length}`)}${bytes}`, /1\.1$/)).body, bytes)
    t.match(await ask(t, server, `${chunked}5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n`, /!$/), { status: 200 })
  })

  t.test(`${name}: a request without a body has an empty one`, async t => {
    const server = await start(t, reader())
    for (const request of [post(), post('Content-Length: 0'), headText('GET /'), `${chunked}0\r\n\r\n`])
      t.match(await ask(t, server, request), { status: 200, body: '' })
  })

  t.test(`${name}: a body larger than allowed is a 413, which the client gets whole`, async t => {
    const server = await start(t, reader({ length: 10 }))
    const ok = await request(server.url, { method: 'POST', body: 'a'.repeat(10) })
    t.equal(ok.statusCode, 200)
    await ok.body.dump()
    const declared = await dial(t, server)
    declared.send(post('Content-Length: 11'))
    t.match(answers(await declared.expect(/bytes\n$/)), [{ status: 413 }], 'as soon as it says so')
    const inChunks = await dial(t, server)
    inChunks.send(`${chunked}b\r\nhello world\r\n`)
    const [answer] = answers(await inChunks.expect(/bytes\n$/))
    t.match(answer, {
      status: 413,
      headers: { connection: 'close' },
      body: 'the body is larger than 10 bytes\n',
    })
    const large = await dial(t, server)
    large.send(post('Content-Length: 50000000'))
    for (let i = 0; i < 500; i++) large.send('x'.repeat(100_000))
    t.match(answers(await large.closed()), [{ status: 413, headers: { connection: 'close' } }])
    t.equal(large.failure(), undefined, 'the client is not reset')
    t.same(server.bugs, [])
  })

  t.test(`${name}: a body that comes too slowly is a 408`, async t => {
    const server = await start(t, reader({ readTimeout: 400 }))
    const slow = await dial(t, server)
    slow.send(post('Content-Length: 20'))
    for (let i = 0; i < 4; i++) {
      slow.send('abcde')
      await sleep(150)
    }
    t.match(answers(await slow.expect(/e$/)), [{ status: 200 }], 'each piece has its time')
    const slower = await dial(t, server)
    slower.send(`${post('Content-Length: 20')}abcde`)
    t.match(answers(await slower.expect(/slowly\n$/)), [
      { status: 408, headers: { connection: 'close' }, body: 'the body arrived too slowly\n' },
    ])
    t.same(server.bugs, [])
  })

  t.test(`${name}: a body that ends before its time is a failure, which no client hears of`, async t => {
    let failure: unknown
    let asked = false
    const read = (conn: Conn) => {
      asked = true
      return reader()(conn)
    }
    const server = await start(t, rescue(error => conn => text('')(((failure = error), conn)))(read))
    for (const begun of [`${post('Content-Length: 20')}abcde`, `${chunked}5\r\nhello\r\n`]) {
      failure = undefined
      asked = false
      const line = await dial(t, server)
      line.send(begun)
      await until(() => asked)
      line.socket.resetAndDestroy()
      await until(() => failure !== undefined)
      t.match(failure, { _tag: 'BadRequest', status: 400, message: /^the body is incomplete/ })
    }
    const half = await dial(t, server)
    half.socket.end(`${post('Content-Length: 20')}abcde`)
    t.match(answers(await half.closed()), [{ status: 400 }], 'one that still listens is told')
    t.same(server.bugs, [])
  })
}

t.test('reading is an effect: a body that nobody reads is not read', async t => {
  const server = await start(t, conn => {
    conn.body.bytes()
    conn.body.chunks()
    return text('unread')(conn)
  })
  t.equal((await ask(t, server, `${post('Content-Length: 5')}hello`, /unread$/)).body, 'unread')
})

t.test('a body read whole again gives the same bytes', async t => {
  let same = false
  const server = await start(t, conn =>
    attempt(async () => {
      const first = await conn.body.bytes()()
      const [second, third] = [await conn.body.bytes()(), await conn.body.bytes({ length: 3 })()]
      same = JSON.stringify(first) === JSON.stringify(second) && first._tag === 'Right'
      return putStatus(third._tag === 'Left' ? third.left.status : 200)(text('')(conn))
    }),
  )
  const framings = [`${post('Content-Length: 5')}hello`, `${chunked}5\r\nhello\r\n0\r\n\r\n`]
  for (const framed of framings) {
    same = false
    t.equal((await ask(t, server, framed)).status, 413, 'but a smaller limit is a limit')
    t.ok(same)
  }
})

t.test('a body that comes with its head is read at once, and needs no promise', async t => {
  const read: unknown[] = []
  const server = await start(t, conn => {
    const { body } = conn
    const first = body.bytes({ length: 5 })()
    read.push(first, body.bytes({ length: 3 })())
    return 'then' in first
      ? text('later')(conn)
      : text(Buffer.concat([(first as Right).right]).toString())(conn)
  })
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 5')}hello${post('Content-Length: 5')}world`)
  t.match(
    answers(await line.expect(/world$/)),
    [{ body: 'hello' }, { body: 'world' }],
    'the connection is kept',
  )
  t.match(read[1], { _tag: 'Left', left: { status: 413 } })
  line.send(`${post('Content-Length: 5')}again`)
  await line.expect(/again$/)

  const large = await dial(t, await start(t, readWhole({ length: 5 })))
  large.send(`${chunked}6\r\nhello!\r\n0\r\n\r\n`)
  large.send(`${post('Content-Length: 5')}after`)
  t.match(answers(await large.expect(/bytes\n$|after$/)), [{ status: 413 }])
})

t.test('two reads at once give the same bytes', async t => {
  const server = await start(t, conn =>
    attempt(async () => {
      const reads = await Promise.all([conn.body.bytes()(), conn.body.bytes()()])
      return text(String(reads[0] === reads[1] || JSON.stringify(reads[0]) === JSON.stringify(reads[1])))(
        conn,
      )
    }),
  )
  t.equal((await ask(t, server, `${post('Content-Length: 5')}hello`, /(true|false)$/)).body, 'true')
})

t.test('a body read piece by piece is gone: reading it again is a bug', async t => {
  const app = (again: 'bytes' | 'chunks', first: 'bytes' | 'chunks') => (conn: Conn) =>
    attempt(async () => {
      const read = async (how: 'bytes' | 'chunks'): Promise<void> => {
        if (how === 'chunks') for await (const piece of conn.body.chunks()) void piece
        else {
          const done = await conn.body.bytes()()
          if (done._tag === 'Left') throw done.left.cause
        }
      }
      await read(first)
      await read(again)
      return text('')(conn)
    })
  for (const [first, again] of [
    ['chunks', 'chunks'],
    ['chunks', 'bytes'],
  ] as const) {
    const server = await start(t, app(again, first))
    t.equal((await ask(t, server, `${post('Content-Length: 5')}hello`)).status, 500, `${first}, ${again}`)
    t.match(server.bugs, [{ message: /^the body was already read by conn\.body\.chunks\(\)/ }])
  }
})

t.test('a body read whole is still there piece by piece, within the limits of both', async t => {
  const app = (conn: Conn) =>
    attempt(async () => {
      await conn.body.bytes({ length: 10 })()
      await conn.body.bytes({ length: 10 })()
      let said = ''
      for (let i = 0; i < 2; i++)
        for await (const piece of conn.body.chunks({ length: 7 })) said += Buffer.from(piece).toString()
      return text(said)(conn)
    })
  const server = await start(t, app)
  const body = async (length: number): Promise<[number, string]> => {
    const answer = await ask(
      t,
      server,
      `${headText('POST /', 'Transfer-Encoding: chunked')}${length.toString(16)}\r\n${'x'.repeat(length)}\r\n0\r\n\r\n`,
    )
    return [answer.status, answer.body]
  }
  t.strictSame(await body(5), [200, 'xxxxxxxxxx'])
  t.equal((await body(8))[0], 413)
  t.equal((await body(12))[0], 413)
  t.strictSame(server.bugs, [])
})

t.test(
  'a body that has come whole before its first piece is asked for, or between two, has its end',
  async t => {
    const app = (conn: Conn) =>
      attempt(async () => {
        await sleep(60)
        let said = ''
        for await (const piece of conn.body.chunks()) {
          said += Buffer.from(piece).toString()
          await sleep(60)
        }
        return text(said)(conn)
      })
    const server = await start(t, app)
    t.equal((await ask(t, server, `${post('Content-Length: 5')}hello`, /hello$/)).body, 'hello')
    const chunked = `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`
    t.equal((await ask(t, server, chunked, /hello$/)).body, 'hello')
  },
)

t.test('pieces are taken from the client as they are asked for', async t => {
  let taken = 0
  let go: () => void = () => undefined
  const gate = new Promise<void>(resolve => (go = resolve))
  const server = await start(t, conn =>
    attempt(async () => {
      for await (const piece of conn.body.chunks({ length: 100_000_000 })) {
        taken += piece.length
        await gate
      }
      return text(`${taken}`)(conn)
    }),
  )
  const total = 40_000_000
  const line = await dial(t, server)
  line.send(post(`Content-Length: ${total}`))
  for (let i = 0; i < 40; i++) line.send('x'.repeat(1_000_000))
  await until(() => taken > 0)
  await sleep(200)
  t.ok(taken < 1_000_000, `${taken} bytes taken`)
  t.ok(line.socket.writableLength > 10_000_000, `${line.socket.writableLength} bytes wait at the client`)
  go()
  t.match(answers(await line.expect(/40000000$/)), [{ status: 200 }])
})

t.test('who stops reading pieces leaves the connection usable', async t => {
  const server = await start(t, conn =>
    attempt(async () => {
      for await (const piece of conn.body.chunks()) {
        if (conn.path === '/wait') await sleep(20)
        return text(`${piece.length > 0}`)(conn)
      }
      return text('none')(conn)
    }),
  )
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 200000')}${'x'.repeat(1000)}`)
  await line.expect(/true$/)
  line.send('x'.repeat(199_000))
  line.send(headText('GET /'))
  t.match(answers(await line.expect(/none$/)), [{ body: 'true' }, { body: 'none' }])
  const whole = await dial(t, server)
  whole.send(`${post('Content-Length: 10')}helloworld${headText('GET /')}`)
  t.match(answers(await whole.expect(/none$/)), [{ body: 'true' }, { body: 'none' }], 'all was there already')
  const complete = await dial(t, server)
  complete.send(
    `${headText('POST /wait', 'Transfer-Encoding: chunked')}5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n`,
  )
  complete.send(headText('GET /'))
  t.match(
    answers(await complete.expect(/none$/)),
    [{ body: 'true' }, { body: 'none' }],
    'all has come meanwhile',
  )
  const endless = await dial(t, server)
  endless.send(`${chunked}5\r\nhello\r\n`)
  t.match(
    answers(await endless.closed()),
    [{ body: 'true', headers: { connection: 'close' } }],
    'it may never end',
  )
})

t.test('who begins to read when the client has gone is told', async t => {
  const failures: unknown[] = []
  const left = async (conn: Conn): Promise<void> => {
    asked = true
    await until(() => conn.signal.aborted)
  }
  let asked = false
  const late = (conn: Conn) =>
    attempt(async () => {
      await left(conn)
      failures.push(await conn.body.bytes()())
      return text('')(conn)
    })
  const later = (conn: Conn) =>
    attempt(async () => {
      await left(conn)
      try {
        for await (const piece of conn.body.chunks()) void piece
      } catch (cause) {
        failures.push(cause)
      }
      return text('')(conn)
    })
  for (const app of [late, later]) {
    const server = await start(t, app)
    asked = false
    const line = await dial(t, server)
    line.send(`${post('Content-Length: 10')}hello`)
    await until(() => asked)
    line.socket.destroy()
  }
  await until(() => failures.length === 2)
  t.match(failures, [
    { _tag: 'Left', left: { message: /^the body is incomplete/ } },
    { message: /^the body is incomplete/ },
  ])
})

t.test('who reads after the answer is told', async t => {
  const failures: unknown[] = []
  const late = (conn: Conn): Conn => {
    const { body } = conn
    const iterator = body.chunks()[Symbol.asyncIterator]()
    const pending = iterator.next().then(() => iterator.next())
    pending.catch((cause: unknown) => failures.push(cause))
    return text('answered')(conn)
  }
  const server = await start(t, late)
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 10')}hello`)
  await line.expect(/answered$/)
  await until(() => failures.length === 1)
  t.match(failures, [{ message: 'the response was sent before the body was read' }])

  let conn: Conn | undefined
  const forgetful = await start(t, asked => text('answered')(((conn = asked), asked)))
  const second = await dial(t, forgetful)
  second.send(`${post('Content-Length: 10')}hello`)
  await second.expect(/answered$/)
  const read = await conn?.body.bytes()()
  t.match(read, { _tag: 'Left', left: { status: 400 } })
  await t.rejects(conn?.body.chunks()[Symbol.asyncIterator]().next() as Promise<unknown>)
})

t.test('a client that waits for 100 Continue is told when the body is first read', async t => {
  const expecting = post('Expect: 100-continue', 'Content-Length: 5')
  for (const reader of Object.values(readers)) {
    const server = await start(t, reader())
    const line = await dial(t, server)
    line.send(expecting)
    await line.expect(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    line.send('hello')
    t.match(answers(await line.expect(/hello$/)), [{ status: 100 }, { status: 200, body: 'hello' }])
    line.send(`${expecting}again`)
    t.match(
      answers(await line.expect(/again$/)).slice(2),
      [{ status: 100 }, { status: 200 }],
      'and may not wait',
    )
  }
})

t.test('a client that waits for 100 Continue is spared a body that nobody reads', async t => {
  const server = await start(t, readWhole({ length: 3 }))
  const line = await dial(t, server)
  line.send(post('Expect: 100-continue', 'Content-Length: 5'))
  t.match(answers(await line.expect(/bytes\n$/)), [{ status: 413, headers: { connection: 'close' } }])
  line.socket.end()
  await line.closed()
  const other = await ask(t, server, post('Expect: the impossible', 'Content-Length: 0'))
  t.equal(other.status, 417)
})

t.test('a body that is read after the response fails, and the connection goes on', async t => {
  const reads: Record<string, (conn: Conn) => Promise<unknown>> = {
    bytes: conn => Promise.resolve(conn.body.bytes()()),
    limited: conn => Promise.resolve(conn.body.bytes({ length: 10 })()),
    chunks: async conn => {
      for await (const chunk of conn.body.chunks()) return chunk
      return 'nothing'
    },
  }
  const bodies = [
    ['x'.repeat(50)],
    ['x'.repeat(100_000)],
    ['x'.repeat(30), 'y'.repeat(20)],
    ['x'.repeat(60_000), 'y'.repeat(40_000)],
  ]
  const whens: Record<string, (read: () => void) => (conn: Conn) => unknown> = {
    'at the next tick': read => conn => {
      process.nextTick(read)
      return text('answer')(conn)
    },
    later: read => conn => {
      setTimeout(read, 20)
      return text('answer')(conn)
    },
    'after the deadline': read => conn =>
      attempt(async () => {
        await sleep(60)
        read()
        return text('too late')(conn)
      }),
    'while a long response is sent': read => conn => {
      setImmediate(read)
      return text('x'.repeat(1_000_000))(conn)
    },
  }
  const check = async (
    when: string,
    how: string,
    [first = '', second = '']: readonly string[],
  ): Promise<void> => {
    const outcomes: unknown[] = []
    const app = (conn: Conn) =>
      conn.path === '/next'
        ? text('next')(conn)
        : (whens[when] as never as (read: () => void) => (conn: Conn) => Conn)(
            () =>
              void reads[how]?.(conn).then(
                got => outcomes.push(got),
                (thrown: unknown) => outcomes.push(thrown),
              ),
          )(conn)
    const server = await start(t, app as never, { deadline: 30 })
    const line = await dial(t, server)
    line.send(post(`Content-Length: ${first.length + second.length}`) + first)
    await sleep(80)
    line.send(`${second}${headText('GET /next')}`)
    await line.expect(/next$/)
    await until(() => outcomes.length > 0, `${when}, ${how}: the read is pending`)
    t.match(JSON.stringify(outcomes), /the response was sent before|is larger than 10/, `${when}, ${how}`)
  }
  for (const when of Object.keys(whens))
    await Promise.all(Object.keys(reads).flatMap(how => bodies.map(body => check(when, how, body))))
})

for (const [name, reader] of Object.entries(readers)) {
  t.test(`${name}: a body that arrives more slowly than minRequestRate is a 408`, async t => {
    const server = await start(t, reader(), { minRequestRate: 1_000, rateGrace: 150 })
    const drip = async (
      bytes: number,
      ms: number,
      count: number,
    ): Promise<readonly [Answer | undefined, number]> => {
      const line = await dial(t, server)
      line.send(post(`Content-Length: ${bytes * count}`))
      let sent = 0
      for (; sent < count && line.text() === ''; sent++) {
        line.send('x'.repeat(bytes))
        await sleep(ms)
      }
      await line.expect(/\r\n\r\n/)
      return [answers(line.text())[0], sent]
    }
    const [slow, sent] = await drip(2, 20, 200)
    t.match(slow, { status: 408, headers: { connection: 'close' } })
    t.ok(sent < 100, `after ${sent} drops`)
    const [fast] = await drip(1_000, 20, 20)
    t.match(fast, { status: 200 })
    const off = await start(t, reader(), { minRequestRate: 0, rateGrace: 50 })
    const line = await dial(t, off)
    line.send(post('Content-Length: 2') + 'x')
    await sleep(300)
    line.send('y')
    t.match(answers(await line.expect(/xy$/)), [{ status: 200 }])
  })
}

t.test('only the time in which the app waits for the body counts for its rate', async t => {
  const app = (conn: Conn) =>
    attempt(async () => {
      let size = 0
      for await (const chunk of conn.body.chunks()) {
        size += chunk.length
        await sleep(150)
      }
      return text(`${size} bytes`)(conn)
    })
  const server = await start(t, app, { minRequestRate: 10_000, rateGrace: 100 })
  const line = await dial(t, server)
  line.send(`${post('Content-Length: 4')}a`)
  for (const byte of 'bcd') {
    await sleep(120)
    line.send(byte)
  }
  t.match(answers(await line.expect(/bytes$/)), [{ status: 200, body: '4 bytes' }])
})

t.test('nothing was rejected without a handler', async t => t.same(rejections, []))
