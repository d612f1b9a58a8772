// For the adapter's specs: a server that ends with its test, a client that speaks byte by byte, and answers read as HTTP
// says.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { map, type Either } from 'fp-ts/lib/Either.js'
import type { App } from '../../../../lib/endpoint.js'
import {
  resp,
  type BodyLimits,
  type Conn,
  type Effect,
  type PlugError,
  type Responded,
} from '../../../../lib/index.js'
import { serve, type ServeOptions, type Server } from '../../../../lib/adapters/node.js'

/** What was rejected and handled by nobody since the spec began. */
export const rejections: unknown[] = []
process.on('unhandledRejection', cause => rejections.push(cause))

export interface Started extends Server {
  /** What `onError` was told. */
  readonly bugs: unknown[]
}

/** The part of a test that is needed here. */
interface Test {
  teardown(work: () => Promise<void>): void
}

/** Serves an app on a free port until the test ends. */
export const start = async (t: Test, app: App, options: ServeOptions = {}): Promise<Started> => {
  const bugs: unknown[] = []
  const onError = (cause: unknown): void => void bugs.push(cause)
  const given = { port: 0, host: '127.0.0.1', stopOn: [], drainTimeout: 50, onError, ...options }
  const started = await serve(app, given)()
  if (started._tag === 'Left') throw new Error(started.left.message)
  t.teardown(started.right.stop)
  return { ...started.right, bugs }
}

/** Waits until something holds; throws if it does not within so many seconds, at least. */
export const until = async (
  holds: () => boolean,
  what = 'it never came to hold',
  seconds = 5,
): Promise<void> => {
  for (let i = 0; i < seconds * 200; i++) {
    if (holds()) return
    await sleep(5)
  }
  throw new Error(what)
}

/** Waits until no more comes for a while. */
export const silence = async (line: Line): Promise<string> => {
  for (let quiet = 0, length = -1; quiet < 6; quiet++) {
    if (line.text().length !== length || length === 0) quiet = 0
    length = line.text().length
    await sleep(25)
  }
  return line.text()
}

/** One end of a connection, spoken byte by byte: each character is one byte. */
export interface Line {
  readonly socket: Socket
  /** All that has come so far. */
  readonly text: () => string
  readonly send: (text: string) => void
  /** Waits until the text that has come matches; gives it. */
  readonly expect: (pattern: RegExp) => Promise<string>
  /** Waits until the server closes; gives all that came. */
  readonly closed: () => Promise<string>
  /** The code of the error that ended the connection, if one did. */
  readonly failure: () => string | undefined
}

/** Connects to a server. */
export const dial = (t: Test, { port }: { readonly port: number }): Promise<Line> =>
  new Promise((resolve, reject) => {
    let text = ''
    let ended = false
    let failure: string | undefined
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    t.teardown(async () => void socket.destroy())
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => (text += chunk))
    socket.on('end', () => (ended = true))
    socket.on('close', () => (ended = true))
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      failure = cause.code
      reject(cause)
    })
    socket.on('connect', () =>
      resolve({
        socket,
        text: () => text,
        send: bytes => void socket.write(bytes, 'latin1'),
        expect: async pattern => {
          await until(() => pattern.test(text) || ended, `no ${pattern} in ${JSON.stringify(text)}`)
          if (!pattern.test(text)) throw new Error(`closed without ${pattern}: ${JSON.stringify(text)}`)
          return text
        },
        closed: async () => {
          await until(() => ended, `still open after ${JSON.stringify(text.slice(0, 500))}`)
          return text
        },
        failure: () => failure,
      }),
    )
  })

/** A response as it came. */
export interface Answer {
  readonly status: number
  /** Values by name in lower case; those of one name are joined by line breaks. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const dechunk = (text: string): readonly [body: string, rest: string] => {
  let body = ''
  let rest = text
  for (;;) {
    const end = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.slice(0, end), 16)
    rest = rest.slice(end + 2)
    if (!(size > 0)) return [body, rest.slice(rest.indexOf('\r\n') + 2)]
    body += rest.slice(0, size)
    rest = rest.slice(size + 2)
  }
}

/** The responses in a text, as the framing of RFC 9112 §6 divides it; `methods` are those of the requests. */
export const answers = (text: string, methods: readonly string[] = []): readonly Answer[] => {
  const found: Answer[] = []
  let rest = text
  while (rest.startsWith('HTTP/')) {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers: Record<string, string> = Object.create(null)
    for (const line of lines) {
      const at = line.indexOf(':')
      const name = line.slice(0, at).toLowerCase()
      headers[name] = [headers[name] ?? [], line.slice(at + 1).trim()].flat().join('\n')
    }
    const status = Number(first.split(' ')[1])
    rest = rest.slice(end + 4)
    let body = ''
    if (status < 200) {
      found.push({ status, headers, body })
      continue
    }
    const method = methods[found.filter(one => one.status >= 200).length]
    if (method === 'HEAD' || status === 204 || status === 304) body = ''
    else if (headers['transfer-encoding'] === 'chunked') [body, rest] = dechunk(rest)
    else {
      const length = Number(headers['content-length'] ?? rest.length)
      body = rest.slice(0, length)
      rest = rest.slice(length)
    }
    found.push({ status, headers, body })
  }
  return found
}

/** Sends a request byte by byte, waits for a pattern, and gives the first answer. */
export const ask = async (
  t: Test,
  server: { readonly port: number },
  request: string,
  whole = /\r\n\r\n/,
): Promise<Answer> => {
  const line = await dial(t, server)
  line.send(request)
  const text = await line.expect(whole)
  line.socket.destroy()
  return answers(text, [request.split(' ')[0] as string])[0] as Answer
}

/** The head of a request: its first line, a Host header, and others. */
export const headText = (first: string, ...headers: readonly string[]): string =>
  [`${first} HTTP/1.1`, 'Host: x.test', ...headers, '', ''].join('\r\n')

/** A plug that reads the body whole, and answers with its bytes. */
export const readWhole =
  (limits?: BodyLimits) =>
  (conn: Conn): Effect<Conn & Responded> =>
  async (): Promise<Either<PlugError, Conn & Responded>> =>
    map((bytes: Uint8Array) => resp(200, bytes)(conn))(await conn.body.bytes(limits)())
