// Speaks HTTP/1.1 byte by byte, for requests that no client would send.
import { connect } from 'node:net'

/** An answer as it came. */
export interface RawAnswer {
  /** 0 if the server closed the connection without an answer. */
  readonly status: number
  /** Values by name in lower case; those of one name are joined by line breaks. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** All that came, further answers on the same connection included. */
  readonly text: string
  /** Whether the server closed the connection; else it has been silent for a while. */
  readonly closed: boolean
}

const parse = (text: string, closed: boolean): RawAnswer => {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = Object.create(null)
  for (const line of lines) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).toLowerCase()
    const value = line.slice(at + 1).trim()
    headers[name] = name in headers ? `${headers[name]}\n${value}` : value
  }
  const rest = text.slice(end + 4)
  const length = Number(headers['content-length'] ?? rest.length)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0)
  return { status, headers, body: rest.slice(0, length), text, closed }
}

/** How bytes are sent, and when the answer is taken to be whole. */
export interface ExchangeOptions {
  /** Milliseconds without a byte after which the answer is taken to be whole. Default 300. */
  readonly silence?: number
  /** Whether the client ends its side once all is sent. Default false. */
  readonly end?: boolean
  /** Milliseconds between two pieces, where the request is a list of them. Default 50. */
  readonly pause?: number
}

/**
 * Sends a request, each character of the text one byte, and waits until the server closes or, once it has begun to
 * answer, is silent for a while.
 */
export const exchange = (
  port: number,
  request: string | readonly string[],
  { silence = 300, end = false, pause = 50 }: ExchangeOptions = {},
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    let text = ''
    let timer: NodeJS.Timeout | undefined
    const pieces = typeof request === 'string' ? [request] : [...request]
    const socket = connect(port, '127.0.0.1')
    const done = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(parse(text, closed))
    }
    const send = (): void => {
      const piece = pieces.shift()
      if (piece !== undefined) socket.write(piece, 'latin1')
      if (pieces.length > 0) timer = setTimeout(send, pause)
      else if (end) socket.end()
    }
    socket.setEncoding('latin1')
    socket.setTimeout(10_000, () => done(false))
    socket.on('data', (chunk: string) => {
      text += chunk
      socket.setTimeout(silence)
    })
    socket.on('close', () => done(true))
    socket.on('error', cause => (text === '' ? reject(cause) : done(true)))
    socket.on('connect', send)
  })
