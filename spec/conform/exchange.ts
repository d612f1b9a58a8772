// Sends the bytes of a case over a socket, and reads what comes back as HTTP/1.1 does: responses, interim responses and the end.
import { connect } from 'node:net'
import type { Sent } from './case.js'

/** A final response. */
export interface Answer {
  readonly status: number
  /** Names as they were sent, with their values. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** The body without its framing. */
  readonly body: string
  /** How the body was framed. */
  readonly framing: 'none' | 'length' | 'chunked' | 'close'
  /** The interim responses before it. */
  readonly interim: readonly number[]
}

/** What came back. */
export interface Exchange {
  readonly answers: readonly Answer[]
  /** Whether the connection was closed; else the server has answered another request on it. */
  readonly closed: boolean
  /** What is wrong with the bytes themselves, whatever the case expects. */
  readonly problems: readonly string[]
}

/** The request that shows that a connection is still open and aligned. */
const probe = 'GET /probe HTTP/1.1\r\nHost: probe.test\r\nConnection: close\r\n\r\n'
const probeBody = 'probe'

/** Milliseconds after which an exchange has failed. */
const defaultTimeout = 20_000
/** Milliseconds after which the next part is sent, if nothing comes back. */
const pause = 200

/** Values of a header, in any case of letters. */
export const valuesOf = (answer: Answer, name: string): readonly string[] =>
  answer.fields.filter(([found]) => found.toLowerCase() === name).map(([, value]) => value)

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/
const statusLine = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/

interface Head {
  readonly status: number
  readonly fields: (readonly [string, string])[]
  readonly problems: string[]
}

/** What is wrong with a response whose last chunk is missing. */
export const cutProblem = 'chunks that are malformed or cut'

/** Reads a head strictly: what RFC 9112 forbids a sender is a problem. */
const parseHead = (text: string): Head => {
  const [first = '', ...lines] = text.split('\r\n')
  const problems: string[] = []
  const status = Number(statusLine.exec(first)?.[1] ?? 0)
  if (status === 0) problems.push(`status line ${JSON.stringify(first)}`)
  const fields = lines.map((line): readonly [string, string] => {
    const at = line.indexOf(':')
    const name = line.slice(0, Math.max(0, at))
    const value = line.slice(at + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    if (!token.test(name) || !fieldValue.test(value)) problems.push(`field ${JSON.stringify(line)}`)
    return [name, value]
  })
  return { status, fields, problems }
}

/** Decodes chunks strictly. Undefined while the last one is missing. */
const readChunks = (text: string): { body: string; size: number; valid: boolean } | undefined => {
  let at = 0
  let body = ''
  for (;;) {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return undefined
    const size = text.slice(at, end)
    if (!/^[0-9a-fA-F]+$/.test(size)) return { body: body + text.slice(at), size: text.length, valid: false }
    const length = parseInt(size, 16)
    if (length === 0) {
      const last = text.indexOf('\r\n', end + 2)
      return last < 0 ? undefined : { body, size: last + 2, valid: last === end + 2 }
    }
    if (text.length < end + 2 + length + 2) return undefined
    body += text.slice(end + 2, end + 2 + length)
    at = end + 2 + length + 2
    if (text.slice(at - 2, at) !== '\r\n') return { body, size: text.length, valid: false }
  }
}

/** Cuts bytes into responses. `closed`: no more bytes come, so that a body may end with the connection. */
export const parseAnswers = (
  text: string,
  methods: readonly string[],
  closed: boolean,
): { answers: Answer[]; problems: string[]; rest: string } => {
  const answers: Answer[] = []
  const problems: string[] = []
  let interim: number[] = []
  let rest = text
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) break
    const { status, fields, problems: found } = parseHead(rest.slice(0, end))
    const after = rest.slice(end + 4)
    const has = (name: string): string | undefined =>
      fields.find(([given]) => given.toLowerCase() === name)?.[1]
    if (status < 200 && status > 0) {
      problems.push(...found)
      if (has('content-length') ?? has('transfer-encoding')) problems.push(`a ${status} with a framed body`)
      interim.push(status)
      rest = after
      continue
    }
    const length = has('content-length')
    const coding = has('transfer-encoding')
    const isBare = methods[answers.length] === 'HEAD' || status === 204 || status === 304
    let body = ''
    let size = 0
    let framing: Answer['framing'] = 'none'
    if (isBare) framing = 'none'
    else if (coding !== undefined) {
      const chunks = readChunks(after)
      if (chunks === undefined && !closed) break
      if (chunks?.valid !== true) problems.push(cutProblem)
      framing = 'chunked'
      body = chunks?.body ?? after
      size = chunks?.size ?? after.length
    } else if (length !== undefined) {
      framing = 'length'
      size = Number(length)
      if (after.length < size && !closed) break
      if (after.length < size) problems.push('a body that is shorter than its length')
      body = after.slice(0, size)
    } else {
      if (!closed) break
      framing = 'close'
      size = after.length
      body = after
    }
    if (length !== undefined && coding !== undefined) problems.push('a length and a transfer coding')
    if (status === 204 && (length ?? coding) !== undefined) problems.push('a 204 with a framed body')
    problems.push(...found)
    answers.push({ status, fields, body, framing, interim })
    interim = []
    rest = after.slice(size)
  }
  if (closed && rest !== '')
    problems.push(`bytes after the last response: ${JSON.stringify(rest.slice(0, 60))}`)
  return { answers, problems, rest }
}

const saysClose = (answer: Answer): boolean =>
  valuesOf(answer, 'connection').some(value => /(^|[\s,])close($|[\s,])/i.test(value))

/**
 * Sends the bytes, and reads so many final responses. If the last one does not say that the connection ends, another request
 * on it must be answered as the next.
 */
export const exchange = (
  port: number,
  { send, methods, end = false, waits = false, timeout = defaultTimeout }: Sent,
  count: number,
): Promise<Exchange> =>
  new Promise(resolve => {
    const parts = typeof send === 'string' ? [send] : [...send]
    const sentMethods = methods ?? [/^\s*(\S*)/.exec(parts[0] ?? '')?.[1] ?? '']
    let text = ''
    let probed = false
    let sendTimer: NodeJS.Timeout | undefined
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const done = (closed: boolean, ...more: readonly string[]): void => {
      clearTimeout(timer)
      clearTimeout(sendTimer)
      socket.removeAllListeners().on('error', () => undefined)
      socket.destroy()
      const { answers, problems } = parseAnswers(text, sentMethods, closed)
      if (!probed) return resolve({ answers, closed, problems: [...problems, ...more] })
      const last = answers.at(-1)
      const isOpen = answers.length > count && last?.body === probeBody
      if (isOpen) answers.pop()
      else if (answers.length === count)
        more = [...more, 'the connection ends, and the last response does not say so']
      resolve({ answers, closed: !isOpen, problems: [...problems, ...more] })
    }
    const timer = setTimeout(() => done(false, 'no answer in time'), timeout)
    const reset = (): void => {
      socket.resetAndDestroy()
      // the server has to notice it
      setTimeout(() => done(true), pause)
    }
    const sendNext = (): void => {
      clearTimeout(sendTimer)
      const part = parts.shift()
      if (part === undefined) return
      socket.write(part, 'latin1')
      if (parts.length > 0 && !waits) sendTimer = setTimeout(sendNext, pause)
      else if (end === true) socket.end()
      else if (end === 'reset') sendTimer = setTimeout(reset, pause)
    }
    socket.setEncoding('latin1')
    socket.on('connect', sendNext)
    socket.on('data', (data: string) => {
      text += data
      if (parts.length > 0) return sendNext()
      if (probed || end !== false) return
      const { answers } = parseAnswers(text, sentMethods, false)
      const last = answers.at(-1)
      if (last === undefined || answers.length < count || saysClose(last)) return
      probed = true
      socket.write(probe)
    })
    // a part that is sent after the server has closed its half fails, as it may
    socket.on('error', cause =>
      Array.isArray(send) ? done(true) : done(true, `the connection fails: ${cause.message}`),
    )
    if (end !== 'reset') socket.on('close', () => done(true))
  })
