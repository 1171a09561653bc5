/**
 * Which IP addresses a request may connect to. The allow list judges a URL; this judges what the name in it stands for
 * at the moment of connecting, because whoever controls the DNS of an allowed name could point it at this machine, at a
 * neighbour, or at the metadata service of a cloud.
 */
import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { HostRefusal } from '../../guest/contract/guest-host.ts'
import { parseAddressRange, type AddressRange } from '../config/address-range.ts'
import type { HttpPolicyConfig } from '../config/runtime-config.ts'

export class AddressPolicy {
  readonly #ranges: readonly AddressRange[]
  readonly #admitsAll: boolean

  /** @throws {SlungError} `bad-address-range` */
  constructor({ allow, allowAddresses }: Pick<HttpPolicyConfig, 'allow' | 'allowAddresses'>) {
    this.#ranges = allowAddresses.map(parseAddressRange)
    this.#admitsAll = allow.includes('*')
  }

  /**
   * A lookup that finds only addresses that may be connected to, and fails with a `HostRefusal` when there are others
   * alone. Node does not call it for a URL that names an address: the allow list has named that one, too. Behind a proxy
   * of the environment it is the proxy that looks names up.
   *
   * @param lookup - such as that of `node:dns`
   */
  restrict(lookup: LookupFunction): LookupFunction {
    return (name, options, done) => {
      lookup(name, { ...options, all: true }, (error, found) => {
        if (error !== null) return done(error, [])
        const addresses = found as LookupAddress[]
        const refusals = addresses.map(({ address }) => this.#refusalOf(name, address))
        const admitted = addresses.filter((_, index) => refusals[index] === null)
        const [first] = admitted
        if (first === undefined) return done(new HostRefusal(refusals[0] ?? `the name ${name} has no address`), [])
        if (options.all === true) return done(null, admitted)
        done(null, first.address, first.family)
      })
    }
  }

  /** Why a name that stands for this address may not be connected to; `null` when it may. */
  #refusalOf(name: string, text: string): string | null {
    const address = ipaddr.process(text)
    const kind = kindOf(address)
    if (this.#admitsAll || kind === null || (kind === thisMachine && isLocalhost(name))) return null
    if (this.#ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))) {
      return null
    }
    return (
      `the name ${name} stands for ${text}, ${kind}, which is not allowed; ` +
      `start with --allow-address ${text}, or add it to [http] allow_addresses in slung.toml`
    )
  }
}

/** What is special about an address; `null` for one that anybody on the internet can reach. */
function kindOf(address: ipaddr.IPv4 | ipaddr.IPv6): string | null {
  if (address.toString() === wireServer) return metadata
  const range = address.range()
  // An IPv6 network reaches IPv4 addresses by these, which end with them.
  if (range === 'rfc6052' && address.match(wellKnownNat64))
    return kindOf(new ipaddr.IPv4(address.toByteArray().slice(-4)))
  return range === 'unicast' ? null : (kinds[range] ?? 'a reserved address')
}

const thisMachine = 'an address of this machine'
const metadata = 'an address such as the metadata services of clouds have'
const kinds: Readonly<Partial<Record<string, string>>> = {
  loopback: thisMachine,
  unspecified: thisMachine,
  private: 'a private address',
  uniqueLocal: 'a private address',
  carrierGradeNat: 'a private address of a provider',
  linkLocal: metadata,
}

/** Other prefixes have the address elsewhere (RFC 6052, section 2.2). */
const wellKnownNat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/** Where Azure has its metadata: an address that looks public. */
const wireServer = '168.63.129.16'

/** These names stand for this machine by definition (RFC 6761, section 6.3). */
function isLocalhost(name: string): boolean {
  return /(?:^|\.)localhost\.?$/i.test(name)
}
