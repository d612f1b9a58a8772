/** Tells plain objects, which hold data under names, from every other kind of object. */

/**
 * Whether a value is a plain object: not an array, a date or an instance of a class. Its prototype is `null`, or an object whose
 * own prototype is `null`: `Object.prototype` (of any realm), and the empty prototype of the router's path parameters.
 */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
