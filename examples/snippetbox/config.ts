/** Configuration from environment variables, checked before anything starts. It is pure: it reads no file and no clock. */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import type { DatabaseOptions } from './data/database.js'

export interface Config {
  readonly mode: Mode
  /** The address to listen on; undefined for all of them. */
  readonly host: string | undefined
  readonly port: number
  /** How many worker processes serve; undefined for none: the main process serves. */
  readonly workers: number | undefined
  readonly secretKeyBase: string
  readonly session: SessionConfig
  readonly database: DatabaseOptions
  /** Addresses and networks of proxies whose forwarded headers are trusted. */
  readonly trustedProxies: readonly string[]
}

export type Mode = 'development' | 'test' | 'production'

export interface SessionConfig {
  readonly store: 'cookie' | 'memory' | 'redis' | 'sql'
  /** The URL of Redis, if it stores the sessions: `redis://host:6379/0`. */
  readonly redisUrl: string
  /** The cookie's name. */
  readonly key: string
  readonly signingSalt: string
  /** The cookie is always encrypted. */
  readonly encryptionSalt: string
  /** Seconds; undefined for a cookie that the browser deletes when it closes. */
  readonly maxAge: number | undefined
  /** Undefined: depends on the request's scheme. */
  readonly secure: boolean | undefined
  readonly httpOnly: boolean
  readonly sameSite: 'Strict' | 'Lax' | 'None'
  /** Undefined: this host only. */
  readonly domain: string | undefined
}

export type Env = Readonly<Record<string, string | undefined>>

/** Development must be requested explicitly. Any other value of NODE_ENV, or none, means production. */
export const modeOf = ({ NODE_ENV }: Env): Mode =>
  NODE_ENV === 'development' || NODE_ENV === 'test' ? NODE_ENV : 'production'

const days = 24 * 60 * 60

const hint = `make one with: node -e "console.log(require('crypto').randomBytes(48).toString('base64'))"`

const secretProblem = (secret: string): string | undefined => {
  const bytes = Buffer.byteLength(secret)
  if (bytes >= 64) return undefined
  return bytes === 0
    ? `SECRET_KEY_BASE is missing; ${hint}`
    : `SECRET_KEY_BASE must have at least 64 bytes, and has ${bytes}; ${hint}`
}

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

/** Returns the configuration or all mistakes in it, each as a sentence that names the variable. */
export const readConfig = (env: Env): Either<readonly string[], Config> => {
  const mistakes: string[] = []
  const text = (name: string, fallback: string): string => env[name] || fallback
  const whole = (name: string, fallback: number, most: number): number => {
    const given = text(name, String(fallback))
    if (/^\d+$/.test(given) && Number(given) <= most) return Number(given)
    mistakes.push(`${name} must be a whole number from 0 to ${most}`)
    return fallback
  }

  const oneOf = <const A extends string>(name: string, fallback: A, choices: readonly A[]): A => {
    const given = text(name, fallback)
    const chosen = choices.find(choice => choice === given)
    if (chosen === undefined) mistakes.push(`${name} must be ${choices.join(' or ')}`)
    return chosen ?? fallback
  }
  const flag = (name: string): boolean | undefined =>
    text(name, '') === '' ? undefined : oneOf(name, 'true', ['true', 'false']) === 'true'

  const mode = modeOf(env)
  const production = mode === 'production'
  const secretKeyBase = text('SECRET_KEY_BASE', '')
  const problem = secretProblem(secretKeyBase)
  if (problem !== undefined) mistakes.push(problem)

  const url = text('DATABASE_URL', '')
  if (url !== '' && !/^postgres(ql)?:\/\//i.test(url))
    mistakes.push('DATABASE_URL must begin with postgres:// or postgresql://')

  const store = oneOf('SESSION_STORE', 'cookie', ['cookie', 'memory', 'redis', 'sql'])
  const redisUrl = text('REDIS_URL', '')
  if (store === 'redis' && redisUrl === '')
    mistakes.push('REDIS_URL is missing: SESSION_STORE=redis needs one, such as redis://127.0.0.1:6379')
  else if (redisUrl !== '' && !(/^rediss?:\/\//i.test(redisUrl) && URL.canParse(redisUrl)))
    mistakes.push('REDIS_URL must be an address that begins with redis:// or rediss://')

  const config: Config = {
    mode,
    host: text('HOST', production ? '' : '127.0.0.1') || undefined,
    port: whole('PORT', 4000, 65_535),
    workers: whole('WORKERS', 0, 1_024) || undefined,
    secretKeyBase,
    session: {
      store,
      redisUrl,
      key: text('SESSION_KEY', '_snippetbox_key'),
      signingSalt: text('SESSION_SIGNING_SALT', 'snippetbox signing'),
      encryptionSalt: text('SESSION_ENCRYPTION_SALT', 'snippetbox encryption'),
      maxAge: whole('SESSION_MAX_AGE', production ? 60 * days : 0, 400 * days) || undefined,
      secure: flag('SESSION_SECURE') ?? (production ? true : undefined),
      httpOnly: flag('SESSION_HTTP_ONLY') ?? true,
      sameSite: oneOf('SESSION_SAME_SITE', 'Lax', ['Strict', 'Lax', 'None']),
      domain: text('SESSION_DOMAIN', '') || undefined,
    },
    database: url === '' ? { file: text('DATABASE_FILE', '.data/snippetbox.db') } : { url },
    trustedProxies: list(text('TRUSTED_PROXIES', '')),
  }
  return mistakes.length === 0 ? right(config) : left(mistakes)
}
