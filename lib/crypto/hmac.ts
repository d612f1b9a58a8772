/**
 * HMAC (RFC 2104) in one call, by Node's own implementation.
 */
import { createHmac } from 'node:crypto'

/** The HMAC of text or bytes. */
export const hmac = (digest: string, key: Buffer, data: string | Buffer): Buffer =>
  // By way of a string the bytes come from Buffer's pool, which costs less than an allocation outside the heap.
  Buffer.from(createHmac(digest, key).update(data).digest('binary'), 'latin1')
