/** A generator that is looked at while it runs, once, by whoever runs it. */

type Running = Iterator<unknown, unknown, unknown>

/**
 * The generator, with every part of it called by `call`, and what it returns passed through `returned`. A generator
 * that is ended because an effect has failed returns nothing.
 */
export const watchGenerator = (
  running: Running,
  call: <A>(work: () => A) => A,
  returned: (value: unknown) => unknown,
): unknown => {
  const advance = (work: () => IteratorResult<unknown, unknown>): IteratorResult<unknown, unknown> => {
    const next = call(work)
    return next.done ? { done: true, value: returned(next.value) } : next
  }
  return {
    next: (value: unknown) => advance(() => running.next(value)),
    return: (value: unknown) => call(() => running.return?.(value) ?? { done: true, value }),
    [Symbol.iterator]() {
      return this
    },
    // what generators are recognized by
    [Symbol.toStringTag]: 'Generator',
  }
}
