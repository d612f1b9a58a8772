/** A response cookie as a conn holds it. */

/** A response cookie: its value and attributes, as `putRespCookie` took them. */
export interface RespCookie {
  /** The value as it is sent; `''` with `maxAge: 0` deletes the cookie. */
  readonly value: string
  readonly path?: string
  readonly domain?: string
  /** Seconds. */
  readonly maxAge?: number
  readonly secure?: boolean
  readonly httpOnly?: boolean
  readonly sameSite?: 'Strict' | 'Lax' | 'None'
  readonly partitioned?: boolean
  /** Raw text to append after a `; `. */
  readonly extra?: string
}
