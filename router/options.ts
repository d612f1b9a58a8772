/** Checks of the options that declarations take; each throws a TypeError whose sentence names the option. */
import { mistake } from './pattern.js'

/** Throws for a key that is no option. */
export const knownOptions = (options: object, known: readonly string[], where: string): void => {
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw mistake(where, `there is no option "${key}": it takes ${known.join(', ')}`)
}

/** A record, or an empty one when there is none. */
export const checkRecord = (
  value: unknown,
  option: string,
  where: string,
): Readonly<Record<string, unknown>> => {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw mistake(where, `${option} must be a record`)
  return value as Readonly<Record<string, unknown>>
}

/** The hosts of a scope: a host, a prefix of hosts that ends in `.`, or a list of such; in lower case, as conns have them. */
export const checkHosts = (value: unknown, where: string): readonly string[] => {
  const hosts: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (hosts.length === 0 || !hosts.every(host => typeof host === 'string' && host !== ''))
    throw mistake(where, 'host must be a host name, a prefix of one that ends in ".", or a list of such')
  return (hosts as readonly string[]).map(host => host.toLowerCase())
}
