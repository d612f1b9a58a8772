/** What the compiler knows of fields that a plug declares itself, and of what is put on a request. */
import {
  fetchedField,
  pipeline,
  ports,
  putBodyParams,
  putFetched,
  putQueryParams,
  text,
  type After,
  type Assigned,
  type Conn,
  type Fetched,
  type WithBodyParams,
  type WithFetched,
  type WithQueryParams,
} from '../../lib/index.js'

const input = fetchedField('input', 'put input({ … }) earlier in the pipeline')
type Input<T> = WithFetched<typeof input, T>

const show = (c: Conn & Input<{ readonly body: { readonly title: string } }>) => text(c.input.body.title)(c)
const page = (c: Conn & Input<{ readonly query: { readonly page: number } }>) =>
  text(`${c.input.query.page}`)(c)

// what is put is there, and what several put adds up
const decoded = pipeline(
  putFetched(input, { body: { title: 'Hello' } }),
  putFetched(input, { query: { page: 1 } }),
)
export const [one, two] = [pipeline(decoded, show), pipeline(decoded, page)]
export const seen = (c: After<typeof decoded>): Fetched & { readonly body: { readonly title: string } } =>
  c.input

// no assign is in the way
export const beside = pipeline(
  putFetched(input, { body: { title: 'Hello' } }),
  ports('input', { find: () => 1 }),
  (
    c: Conn &
      Assigned<{ readonly input: { find(): number } }> &
      Input<{ readonly body: { readonly title: string } }>,
  ) => text(`${c.assigns.input.find()}${c.input.body.title}`)(c),
)

// a parser of one's own serves what the shipped one serves
const needs = (c: Conn & WithBodyParams & WithQueryParams) =>
  text(String(c.bodyParams['a'] ?? c.queryParams['a']))(c)
export const parsed = pipeline(putQueryParams({ a: '1' }), putBodyParams({ b: 2 }), needs)
