/**
 * The value behind `conn.sessions`: what was read, and the changes made since. Every change gives a new value; the terms
 * that were read, and what of them has been decoded, are shared by all of one request.
 */
import type { Conn, Session, SessionData, SessionInfo } from '../../lib/conn.js'
import { rawEntry, type RawEntry, type Term } from '../../lib/crypto/term-format.js'
import { NotFetchedError, type fetched } from '../../lib/fetched.js'
import type { SessionWrite } from './store.js'
import { applyChanges, Terms } from './terms.js'

/** A change, as `session.changes` shows it and as a store takes it. */
export type Change =
  | { readonly op: 'put'; readonly key: string; readonly value: Term; readonly entry: RawEntry }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'clear' }

const noChanges: readonly Change[] = Object.freeze([])
const noTerms = new Terms([])

export class SessionRecord implements Session, SessionWrite {
  declare readonly [fetched]: true
  readonly id: string | undefined
  /** A clear comes first, if there was one, and of each key the last change only. */
  readonly changes: readonly Change[]
  readonly info: SessionInfo
  readonly #terms: Terms
  #data: SessionData | undefined

  constructor(
    id: string | undefined,
    terms: Terms = noTerms,
    changes: readonly Change[] = noChanges,
    info: SessionInfo = undefined,
  ) {
    this.id = id
    this.changes = changes
    this.info = info
    this.#terms = terms
  }

  /** The term under a key as it is now; undefined if there is none. */
  get(key: string): Term | undefined {
    const { changes } = this
    for (let i = changes.length - 1; i >= 0; i--) {
      const change = changes[i] as Change
      if (change.op === 'clear') return undefined
      if (change.key === key) return change.op === 'put' ? change.value : undefined
    }
    return this.#terms.get(key)
  }

  get data(): SessionData {
    if (this.#data !== undefined) return this.#data
    const data: Record<string, Term> = Object.create(null)
    for (const { key } of this.entries) {
      const value = key === null ? undefined : this.get(key)
      if (value !== undefined) data[key as string] = value
    }
    return (this.#data = Object.freeze(data))
  }

  /** All that the session holds now, as bytes. */
  get entries(): readonly RawEntry[] {
    return applyChanges(this.#terms.entries, this.changes)
  }

  /** The session after a change; it will be written, unless it was said what is to become of it. */
  changed(change: Change): SessionRecord {
    const kept =
      change.op === 'clear'
        ? noChanges
        : this.changes.filter(each => each.op === 'clear' || each.key !== change.key)
    return new SessionRecord(this.id, this.#terms, [...kept, change], this.info ?? 'write')
  }

  configured(info: SessionInfo): SessionRecord {
    return new SessionRecord(this.id, this.#terms, this.changes, info)
  }
}

/** The key, which must be text. */
export const checkKey = (caller: string, key: string): string => {
  if (typeof key !== 'string') throw new TypeError(`${caller}: key must be a string`)
  return key
}

/** The change that puts a term under a key. What is no term throws, with the place in it that is to blame. */
export const putChange = (caller: string, key: string, value: Term): Change => {
  checkKey(caller, key)
  try {
    return { op: 'put', key, value, entry: rawEntry(key, value) }
  } catch (cause) {
    const { message } = cause as Error
    const where = `${caller}: the value under ${JSON.stringify(key)}`
    throw new TypeError(message.replace('termFormat.encode: the value', where), { cause })
  }
}

/** The fetched session of a name. Reading one that was not fetched is a mistake in the program, and throws. */
export const sessionOf = (conn: Pick<Conn, 'sessions'>, name: string): SessionRecord => {
  const session = (conn.sessions as Readonly<Record<string, unknown>>)[name]
  if (session instanceof SessionRecord) return session
  const which = name === 'session' ? '' : ` for '${name}'`
  throw new NotFetchedError(
    `conn.sessions.${name} is not fetched: put fetchSession${which} earlier in the pipeline`,
  )
}
