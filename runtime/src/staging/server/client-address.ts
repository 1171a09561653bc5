/** Whom a socket belongs to, as far as its address tells. */

/**
 * The address that limits count by: an IPv4 address, or the first half of an IPv6 one, because the second half is the
 * choice of the one who has it (RFC 4291, 2.5.4). Clients behind one proxy share its address.
 *
 * @param remoteAddress - of a socket; a closed one has none
 */
export function clientAddress(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined) return ''
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(remoteAddress) ?? []
  if (mapped !== undefined) return mapped
  if (!remoteAddress.includes(':')) return remoteAddress
  const [head = '', tail] = remoteAddress.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':')
    while (groups.length + last.length < 8) groups.push('0')
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}
