/** What a plug owes to the conn that it passes on: one rule each, held against the conn that it was given. */
import type { Conn, RespBody } from '../../lib/conn.js'
import { maxCookieBytes, setCookies } from '../../lib/conn/cookies.js'
import { isPlugError } from '../../lib/error.js'
import { isFetched } from '../../lib/fetched.js'
import { isCookieName } from '../../lib/http/cookies.js'
import { headerProblem } from '../../lib/http/headers.js'

/** What is wrong, in words that follow the plug's name; and whether the conn passed on is right. */
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
    wrong: 'set a method that is no upper-case token',
    holds: ({ method }) => /^[!#$%&'*+\-.^_`|~\dA-Z]+$/.test(method),
  },
  {
    wrong: 'set a scheme that is neither http nor https',
    holds: ({ scheme }) => scheme === 'http' || scheme === 'https',
  },
  {
    wrong: 'set a port that is not a whole number from 0 to 65535',
    holds: ({ port }) => isCount(port) && port <= 65_535,
  },
  {
    wrong: 'un-halted the conn',
    holds: (after, before) => after.halted || !before.halted,
  },
  {
    wrong: 'set a failure that is no PlugError, or passed a failed conn on as one that is not halted',
    holds: ({ error, halted }, before) =>
      error === before.error || error === undefined || (isPlugError(error) && halted),
  },
  {
    wrong: 'set a status that is not a whole number from 100 to 999',
    holds: ({ status }) => status === undefined || (isCount(status) && status >= 100 && status <= 999),
  },
  {
    wrong: 'set a response header whose name or value HTTP forbids',
    holds: ({ respHeaders }) => [...respHeaders].every(([name, value]) => !headerProblem(name, value)),
  },
  {
    wrong: `set a response cookie whose name is no token, or that takes more than ${maxCookieBytes} bytes`,
    holds: conn =>
      Object.keys(conn.respCookies).every(isCookieName) &&
      setCookies(conn).every(text => text.length <= maxCookieBytes),
  },
  {
    wrong: 'set a response body that is neither text, bytes, a part of a file nor a stream',
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
    wrong: 'made what was fetched unfetched',
    holds: (after, before) =>
      fetchedFields.every(field => isFetched(after[field]) || !isFetched(before[field])) &&
      keeps(after.sessions, before.sessions),
  },
  {
    wrong: 'dropped functions to run before the response is sent, or registered something that is none',
    holds: (after, before) =>
      before.beforeSend.every((each, i) => after.beforeSend[i] === each) &&
      after.beforeSend.every(each => typeof each === 'function'),
  },
]

/** What a plug did wrong, in words that follow its name; undefined if it did nothing wrong. */
export const broken = (before: Conn, after: Conn): string | undefined =>
  rules.find(({ holds }) => !holds(after, before))?.wrong
