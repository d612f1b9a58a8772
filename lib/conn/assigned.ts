/** Assigns as a conn keeps them: a chain, made an object when it is first read. */
import { copyOf, put } from './entries.js'

/** Assigns as they were made, newest first; the object they form is built when it is first read. */
export class Assigns {
  #before: Assigns | undefined
  /** Undefined: the value is the object that all assigns up to here form. */
  #key: string | undefined
  #value: unknown

  constructor(before: Assigns | undefined, key: string | undefined, value: unknown) {
    this.#before = before
    this.#key = key
    this.#value = value
  }

  static object(last: Assigns): {} {
    if (last.#key === undefined) return last.#value as {}
    const made: Assigns[] = []
    let at: Assigns = last
    while (at.#key !== undefined) {
      made.push(at)
      at = at.#before as Assigns
    }
    const object = copyOf(at.#value as Readonly<Record<string, unknown>>)
    for (let i = made.length - 1; i >= 0; i--) {
      const one = made[i] as Assigns
      put(object, one.#key as string, one.#value)
    }
    last.#before = undefined
    last.#key = undefined
    last.#value = object
    return object
  }
}

/** What a conn begins with. */
export const noAssigns = new Assigns(undefined, undefined, Object.freeze({}))
