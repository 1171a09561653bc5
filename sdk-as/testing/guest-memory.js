/**
 * The memory of a guest, as the mock host sees it. Regions are checked in the same order, by the same limits and with the
 * same reasons as behind the border of the runtime; a test of the runtime compares the two.
 */
import { HostRefusal } from './host-refusal.js'

const regionBytes = 12
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class GuestMemory {
  #exports

  /** Connects an instance. Before it, there is nothing to read or write. */
  attach(exports) {
    this.#exports = exports
  }

  /** A little-endian view of all bytes; valid until the memory grows. */
  get view() {
    return new DataView(this.#exports.memory.buffer)
  }

  /**
   * The bytes of the Region at an address, not copied.
   *
   * @throws {HostRefusal} when it is null, reaches outside the memory or is longer than `bytesMax`
   */
  readRegion(signedAddress, name, bytesMax) {
    const { view } = this
    const memoryBytes = view.byteLength
    const address = signedAddress >>> 0
    if (address === 0) throw new HostRefusal(`the address of ${name} is 0, which is not a Region`)
    if (address + regionBytes > memoryBytes) {
      throw new HostRefusal(`the Region of ${name} at ${address} lies outside the ${memoryBytes} bytes of memory`)
    }
    const start = view.getUint32(address, true)
    const length = view.getUint32(address + 8, true)
    if (start + length > memoryBytes) {
      throw new HostRefusal(
        `the Region of ${name} says ${length} bytes at ${start}, outside the ${memoryBytes} bytes of memory`,
      )
    }
    if (length > bytesMax) throw new HostRefusal(`${name} is ${length} bytes long; at most ${bytesMax} are allowed`)
    return new Uint8Array(view.buffer, start, length)
  }

  /** The text of the Region at an address. @throws {HostRefusal} as `readRegion`, and when it is not UTF-8 */
  readText(address, name, bytesMax) {
    const bytes = this.readRegion(address, name, bytesMax)
    try {
      return strictUtf8.decode(bytes)
    } catch {
      throw new HostRefusal(`${name} is not valid UTF-8`)
    }
  }

  /** Gives the guest a text, or any bytes, in a Region it owns. */
  give(content) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const address = this.#exports.allocate(bytes.length) >>> 0
    new Uint8Array(this.#exports.memory.buffer).set(bytes, address)
    const region = this.#exports.allocate(regionBytes) >>> 0
    // The memory may have grown, so the view is made after the last allocation.
    const { view } = this
    view.setUint32(region, address, true)
    view.setUint32(region + 4, bytes.length, true)
    view.setUint32(region + 8, bytes.length, true)
    return region
  }
}
