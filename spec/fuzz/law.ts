// Throws unless a law holds.
export const law = (holds: boolean, sentence: string): void => {
  if (!holds) throw new Error(sentence)
}

/** Throws what a rare input is to be found by. */
export const fault = (found: boolean): void => {
  if (found) throw new Error('the planted fault')
}

/** Whether a function throws an error of this class; any other error passes on. */
export const throws = (kind: new (...args: never) => Error, work: () => void): boolean => {
  try {
    work()
    return false
  } catch (cause) {
    if (cause instanceof kind) return true
    throw cause
  }
}
