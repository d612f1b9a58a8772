/** Addresses, and which of them are those of proxies that are trusted. */
import ipaddr from 'ipaddr.js'

/** An IPv4 or IPv6 address. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** A network: an address in it, and how many of its first bits all others share. */
type Network = [Address, number]

/** Names for the networks that only machines nearby are in: RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3; RFC 1918 and RFC 4193. */
const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/**
 * Reads an address: IPv4 in four decimal parts, or IPv6 without a zone; an IPv4 address written as IPv6 counts as IPv4.
 * Undefined for all else: the short and octal forms that some systems take are ways around a check.
 */
export const parseAddress = (text: string): Address | undefined => {
  // The longest has 45 characters. Of a longer text, the expression would take a time that grows with its square.
  if (text.length > 45) return undefined
  // The library throws and catches for each text that is none: the plain ones are told before.
  if (!/^[\d.]{7,15}$|^[\da-f:.]*:[\da-f:.]*$/i.test(text)) return undefined
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
    ? ipaddr.process(text)
    : undefined
}

const parseNetwork = (text: string): Network | undefined => {
  const [, given = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseAddress(given)
  if (address === undefined) return undefined
  const most = address.kind() === 'ipv4' ? 32 : 128
  const size = bits === undefined ? most : Number(bits)
  return size <= most ? [address, size] : undefined
}

const networksOf = (text: string): readonly (Network | undefined)[] =>
  Object.hasOwn(named, text) ? (named[text] as readonly string[]).map(parseNetwork) : [parseNetwork(text)]

/** Whether a value says whom to trust: `'loopback'`, `'private'`, an address, or a network such as `'10.0.0.0/8'`. */
export const isTrustable = (value: unknown): boolean =>
  typeof value === 'string' && !networksOf(value).includes(undefined)

/** Whether an address is in one of the networks. */
export const truster = (texts: readonly string[]): ((address: Address) => boolean) => {
  const networks = texts.flatMap(networksOf) as readonly Network[]
  return address => networks.some(network => network[0].kind() === address.kind() && address.match(network))
}
