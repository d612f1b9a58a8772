/** Bare node:http, written by hand for each work: what somebody who wants speed alone would write. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parse } from 'node:querystring'
import { open, seal } from './sealed-cookie.js'
import * as work from './work.js'

const send = (
  response: ServerResponse,
  type: string,
  body: string,
  more: readonly string[] = [],
  status = 200,
): void => {
  response.writeHead(status, [
    'content-type',
    type,
    'content-length',
    String(Buffer.byteLength(body)),
    ...more,
  ])
  response.end(body)
}

const plain = 'text/plain; charset=utf-8'
const json = 'application/json; charset=utf-8'
const html = 'text/html; charset=utf-8'

const notFound = (response: ServerResponse): void => send(response, plain, 'Not Found', [], 404)

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Serves one path of one method. */
const at = (method: string, path: string, answer: Answer): Promise<number> =>
  work.listen((request, response) =>
    request.method === method && request.url === path ? answer(request, response) : notFound(response),
  )

// --- a table of routes as a tree of segments

type Params = Record<string, string>

interface Node {
  readonly literals: Map<string, Node>
  parameter: Node | undefined
  /** By method: names of the parameters, and what answers. */
  readonly ends: Map<
    string,
    { readonly names: readonly string[]; readonly answer: (params: Params) => string }
  >
}

const node = (): Node => ({ literals: new Map(), parameter: undefined, ends: new Map() })

const insert = (root: Node, method: string, pattern: string, answer: (params: Params) => string): void => {
  const names: string[] = []
  let here = root
  for (const segment of pattern.slice(1).split('/')) {
    if (segment.startsWith(':')) {
      names.push(segment.slice(1))
      here = here.parameter ??= node()
    } else {
      const literal = here.literals.get(segment) ?? node()
      here.literals.set(segment, literal)
      here = literal
    }
  }
  here.ends.set(method, { names, answer })
}

/** Answers a path; literals go before parameters, without going back, which this table does not need. */
const find = (root: Node, method: string, path: string): string | undefined => {
  const values: string[] = []
  let here: Node | undefined = root
  for (let from = 1; here !== undefined;) {
    const slash = path.indexOf('/', from)
    const segment = slash < 0 ? path.slice(from) : path.slice(from, slash)
    const literal: Node | undefined = here.literals.get(segment)
    if (literal === undefined) values.push(segment.includes('%') ? decodeURIComponent(segment) : segment)
    here = literal ?? here.parameter
    if (slash < 0) break
    from = slash + 1
  }
  const end = here?.ends.get(method)
  if (end === undefined) return undefined
  const params: Params = {}
  for (let i = 0; i < end.names.length; i++) params[end.names[i] as string] = values[i] as string
  return end.answer(params)
}

// --- ten functions that each set a key and a header

interface State {
  readonly keys: Record<string, number>
  readonly headers: string[]
}

const tenPlugs = work.plugs.map(({ key, header, value }, i) => (state: State): void => {
  state.keys[key] = i
  state.headers.push(header, value)
})

// --- the page of a browser

interface Session {
  user_name: string
  csrf: string
  flash?: string
}

const secure = Object.entries(work.secureHeaders).flat()

const browser: Answer = (request, response) => {
  const url = request.url as string
  const isLogin = url.startsWith('/login?')
  if (!isLogin && url !== '/') return notFound(response)
  const session = isLogin
    ? { user_name: work.visitorName(work.numberIn(url)), csrf: work.csrfSecret() }
    : open<Session>(request.headers.cookie)
  if (session === undefined) return send(response, plain, 'log in first', [], 403)
  const { flash, ...rest } = session as Session
  const body = work.page(rest.user_name, work.csrfToken(rest.csrf), flash)
  const changed = isLogin || flash !== undefined
  send(response, html, body, changed ? [...secure, 'set-cookie', seal(rest)] : secure)
}

export const begin = work.beginOf({
  hello: () => at('GET', '/', (_, response) => send(response, plain, work.hello)),
  json: () => at('GET', work.jsonPath, (_, response) => send(response, json, JSON.stringify(work.message()))),
  routes: () => {
    const root = node()
    for (const { method, pattern } of work.routes) insert(root, method, pattern, work.valuesOf)
    return work.listen((request, response) => {
      const body = find(root, request.method as string, request.url as string)
      if (body === undefined) notFound(response)
      else send(response, plain, body)
    })
  },
  plugs: () =>
    at('GET', work.plugsPath, (_, response) => {
      const state: State = { keys: {}, headers: [] }
      for (let i = 0; i < tenPlugs.length; i++) (tenPlugs[i] as (state: State) => void)(state)
      send(response, plain, work.hello, state.headers)
    }),
  form: () =>
    at('POST', work.formPath, async (request, response) => {
      send(response, json, JSON.stringify(parse(await work.readBody(request))))
    }),
  browser: () => work.listen(browser),
})
