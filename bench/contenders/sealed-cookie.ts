/** A session by hand: JSON sealed by AES-256-GCM of `node:crypto` into one cookie, as careful as it must be and no more. */
import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'

const key = Buffer.alloc(32, 1)
const name = 'session='
const [nonceBytes, tagBytes] = [12, 16]

const pool = Buffer.alloc(4080)
let drawn = pool.length
/** Random bytes, of a pool that is filled at once. */
const nonce = (): Buffer => {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  return pool.subarray(drawn, (drawn += nonceBytes))
}

/** The session of a `Cookie` header, undefined where there is none or somebody changed it. */
export const open = <S>(cookies: string | undefined): S | undefined => {
  const at = cookies === undefined ? -1 : cookies.startsWith(name) ? 0 : cookies.indexOf(`; ${name}`) + 2
  if (cookies === undefined || at < 0 || !cookies.startsWith(name, at)) return undefined
  const end = cookies.indexOf(';', at)
  const text = cookies.slice(at + name.length, end < 0 ? undefined : end)
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < nonceBytes + tagBytes) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
    const json =
      decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
    return JSON.parse(json) as S
  } catch {
    return undefined
  }
}

/** The value of a `Set-Cookie` that keeps a session. */
export const seal = (session: object): string => {
  const iv = nonce()
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  const sealed = cipher.update(JSON.stringify(session), 'utf8')
  const rest = cipher.final()
  const bytes = Buffer.concat([iv, cipher.getAuthTag(), sealed, rest])
  return `${name}${bytes.toString('base64url')}; Path=/; HttpOnly; SameSite=Lax`
}
