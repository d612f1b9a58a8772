/**
 * Checks options when something is built from them, so that a mistake stops the start and its message names the option.
 * Each function describes its options by rules, which are data; every message has the same form. No message contains a
 * secret: what is shown of a value is decided by {@link shown}.
 */

/** What an option must be. */
export interface Rule {
  /** Completes "must be …"; a function of the value if it depends on what is wrong. */
  readonly must: string | ((value: unknown) => string)
  readonly ok: (value: unknown) => boolean
  /** Whether the option must be given. Default: no. */
  readonly required?: boolean
  /** For an option that no longer exists: what to write instead, as a sentence. It is not among the expected options. */
  readonly instead?: string
}

/** The rules of a function's options, by name. */
export type Rules = Readonly<Record<string, Rule>>

/** Names of values that are never shown. */
const secretName = /secret|passw|passphrase|passcode|token|salt|credential|(?:^k|K|_k|-k)ey$/i
/** A password inside a URL, and an unbroken run of letters and digits that may be a key or a token. */
const secretLike = /\/\/[^/]*@|(?=[\w+/=-]*\d)[\w+/=-]{16,}/
const longestShown = 32

const kind = (value: object): string =>
  typeof value === 'function' ? 'a function' : Array.isArray(value) ? 'an array' : 'an object'

/**
 * A value as a message may show it. Of strings that are long or may be secret, and of every value whose name says that it
 * is secret, it shows the type and the length only.
 *
 * @param name the option's name; without one, the value is taken to be secret
 */
export const shown = (value: unknown, name?: string): string => {
  if (value === null || value === undefined) return String(value)
  const hidden = name === undefined || secretName.test(name)
  switch (typeof value) {
    case 'string':
      return hidden ? lengthOf(value) : quoted(value)
    case 'object':
    case 'function':
      return kind(value)
    case 'symbol':
      return 'a symbol'
    default:
      return hidden ? `a ${typeof value}` : String(value)
  }
}

const lengthOf = (text: string): string =>
  `a string of ${text.length} character${text.length === 1 ? '' : 's'}`

const quoted = (text: string): string =>
  text.length > longestShown || secretLike.test(text) ? lengthOf(text) : JSON.stringify(text)

/** The sentence about a value that breaks a rule: `ttl must be a positive integer (seconds), got "3600"`. */
export const mustBe = (name: string, must: Rule['must'], value: unknown): string =>
  `${name} must be ${typeof must === 'string' ? must : must(value)}, got ${shown(value, name)}`

/** Throws a TypeError that begins with `place` unless a value is as a rule says. */
export const checkValue = (place: string, name: string, value: unknown, { must, ok }: Rule): void => {
  if (!ok(value)) throw new TypeError(`${place}: ${mustBe(name, must, value)}`)
}

/** `manifest, vsn or url` */
export const listed = (names: readonly string[], word = 'or'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`

/** How many letters must be added, removed or replaced to make one word of another. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (from.charAt(i) === to.charAt(j) ? 0 : 1)))
    row = next
  }
  return row[to.length]!
}

/** The name that was probably meant, if one is near enough. */
const nearest = (name: string, names: readonly string[]): string | undefined => {
  if (name.length > 64) return undefined
  const lower = name.toLowerCase()
  const measured = names
    .map(each => ({ each, away: distance(lower, each.toLowerCase()) }))
    .sort((a, b) => a.away - b.away)
  const [best] = measured
  return best !== undefined && best.away <= Math.min(2, Math.floor(best.each.length / 3))
    ? best.each
    : undefined
}

const printed = (name: string): string =>
  /^[\w$.-]{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, 64))

const unknown = (name: string, rules: Rules): string => {
  const names = Object.keys(rules).filter(each => rules[each]?.instead === undefined)
  if (names.length === 0) return `unknown option ${printed(name)}; no options are expected`
  const near = nearest(name, names)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  return `unknown option ${printed(name)}; expected ${listed(names)}${hint}`
}

/** What is wrong with options, as a sentence without the place; undefined if nothing is. */
export const optionsProblem = (options: unknown, rules: Rules): string | undefined => {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return `options must be an object, got ${shown(options)}`
  for (const name of Object.keys(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) return unknown(name, rules)
    if (rule.instead !== undefined) return rule.instead
  }
  for (const name of Object.keys(rules)) {
    const { must, ok, required = false } = rules[name] as Rule
    const value: unknown = (options as Readonly<Record<string, unknown>>)[name]
    if (value === undefined ? required : !ok(value)) return mustBe(name, must, value)
  }
  return undefined
}

/** Throws a TypeError that names the option, unless every option is known and as its rule says. */
export const checkOptions = (place: string, options: unknown, rules: Rules): void => {
  const problem = optionsProblem(options, rules)
  if (problem !== undefined) throw new TypeError(`${place}: ${problem}`)
}

/** Whether a value is an object that is not an array: instances of classes count, as ports and stores may be such. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a value is a non-empty string. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Whether a value is an array of such values. */
export const isListOf =
  (ok: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(ok)

const isFunction = (value: unknown): boolean => typeof value === 'function'

/** The rule of an option that must be given. */
export const required = (rule: Rule): Rule => ({ ...rule, required: true })

/** The rule of an option that no longer exists. */
export const gone = (instead: string): Rule => ({ must: 'absent', ok: () => false, instead })

/** An integer of a range, such as `integer(0, 65_535)`. */
export const integer = (least: number, most = Number.MAX_SAFE_INTEGER, unit = ''): Rule => {
  const range =
    most < Number.MAX_SAFE_INTEGER
      ? `an integer from ${least} to ${most}`
      : least === 0
        ? 'a non-negative integer'
        : least === 1
          ? 'a positive integer'
          : `an integer of at least ${least}`
  return {
    must: unit === '' ? range : `${range} (${unit})`,
    ok: value => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  }
}

/** Node's timers count no further than this. */
const longestTimer = 2_147_483_647

export const flag: Rule = { must: 'a boolean', ok: value => typeof value === 'boolean' }
export const count: Rule = integer(1)
export const bytes: Rule = integer(0, undefined, 'bytes')
export const seconds: Rule = integer(1, undefined, 'seconds')
/** Milliseconds that a timer can count; 0 often means no limit. */
export const milliseconds: Rule = {
  ...integer(0, longestTimer),
  must: 'a non-negative integer (milliseconds)',
}
export const positiveMilliseconds: Rule = {
  ...integer(1, longestTimer),
  must: 'a positive integer (milliseconds)',
}
export const string: Rule = { must: 'a non-empty string', ok: isText }
export const strings: Rule = { must: 'an array of non-empty strings', ok: isListOf(isText) }
export const object: Rule = { must: 'an object', ok: isObject }

/** A function; `role` says from what to what. */
export const func = (role = ''): Rule => ({ must: `a function${role && ` ${role}`}`, ok: isFunction })

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))

/** Whatever it is: checked elsewhere, or not at all. */
export const anything: Rule = { must: 'anything', ok: () => true }

/** Options whose values are checked where they are used, so that only their names are checked here. */
export const named = (...names: readonly string[]): Rules =>
  Object.fromEntries(names.map(name => [name, anything]))

/** One of a few values. */
export const oneOf = (...values: readonly (string | number | boolean)[]): Rule => ({
  must: listed(values.map(literal)),
  ok: value => (values as readonly unknown[]).includes(value),
})

/** A string of a form, which `must` describes. */
export const pattern = (form: RegExp, must: string): Rule => ({
  must,
  ok: value => typeof value === 'string' && form.test(value),
})

/** An object, such as a port, that has these functions. */
export const having = (must: string, ...functions: readonly string[]): Rule => ({
  must,
  ok: value => isObject(value) && functions.every(name => isFunction(value[name])),
})
