/**
 * The value behind `conn.sessions`: what was read, and the changes made since. Every change gives a new value; the terms
 * that were read, and what of them has been decoded, are shared by all of one request.
 */
import type { Conn, Session, SessionData, SessionInfo } from '../../lib/conn.js'
import { rawEntry, type RawEntry, type Term } from '../../lib/crypto/term-format.js'
import { NotFetchedError, type fetched } from '../../lib/fetched.js'
import type { SessionWrite, StoreChange } from './store.js'
import { applyChanges, Terms } from './terms.js'

/** A change, as `session.changes` shows it and as a store takes it. */
export type Change = Put | { readonly op: 'delete'; readonly key: string } | { readonly op: 'clear' }

type Put = { readonly op: 'put'; readonly key: string; readonly value: Term; readonly entry: RawEntry }

/** What `data` makes of the terms. */
export type View = (data: SessionData) => SessionData

const noChanges: readonly Change[] = Object.freeze([])

/** What a session was before this request changed it. */
export interface Origin {
  readonly id: string | undefined
  readonly terms: Terms
  /** Seconds since its cookie was last set, if the store says so. */
  readonly age: number | undefined
}

/** What a new session was. */
export const noOrigin: Origin = { id: undefined, terms: new Terms([]), age: undefined }

/** An origin that is found out when somebody first asks, and once: all sessions that come of it share it. */
export class LateOrigin implements Origin {
  readonly #find: (conn: Conn) => Origin
  readonly #conn: Conn
  #found: Origin | undefined

  /** @param find made when the app starts; what it finds depends on the conn alone */
  constructor(find: (conn: Conn) => Origin, conn: Conn) {
    this.#find = find
    this.#conn = conn
  }

  get id(): string | undefined {
    return (this.#found ??= this.#find(this.#conn)).id
  }

  get terms(): Terms {
    return (this.#found ??= this.#find(this.#conn)).terms
  }

  get age(): number | undefined {
    return (this.#found ??= this.#find(this.#conn)).age
  }
}

export class SessionRecord implements Session, SessionWrite {
  declare readonly [fetched]: true
  /** A clear comes first, if there was one, and of each key the last change only. */
  readonly changes: readonly Change[]
  readonly info: SessionInfo
  readonly #origin: Origin
  readonly #view: View | undefined
  #held: SessionData | undefined
  #data: SessionData | undefined

  constructor(
    origin: Origin,
    changes: readonly Change[] = noChanges,
    info: SessionInfo = undefined,
    view: View | undefined = undefined,
  ) {
    this.changes = changes
    this.info = info
    this.#origin = origin
    this.#view = view
  }

  get id(): string | undefined {
    return this.#origin.id
  }

  /** Seconds since the cookie was last set; undefined if the store does not say. */
  get age(): number | undefined {
    return this.#origin.age
  }

  /** The term under a key as it is now; undefined if there is none. */
  get(key: string): Term | undefined {
    const { changes } = this
    for (let i = changes.length - 1; i >= 0; i--) {
      const change = changes[i] as Change
      if (change.op === 'clear') return undefined
      if (change.key === key) return change.op === 'put' ? change.value : undefined
    }
    return this.#origin.terms.get(key)
  }

  /** The terms under texts, as they are now. */
  get terms(): SessionData {
    if (this.#held !== undefined) return this.#held
    const held: Record<string, Term> = Object.create(null)
    for (const { key } of this.entries) {
      const value = key === null ? undefined : this.get(key)
      if (value !== undefined) held[key as string] = value
    }
    return (this.#held = Object.freeze(held))
  }

  get data(): SessionData {
    return (this.#data ??= this.#view === undefined ? this.terms : this.#view(this.terms))
  }

  /** All that the session holds now, as bytes. */
  get entries(): readonly RawEntry[] {
    return applyChanges(this.#origin.terms.entries, this.changes)
  }

  /** The session after a change; it will be written, unless it was said what is to become of it. */
  changed(change: Change): SessionRecord {
    const changes: Change[] = []
    if (change.op !== 'clear')
      for (let i = 0; i < this.changes.length; i++) {
        const each = this.changes[i] as Change
        if (each.op === 'clear' || each.key !== change.key) changes.push(each)
      }
    changes.push(change)
    return new SessionRecord(this.#origin, changes, this.info ?? 'write', this.#view)
  }

  /** The bytes that are stored under a key, whatever has been changed since. */
  storedOf(key: string): Uint8Array | undefined {
    return this.#origin.terms.rawOf(key)
  }

  /** Whether what is stored under a key no longer counts in this request. */
  hasChanged(key: string): boolean {
    return this.changes.some(change => change.op === 'clear' || change.key === key)
  }

  /** The session as it is stored by now, with the same changes. */
  reread(entries: readonly RawEntry[]): SessionRecord {
    const origin = { id: this.id, terms: new Terms(entries), age: this.age }
    return new SessionRecord(origin, this.changes, this.info, this.#view)
  }

  /** The session after an entry has been stored; its cookie is set anew. */
  stored(entry: RawEntry): SessionRecord {
    const terms = new Terms(applyChanges(this.#origin.terms.entries, [{ op: 'put', entry }]))
    return new SessionRecord(
      { id: this.id, terms, age: undefined },
      this.changes,
      this.info ?? 'write',
      this.#view,
    )
  }

  /** The session with other data to show: those that a codec makes of its terms. */
  seenAs(view: View): SessionRecord {
    return new SessionRecord(this.#origin, this.changes, this.info, view)
  }

  /** What is written when a session gets a new id. */
  get renewing(): SessionWrite {
    const { id, changes, entries } = this
    return {
      changes: entries.map((entry): StoreChange => ({ op: 'put', entry })),
      entries,
      renews: id === undefined ? undefined : { id, changes },
    }
  }

  configured(info: SessionInfo): SessionRecord {
    return new SessionRecord(this.#origin, this.changes, info, this.#view)
  }
}

/** The key, which must be text. */
export const checkKey = (caller: string, key: string): string => {
  if (typeof key !== 'string') throw new TypeError(`${caller}: key must be a string`)
  return key
}

/** The change that puts a term under a key. What is no term throws, with the place in it that is to blame. */
export const putChange = (caller: string, key: string, value: Term): Put => {
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
