/** Which names of parameters and headers stand for secrets, so that their values are neither printed nor logged. */
import { isRecord } from './is-record.js'

/** What is shown instead of a value. */
export const masked = '[MASKED]'

/** Parts of names whose values are secrets. */
export const secretTerms: readonly string[] = Object.freeze([
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'authorization',
  'apikey',
  'accesskey',
  'privatekey',
  'credential',
  'creditcard',
  'cardnumber',
  'cvv',
])

/** Names and terms are compared by their letters and digits alone: `api_key`, `apiKey` and `API-Key` are the same. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Whether a name contains one of {@link secretTerms}. */
export const isSecretName = (name: string): boolean => {
  const plain = plainName(name)
  return secretTerms.some(term => plain.includes(term))
}

/** A query with the values of secret names masked. */
export const maskQuery = (query: string): string =>
  query.replace(/([^&=]*)=([^&]*)/g, (pair, name: string) =>
    isSecretName(name) ? `${name}=${masked}` : pair,
  )

/** Parameters with the values of secret names masked. */
export const maskSecrets = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(maskSecrets)
    : isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, item]) => [
            name,
            isSecretName(name) ? masked : maskSecrets(item),
          ]),
        )
      : value
