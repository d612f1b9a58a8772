// `conn.input` by what every user has: a plug that decodes the request for a handler, whose need the compiler knows. Several
// add up, and no assign is in the way.
import t from 'tap'
import {
  assign,
  fail,
  fetchedField,
  getFetched,
  json,
  pipeline,
  plugError,
  putFetched,
  type Assigned,
  type Conn,
  type Halted,
  type WithBodyParams,
  type WithFetched,
  type WithQueryParams,
} from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { parsers } from '../../plugs/index.js'

const declared = fetchedField('input', 'put input({ … }) earlier in the pipeline')
type Input<T> = WithFetched<typeof declared, T>
type Decode<A> = (value: unknown) => A | string
type Decoded<D> = D extends (value: unknown) => infer A ? Exclude<A, string> : never

/** Decodes parts of a request: 422 with what is wrong, or `conn.input`. */
const input =
  <Parts extends { readonly [P in 'query' | 'body']?: Decode<unknown> }>(parts: Parts) =>
  <C extends Conn & WithBodyParams & WithQueryParams>(
    c: C,
  ): (C & Input<{ readonly [P in keyof Parts]: Decoded<Parts[P]> }>) | Halted => {
    const found: Record<string, unknown> = { ...getFetched(declared)(c) }
    for (const [part, decode] of Object.entries(parts) as [keyof typeof parts, Decode<unknown>][]) {
      const decoded = decode(part === 'query' ? c.queryParams : c.bodyParams)
      if (typeof decoded === 'string')
        return fail(c, plugError(422, 'InvalidInput', `${String(part)}: ${decoded}`))
      found[part as string] = decoded
    }
    return putFetched(declared, found)(c) as unknown as C &
      Input<{ readonly [P in keyof Parts]: Decoded<Parts[P]> }>
  }

const page = (value: unknown): { readonly page: number } | string => {
  const { page = '1' } = value as { readonly page?: unknown }
  return typeof page === 'string' && /^\d+$/.test(page) ? { page: Number(page) } : 'page must be an integer'
}
const post = (value: unknown): { readonly title: string } | string => {
  const { title } = value as { readonly title?: unknown }
  return typeof title === 'string' ? { title } : 'title is missing'
}

const show = (
  c: Conn &
    Assigned<{ readonly input: string }> &
    Input<{ readonly query: { readonly page: number }; readonly body: { readonly title: string } }>,
) => json([c.assigns.input, c.input.query.page + 1, c.input.body.title])(c)

const app = pipeline(parsers(), assign('input', 'mine'), input({ query: page }), input({ body: post }), show)

t.test('what a request brings is decoded for the handler', async t => {
  t.equal(run(app)(conn('POST', '/?page=2', { json: { title: 'Hello' } })).respBody, '["mine",3,"Hello"]')
  t.equal(run(app)(conn('POST', '/?page=x', { json: { title: 'Hello' } })).status, 422)
  t.equal(run(app)(conn('POST', '/', { json: {} })).error?.message, 'body: title is missing')
})

t.test('without it the handler says what is missing', async t => {
  const untyped = pipeline(parsers(), (c: Conn) => show(c as Parameters<typeof show>[0]))
  const done = run(untyped)(conn('POST', '/', { json: {} }))
  t.equal(done.status, 500)
  t.equal(
    (done.error?.cause as Error | undefined)?.message,
    'conn.input is not fetched: put input({ … }) earlier in the pipeline',
  )
})
