/**
 * Where the app calls a function that declares something: the file and the line, as V8 knows them. They are looked up once,
 * when the app starts, so that messages and the route table can point to a declaration. Other engines have no call sites.
 */

/** A line of the app. */
export interface CallSite {
  /** A path or a `file:` URL, as V8 writes it; of the source, if Node runs with `--enable-source-maps`. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** `file:///app/router.js:12:5`; a frame without a file, such as that of `Array.map`, has no such end. */
const location = /^(.+):(\d+):\d+$/
/** Code of no file: Node's own, or made by `eval`. */
const noFile = /^(?:node:|eval at |<anonymous>)/

/** The first of a stack's frames that is in a file. */
export const firstCallSite = (stack: string): CallSite | undefined => {
  for (const line of stack.split('\n')) {
    const frame = /^\s+at (?:async )?(.+)$/.exec(line)?.[1]
    if (frame === undefined) continue
    // `name (file:1:2)`, or the bare `file:1:2`, whose path may contain parentheses, too
    const open = frame.endsWith(')') ? frame.indexOf(' (') : -1
    const found = location.exec(open === -1 ? frame : frame.slice(open + 2, -1))
    const [, file, at] = found ?? []
    if (file !== undefined && !noFile.test(file)) return { file, line: Number(at) }
  }
  return undefined
}

/** V8's own way to leave out the frames of a function and of all that it has called. */
interface Stacks {
  readonly captureStackTrace?: (into: object, above: Function) => void
}

/** Where a function that is running was called; undefined without V8's stack. */
export const callSiteOf = (called: Function, { captureStackTrace }: Stacks = Error): CallSite | undefined => {
  if (captureStackTrace === undefined) return undefined
  const into: { readonly stack?: unknown } = {}
  captureStackTrace(into, called)
  return typeof into.stack === 'string' ? firstCallSite(into.stack) : undefined
}

/** ` (router.ts:12)`, to follow a name; empty if the call site is not known. */
export const at = (callSite: CallSite | undefined): string =>
  callSite === undefined ? '' : ` (${callSite.file}:${callSite.line})`

/** Errors whose message does not contain a call site yet. */
const incomplete = new WeakSet<object>()

/** The error, to whose message {@link withCallSite} adds the call site. */
export const lacksCallSite = (error: TypeError): TypeError => {
  incomplete.add(error)
  return error
}

/** An error with the call site in its message, if it lacks one; its stack begins with the app's own call. */
const complete = (thrown: unknown, callSite: CallSite | undefined, called: Function): unknown => {
  if (callSite === undefined || !(thrown instanceof TypeError) || !incomplete.has(thrown)) return thrown
  const error = new TypeError(`${thrown.message}${at(callSite)}`)
  ;(Error as Stacks).captureStackTrace?.(error, called)
  return error
}

/** A function for the app to declare with. `declare` receives the call site before the arguments; errors name the call site. */
export const withCallSite = <A extends readonly unknown[], N>(
  declare: (callSite: CallSite | undefined, ...args: A) => N,
): ((...args: A) => N) => {
  const called = (...args: A): N => {
    const callSite = callSiteOf(called)
    try {
      return declare(callSite, ...args)
    } catch (thrown) {
      throw complete(thrown, callSite, called)
    }
  }
  return called
}
