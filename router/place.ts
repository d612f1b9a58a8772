/**
 * Where the app declares something: the file and the line that V8 knows of the call. It is looked up once, when the
 * app starts, so that messages and the route table can say where a route stands. Elsewhere than on V8 there is no place.
 */

/** A line of the app. */
export interface Place {
  /** A path or a `file:` URL, as V8 gives it; of the source, where Node runs with `--enable-source-maps`. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** `file:///app/router.js:12:5`; a frame without a file, such as that of `Array.map`, has no such end. */
const location = /^(.+):(\d+):\d+$/
/** Code of no file: Node's own, or made by `eval`. */
const noFile = /^(?:node:|eval at |<anonymous>)/

/** The first of a stack's frames that is in a file. */
export const firstPlace = (stack: string): Place | undefined => {
  for (const line of stack.split('\n')) {
    const frame = /^\s+at (?:async )?(.+)$/.exec(line)?.[1]
    if (frame === undefined) continue
    // `name (file:1:2)`, or the bare `file:1:2`, whose path may hold parentheses, too
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

/** The place that calls a function which is running; undefined where there is no such stack. */
export const placeOfCall = (called: Function, { captureStackTrace }: Stacks = Error): Place | undefined => {
  if (captureStackTrace === undefined) return undefined
  const into: { readonly stack?: unknown } = {}
  captureStackTrace(into, called)
  return typeof into.stack === 'string' ? firstPlace(into.stack) : undefined
}

/** ` (router.ts:12)` behind the name of what is there; nothing when the place is not known. */
export const at = (place: Place | undefined): string =>
  place === undefined ? '' : ` (${place.file}:${place.line})`

/** Mistakes that do not say yet where they are. */
const unplaced = new WeakSet<object>()

/** The mistake, to which {@link declaring} adds the place. */
export const toBePlaced = (error: TypeError): TypeError => {
  unplaced.add(error)
  return error
}

/** A mistake with its place, if it still lacks one; its stack begins where the app made it. */
const placed = (thrown: unknown, place: Place | undefined, called: Function): unknown => {
  if (place === undefined || !(thrown instanceof TypeError) || !unplaced.has(thrown)) return thrown
  const error = new TypeError(`${thrown.message}${at(place)}`)
  ;(Error as Stacks).captureStackTrace?.(error, called)
  return error
}

/** A function that the app declares with, of one that is told the place of the call besides; its mistakes name the place. */
export const declaring = <A extends readonly unknown[], N>(
  declare: (place: Place | undefined, ...args: A) => N,
): ((...args: A) => N) => {
  const called = (...args: A): N => {
    const place = placeOfCall(called)
    try {
      return declare(place, ...args)
    } catch (thrown) {
      throw placed(thrown, place, called)
    }
  }
  return called
}
