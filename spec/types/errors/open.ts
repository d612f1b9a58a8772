/** The mistakes that one makes with a field that a plug declares, each with what the compiler must say. */
import { fetchedField, pipeline, putFetched, putQueryParams, putRequest, text, type Conn, type WithFetched } from '../../../lib/index.js'

const input = fetchedField('input', 'put input({ … }) earlier in the pipeline')
const show = (c: Conn & WithFetched<typeof input, { readonly title: string }>) => text(c.input.title)(c)

export const e1 = pipeline(
  putRequest({ method: 'GET' }),
  show, // error: put input({ … }) earlier in the pipeline
)
export const e2 = pipeline(
  putFetched(input, { title: 1 }),
  show, // error: input does not fit
)
export const e3 = putFetched('flsh', {}) // error: No overload matches this call
export const e4 = putRequest({ port: '80' }) // error: Type 'string' is not assignable to type 'number'
export const e5 = putQueryParams({ page: 2 }) // error: Type 'number' is not assignable to type
