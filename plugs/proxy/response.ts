/** What another server answered, as the response of a conn. */
import type { Conn } from '../../lib/conn.js'
import { putRespHeaders } from '../../lib/conn/resp-headers.js'
import { resp, stream } from '../../lib/conn/response.js'
import { bodyHeaders } from '../../lib/error-response.js'
import { badGateway, type PlugError } from '../../lib/error.js'
import { headerList, headerProblem, type HeaderList } from '../../lib/http/headers.js'
import type { ClientResponse } from '../../lib/port-types.js'
import { framing, hopByHop } from './hop-by-hop.js'

const wrongStatus = badGateway('the other server answered with a status that is not final')
const wrongHeader = badGateway('the other server sent a header that HTTP forbids')
const wrongLength = badGateway('the other server gave the length of its answer in more than one way')

/** Fields of the conn that stand beside those of the other server: lists that each adds to. */
const joined: ReadonlySet<string> = new Set(['set-cookie', 'vary'])
/** Fields of the conn that stand for those of the other server: it was told the id. */
const ours: ReadonlySet<string> = new Set(['x-request-id'])

const merge = (before: HeaderList, given: HeaderList): HeaderList | undefined => {
  const staysBehind = hopByHop(given)
  const fields = [...given].filter(([name]) => !staysBehind(name) && !(ours.has(name) && before.has(name)))
  if (fields.some(([name, value]) => headerProblem(name, value) !== undefined)) return undefined
  const kept = [...before].filter(
    ([name]) => !bodyHeaders.has(name) && (!given.has(name) || joined.has(name) || ours.has(name)),
  )
  return headerList([...kept, ...fields])
}

const nothing: AsyncIterable<Uint8Array> = {
  // oxlint-disable-next-line require-yield
  async *[Symbol.asyncIterator]() {
    return
  },
}

/** The response of a conn, or why the answer is none: its body is given up then. */
export const respond = (conn: Conn, answer: ClientResponse): Conn | PlugError => {
  const { status, headers: given, body } = answer
  const refuse = (problem: PlugError): PlugError => {
    body?.destroy?.()
    return problem
  }
  if (!(status >= 200 && status <= 999)) return refuse(wrongStatus)
  const framed = framing(given)
  if (framed === 'wrong') return refuse(wrongLength)
  const headers = merge(conn.respHeaders, given)
  if (headers === undefined) return refuse(wrongHeader)
  // The answer to HEAD may keep to itself how long a body there would be, and then nothing is said of it
  const chunks = body ?? (conn.method === 'HEAD' && framed === 'unknown' ? nothing : undefined)
  // the other server may send its body much later than its head, as an event stream does
  const send = chunks === undefined ? resp(status, '') : stream(status, chunks, { flushHeaders: true })
  return send(putRespHeaders(headers)(conn))
}
