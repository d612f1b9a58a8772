/** Mistakes about failures, each with what the compiler must say. */
import { endpoint, fail, failure, fails, pipeline, text, type Conn } from '../../../lib/index.js'

const unauthorized = failure(401, 'Unauthorized')
const forbidden = failure(403, 'Forbidden')
const requireUser = (conn: Conn) => (conn.halted ? conn : fail(conn, unauthorized()))

export const f1 = fails(unauthorized)(
  (conn: Conn) => fail(conn, forbidden()), // error: it may fail with 'Forbidden' (403), which is not declared
)
export const f2 = fails()(
  pipeline(requireUser, text('x')), // error: it may fail with 'Unauthorized' (401), which is not declared
)
export const f3 = fails(failure(402, 'Unauthorized'))(
  requireUser, // error: it may fail with 'Unauthorized' (401), which is not declared
)
export const f4 = fails(
  'Unauthorized', // error: not assignable
)
export const f5 = unauthorized(
  { why: 'no' }, // error: not assignable
)
export const f6 = endpoint(
  {
    exceptions: () => 'NoSuchRow', // error: not assignable
  },
  text('x'),
)
