/** Ranges of IP addresses, as `[http] allow_addresses` and `--allow-address` write them. */
import ipaddr from 'ipaddr.js'
import { SlungError } from '../../engine/model/slung-error.ts'
import { quote } from '../../engine/text/quote.ts'

/** The addresses that share their first `bits` bits with one of them. */
export type AddressRange = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number]

/**
 * Reads an address, `10.1.2.3` or `fd00::7`, or a range in CIDR notation, `10.0.0.0/8`.
 *
 * @throws {SlungError} `bad-address-range`
 */
export function parseAddressRange(text: string): AddressRange {
  // An IPv4 address of fewer parts is a valid one to the library, and a slip here.
  const isRange = ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text)
  if (isRange) return withoutMapping(ipaddr.parseCIDR(text))
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return [ipaddr.IPv4.parse(text), 32]
  if (ipaddr.IPv6.isValid(text)) return withoutMapping([ipaddr.IPv6.parse(text), 128])
  throw new SlungError(
    'bad-address-range',
    `cannot allow HTTP to the address ${quote(text)}: expected an IP address or a range of them, such as 10.1.2.3, ` +
      '10.0.0.0/8 or fd00::/8; names belong to --allow-http',
  )
}

/** Addresses are compared in the form that they have in IPv4 where they have one. */
function withoutMapping([address, bits]: AddressRange): AddressRange {
  if (address.kind() === 'ipv4' || bits < mappedBits) return [address, bits]
  const mapped = address as ipaddr.IPv6
  return mapped.isIPv4MappedAddress() ? [mapped.toIPv4Address(), bits - mappedBits] : [address, bits]
}

/** Those of `::ffff:0:0/96`. */
const mappedBits = 96
