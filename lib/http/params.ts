/**
 * Nested parameters, gathered one pair at a time (Plug.Conn.Query): `user[name]` and a value become `{ user: { name } }`.
 * Records have no prototype, so a key such as `__proto__` is a key like any other.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { invalidQuery, type PlugError } from '../error.js'
import { left, right } from '../fp.js'

/** Nested parameters whose leaves are of type `V`. A record without a prototype. */
export interface ParamsOf<V> {
  readonly [name: string]: ParamValueOf<V>
}

/** A leaf, a list or a record of parameters. */
export type ParamValueOf<V> = V | readonly ParamValueOf<V>[] | ParamsOf<V>

/** Up to how many entries a branch is searched one by one: most have few, and an index of each would cost memory. */
const fewEntries = 8

/**
 * What the names `a[…]` open: entries in the order they came, and the branches among them. A client can open one with two
 * bytes, so that it is small: its arrays have room for one entry, and it has an index only if it has many entries.
 */
class Branch<V> {
  names: string[] | undefined = undefined
  items: (V | Branch<V>)[] | undefined = undefined
  index: Map<string, Branch<V>> | undefined = undefined
  value: ParamValueOf<V> | undefined = undefined

  put(name: string, item: V | Branch<V>): void {
    if (this.names === undefined) {
      this.names = [name]
      this.items = [item]
    } else {
      this.names.push(name)
      ;(this.items as (V | Branch<V>)[]).push(item)
    }
  }

  /** The branch of a name. */
  child(name: string): Branch<V> | undefined {
    const { names, items } = this
    if (names === undefined || items === undefined) return undefined
    if (this.index !== undefined) return this.index.get(name)
    if (names.length <= fewEntries) {
      for (let i = 0; i < names.length; i++)
        if (names[i] === name && items[i] instanceof Branch) return items[i] as Branch<V>
      return undefined
    }
    this.index = new Map()
    for (let i = 0; i < names.length; i++) {
      const item = items[i] as V | Branch<V>
      if (item instanceof Branch) this.index.set(names[i] as string, item)
    }
    return this.index.get(name)
  }
}

/**
 * Parameters being gathered, one pair at a time; made by {@link emptyParams}. Opaque, and used up in one
 * place.
 */
export interface ParamsBuilder<V> {
  readonly depth: number
  /** The most branches in all. */
  readonly most: number
  /** The root first, and every branch behind the one that holds it. */
  readonly branches: [Branch<V>, ...Branch<V>[]]
  error: PlugError | undefined
}

/**
 * Starts gathering parameters (Plug's `decode_init`).
 *
 * @param depth The most levels of nesting.
 * @param branches The most arrays and objects in all.
 * @example
 * import { addParam, emptyParams, paramsDone } from 'plugboard'
 * const gathered = emptyParams<string | number>()
 * addParam(gathered, 'user[name]', 'Ann')
 * addParam(gathered, 'user[age]', 42)
 * paramsDone(gathered) // => right({ user: { name: 'Ann', age: 42 } })
 */
export const emptyParams = <V = string>(depth = 100, branches = 20_000): ParamsBuilder<V> => ({
  depth,
  most: branches,
  branches: [new Branch()],
  error: undefined,
})

const open = <V>(acc: ParamsBuilder<V>, parent: Branch<V>, name: string): Branch<V> | undefined => {
  const found = parent.child(name)
  if (found !== undefined) return found
  // The root is not counted.
  if (acc.branches.length > acc.most) return undefined
  const branch = new Branch<V>()
  parent.put(name, branch)
  parent.index?.set(name, branch)
  acc.branches.push(branch)
  return branch
}

/**
 * Adds one pair (Plug's `decode_each`): the key is read for nesting but not decoded, the value is kept as it
 * is. A key that nests too deeply, or opens too many arrays and objects, makes {@link paramsDone} fail; what follows it is
 * ignored.
 *
 * @example
 * import { addParam, emptyParams, paramsDone } from 'plugboard'
 * const gathered = emptyParams()
 * addParam(gathered, 'tags[]', 'a+b')
 * paramsDone(gathered) // => right({ tags: ['a+b'] })
 */
export const addParam = <V>(acc: ParamsBuilder<V>, key: string, value: V): void => {
  if (acc.error !== undefined) return
  let branch: Branch<V> = acc.branches[0]
  const last = key.length - 1
  const bracket = key.charCodeAt(last) === 0x5d ? key.indexOf('[') : -1
  if (bracket <= 0) return branch.put(key, value)
  let name = key.slice(0, bracket)
  let from = bracket + 1
  for (let level = 1; level <= acc.depth; level++) {
    const next = open(acc, branch, name)
    if (next === undefined) {
      acc.error = invalidQuery(
        `parameters may have ${acc.most} arrays and objects in all (branches), not more`,
      )
      return
    }
    branch = next
    const to = key.indexOf('][', from)
    if (to < 0) return branch.put(key.slice(from, last), value)
    name = key.slice(from, to)
    from = to + 2
  }
  acc.error = invalidQuery(`parameter names may be nested ${acc.depth} levels deep, not deeper`)
}

const valueOf = <V>(item: V | Branch<V>): ParamValueOf<V> =>
  item instanceof Branch ? (item.value as ParamValueOf<V>) : item

const recordOf = <V>({ names, items }: Branch<V>, root: boolean): Record<string, ParamValueOf<V>> => {
  const record: Record<string, ParamValueOf<V>> = Object.create(null)
  names?.forEach((name, i) => {
    if (root || name !== '') record[name] = valueOf(items?.[i] as V | Branch<V>)
  })
  return record
}

const listOf = <V>({ names, items }: Branch<V>): readonly ParamValueOf<V>[] => {
  // An array that is written out has no room to grow: most such lists hold one value.
  if (items?.length === 1) return [valueOf(items[0] as V | Branch<V>)]
  const list: ParamValueOf<V>[] = []
  names?.forEach((name, i) => {
    if (name === '') list.push(valueOf(items?.[i] as V | Branch<V>))
  })
  return list
}

/**
 * Ends gathering (Plug's `decode_done`). Of two values under one name the last wins; a name used both as a
 * list and as a record is what its last new entry makes it, and the entries of the other kind are dropped.
 *
 * @param initial Entries that replace those of the same name.
 * @returns The parameters, or an `InvalidQuery` (400) if a key was nested too deeply, or there were too many arrays and
 * objects.
 * @example
 * import { addParam, emptyParams, paramsDone } from 'plugboard'
 * const gathered = emptyParams()
 * addParam(gathered, 'x[]', '1')
 * addParam(gathered, 'x[y]', '2')
 * paramsDone(gathered) // => right({ x: { y: '2' } })
 */
export const paramsDone = <V>(
  acc: ParamsBuilder<V>,
  initial?: ParamsOf<V>,
): Either<PlugError, ParamsOf<V>> => {
  if (acc.error !== undefined) return left(acc.error)
  // A branch stands behind the one that holds it, so that going backwards finds every child finished.
  for (let i = acc.branches.length - 1; i > 0; i--) {
    const branch = acc.branches[i] as Branch<V>
    branch.value = branch.names?.at(-1) === '' ? listOf(branch) : recordOf(branch, false)
  }
  return right(Object.assign(recordOf(acc.branches[0], true), initial))
}
