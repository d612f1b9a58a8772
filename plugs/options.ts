/** Checks the options of a plug when it is built, so that a mistake is found at boot and named. */

/** What an option must be, in words that complete "must be …", and whether a value is. */
export interface Rule {
  readonly must: string
  readonly ok: (value: unknown) => boolean
  /** Whether it must be given. */
  readonly required?: boolean
}

/** The rules of a plug's options, by name. */
export type Rules = Readonly<Record<string, Rule>>

/** Throws a TypeError that names the option, unless every one is known and as its rule says. */
export const checkOptions = (plug: string, options: unknown, rules: Rules): void => {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${plug}: the options must be a record`)
  for (const name of Object.keys(options))
    if (!Object.hasOwn(rules, name)) throw new TypeError(`${plug}: unknown option ${name}`)
  for (const [name, { must, ok, required = false }] of Object.entries(rules)) {
    const value: unknown = (options as Readonly<Record<string, unknown>>)[name]
    if (value === undefined ? required : !ok(value)) throw new TypeError(`${plug}: ${name} must be ${must}`)
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

export const isListOf =
  (ok: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(ok)

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** Common rules. */
export const flag: Rule = { must: 'a boolean', ok: value => typeof value === 'boolean' }
export const bytes: Rule = { must: 'a whole number of bytes, 0 or more', ok: isCount }
export const milliseconds: Rule = { must: 'a whole number of milliseconds, 0 or more', ok: isCount }
export const texts: Rule = { must: 'a list of texts', ok: isListOf(isText) }
