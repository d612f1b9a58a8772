/**
 * The work of the scenarios that all contenders do alike, and what those share that have nothing of their own for it: the
 * texts, the page, a token against forgery as the `csrf` packages make it, and reading a body.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tableOf } from '../routes.js'

/** What a server can be started to do; each contender has those that exist in it. */
export type Work = 'hello' | 'json' | 'routes' | 'plugs' | 'form' | 'browser'

/** Begins to serve; gives the port. */
export type Begin = () => Promise<number>

export type Works = Readonly<Partial<Record<Work, Begin>>>

/** The `begin` of a contender's file, which `server.ts` calls. */
export const beginOf =
  (works: Works) =>
  (work: string): Promise<number> => {
    const begin = works[work as Work]
    if (begin === undefined) throw new Error(`there is no work ${work} here`)
    return begin()
  }

/** Serves what a framework gives as a listener of node:http. */
export const listen = (listener: RequestListener): Promise<number> =>
  new Promise(resolve => {
    const server = createServer(listener)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

export const hello = 'Hello, World!'

/** What is answered as JSON; a new record each time, as data from elsewhere is. */
export const message = (): object => ({ message: hello })

/** The routes of the table, of which the deep ones are asked for. */
export const routes = tableOf(200)

/** What a route answers: the four parameters of the deep ones, which alone are asked for. */
export const valuesOf = (params: object): string => {
  const { org, parent, version, file } = params as Readonly<Record<string, string>>
  return `${org} ${parent} ${version} ${file}`
}

/** Ten plugs: each sets a key of the request's state, and a header of the response. */
export const plugs = Array.from({ length: 10 }, (_, i) => ({
  key: `key${i}`,
  header: `x-plug-${i}`,
  value: `value ${i}`,
}))

export const plugsPath = '/plugs'
export const jsonPath = '/json'
export const formPath = '/form'

/** A body to its end, as text. */
export const readBody = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    request.on('error', reject)
  })

// --- the page of a browser

/** What a session holds, besides flash and the secret against forgery. */
export const visitorName = (i: number): string => `visitor ${i}`

/** The number behind the question mark of `/login?7`. */
export const numberIn = (url: string): number => Number(url.slice(url.indexOf('?') + 1))

const specials: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, special => specials[special] as string) : text

const flashOf = (flash: string | undefined): string =>
  flash === undefined ? '' : `<p class="flash">${escape(flash)}</p>`

/** The page inside its layout, for contenders that have no views of their own. */
export const page = (name: string, token: string, flash: string | undefined): string =>
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Posts</title></head><body>` +
  `<header><a href="/">Home</a></header>${flashOf(flash)}<main>` +
  `<h1>Hello ${escape(name)}</h1><form method="post" action="/posts">` +
  `<input type="hidden" name="_csrf_token" value="${escape(token)}">` +
  `<label>Title <input name="title"></label><button>Save</button></form></main></body></html>`

/** The page whatever its token. */
export const withoutToken = (body: string): string =>
  body.replace(/name="_csrf_token" value="[\w-]{20,}={0,2}"/, 'name="_csrf_token" value="TOKEN"')

export const secureHeaders: Readonly<Record<string, string>> = {
  'referrer-policy': 'strict-origin-when-cross-origin',
  'content-security-policy': "base-uri 'self'; frame-ancestors 'self';",
  'x-content-type-options': 'nosniff',
  'x-permitted-cross-domain-policies': 'none',
}

/** The secret of a session, to which its tokens belong. */
export const csrfSecret = (): string => randomBytes(18).toString('base64url')

const salts = Buffer.alloc(4096)
let salt = salts.length
/** Random bytes in base64url, drawn in advance. */
const nextSalt = (): string => {
  if (salt === salts.length) {
    randomBytes(salts.length).copy(salts)
    salt = 0
  }
  return salts.toString('base64url', salt, (salt += 8))
}

/** A token: a salt, and the hash of it with the secret. */
export const csrfToken = (secret: string): string => {
  const salt = nextSalt()
  return `${salt}-${createHash('sha1').update(`${salt}-${secret}`).digest('base64url')}`
}
