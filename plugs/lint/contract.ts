/** What must hold of the conn that a plug passes on, compared with the conn that it received: one rule each. */
import type { Conn, RespBody } from '../../lib/conn.js'
import { maxCookieBytes, setCookies } from '../../lib/conn/cookies.js'
import { isPlugError } from '../../lib/error.js'
import { isFetched } from '../../lib/fetched.js'
import { isCookieName } from '../../lib/http/cookies.js'
import { headerProblem } from '../../lib/http/headers.js'

/** A rule: what a plug did that breaks it, in words that follow the plug's name, and whether it holds. */
interface Rule {
  readonly wrong: string
  readonly holds: (after: Conn, before: Conn) => boolean
}

const keeps = (after: object, before: object): boolean =>
  Object.keys(before).every(key => Object.hasOwn(after, key))

const fetchedFields = ['cookies', 'queryParams', 'bodyParams', 'flash', 'csrf'] as const

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const isBody = (body: RespBody | undefined): boolean => {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return true
  return body.kind === 'file'
    ? typeof body.file === 'string' && isCount(body.offset) && (body.length === 'all' || isCount(body.length))
    : body.kind === 'stream' && typeof body.chunks[Symbol.asyncIterator] === 'function'
}

const rules: readonly Rule[] = [
  {
    wrong: 'passed on a conn of another request',
    holds: (after, before) => after.body === before.body,
  },
  {
    wrong: 'set a method that is not an upper-case token',
    holds: ({ method }) => /^[!#$%&'*+\-.^_`|~\dA-Z]+$/.test(method),
  },
  {
    wrong: 'set a scheme that is neither http nor https',
    holds: ({ scheme }) => scheme === 'http' || scheme === 'https',
  },
  {
    wrong: 'set a port that is not an integer from 0 to 65535',
    holds: ({ port }) => isCount(port) && port <= 65_535,
  },
  {
    wrong: 'un-halted the conn',
    holds: (after, before) => after.halted || !before.halted,
  },
  {
    wrong: 'set a failure that is not a PlugError, or passed on a failed conn that is not halted',
    holds: ({ error, halted }, before) =>
      error === before.error || error === undefined || (isPlugError(error) && halted),
  },
  {
    wrong: 'set a status that is not an integer from 100 to 999',
    holds: ({ status }) => status === undefined || (isCount(status) && status >= 100 && status <= 999),
  },
  {
    wrong: 'set a response header whose name or value HTTP does not allow',
    holds: ({ respHeaders }) => [...respHeaders].every(([name, value]) => !headerProblem(name, value)),
  },
  {
    wrong: `set a response cookie whose name is not a token, or that is longer than ${maxCookieBytes} bytes`,
    holds: conn =>
      Object.keys(conn.respCookies).every(isCookieName) &&
      setCookies(conn).every(text => text.length <= maxCookieBytes),
  },
  {
    wrong: 'set a response body that is not a string, bytes, part of a file or a stream',
    holds: ({ respBody }) => isBody(respBody),
  },
  {
    wrong: 'dropped assigns, or assigned to an empty name',
    holds: (after, before) => keeps(after.assigns, before.assigns) && !Object.hasOwn(after.assigns, ''),
  },
  {
    wrong: 'dropped private data of other plugs',
    holds: (after, before) => keeps(after.private, before.private),
  },
  {
    wrong: 'replaced a fetched field with one that is not fetched',
    holds: (after, before) =>
      fetchedFields.every(field => isFetched(after[field]) || !isFetched(before[field])) &&
      keeps(after.sessions, before.sessions),
  },
  {
    wrong:
      'dropped a function that runs before the response is sent, or registered a value that is not a function',
    holds: (after, before) =>
      before.beforeSend.every((each, i) => after.beforeSend[i] === each) &&
      after.beforeSend.every(each => typeof each === 'function'),
  },
]

/** What a plug did wrong, in words that follow its name; undefined if every rule holds. */
export const broken = (before: Conn, after: Conn): string | undefined =>
  rules.find(({ holds }) => !holds(after, before))?.wrong
