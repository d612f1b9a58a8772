/** Records and lists that are values: what is put into one gives the next, whatever the name is. */

/** A copy of a record. `Object.assign` would take an own `__proto__` for the prototype. */
export const copyOf = <V>(record: Readonly<Record<string, V>>): Record<string, V> =>
  Object.hasOwn(record, '__proto__') ? { ...record } : Object.assign({}, record)

/** Puts an entry into a record that is being made; `__proto__` is a name like another. */
export const put = <V>(record: Record<string, V>, key: string, value: V): void => {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
  else record[key] = value
}

/** A record with one entry more or another; any name is a name like another, `__proto__` too. */
export const putEntry = <V>(
  record: Readonly<Record<string, V>>,
  key: string,
  value: V,
): Record<string, V> => {
  const next = copyOf(record)
  put(next, key, value)
  return next
}

/** A list with one item more, by index: V8 is slow to spread a frozen list. */
export const appended = <A>(list: readonly A[], item: A): readonly A[] => {
  const made: A[] = []
  for (let i = 0; i < list.length; i++) made.push(list[i] as A)
  made.push(item)
  return made
}
