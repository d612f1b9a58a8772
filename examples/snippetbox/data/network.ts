/** The network that an address belongs to, for limits: a client with one address of an IPv6 /64 usually has all of them. */
import { isIPv6 } from 'node:net'

/** The eight groups of an IPv6 address, in lower case and without leading zeros. */
const groupsOf = (address: string): readonly string[] => {
  // The URL parser turns a dotted ending into two groups, and shortens all of them.
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = host.split('::')
  const [first, last] = [head, tail ?? ''].map(part => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[],
  ]
  return tail === undefined
    ? first
    : [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last]
}

/**
 * Returns the /64 of an IPv6 address, and any other address as it is. An IPv4 address in IPv6 form is an IPv4 address.
 *
 * @example
 * networkOf('2001:db8::1') // => '2001:db8:0:0::/64'
 * networkOf('::ffff:192.0.2.1') // => '192.0.2.1'
 */
export const networkOf = (address: string): string => {
  const [bare = ''] = address.split('%')
  if (!isIPv6(bare)) return address
  const groups = groupsOf(bare)
  if (groups.slice(0, 5).every(group => group === '0') && groups[5] === 'ffff') {
    const [high = 0, low = 0] = groups.slice(6).map(group => parseInt(group, 16))
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}
