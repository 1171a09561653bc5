/** Ways in which a disk, a copy or a person damages a file, chosen by a seed. */
import type { SeededRandom } from '../../src/testing/seeded-random.ts'
import type { DamagedStore } from './damage-stores.ts'

const pageBytes = 4096
const headerBytes = 24

export interface Mutant {
  readonly bytes: Buffer
  readonly description: string
}

type Mutation = (bytes: Buffer, random: SeededRandom, store: DamagedStore) => { bytes: Buffer; description: string }

/** A place in a page that was written: LMDB's own fields are what it trusts most. */
function placeIn(bytes: Buffer, random: SeededRandom): number {
  const page = random.below(Math.floor(bytes.length / pageBytes)) * pageBytes
  switch (random.below(4)) {
    case 0:
      return page + random.below(headerBytes)
    case 1: {
      // The offsets of nodes come after the header.
      const lower = Math.min(bytes.readUInt16LE(page + 20), pageBytes - headerBytes)
      return page + headerBytes + random.below(Math.max(1, lower))
    }
    case 2: {
      const lower = Math.min(bytes.readUInt16LE(page + 20), pageBytes - headerBytes - 2)
      const node = bytes.readUInt16LE(page + headerBytes + 2 * random.below(Math.max(1, lower >> 1)))
      return Math.min(page + headerBytes + node + random.below(40), page + pageBytes - 1)
    }
    default:
      return page + random.below(pageBytes)
  }
}

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = placeIn(bytes, random)
    const bit = random.below(8)
    bytes[at]! ^= 1 << bit
    return { bytes, description: `bit ${bit} of byte ${at} is flipped` }
  },
  function flipSome(bytes, random) {
    const places = Array.from({ length: 2 + random.below(6) }, () => placeIn(bytes, random))
    for (const at of places) bytes[at]! ^= 1 << random.below(8)
    return { bytes, description: `a bit of each of the bytes ${places.join(', ')} is flipped` }
  },
  function setByte(bytes, random) {
    const at = placeIn(bytes, random)
    bytes[at] = random.below(3) === 0 ? 0xff : random.below(256)
    return { bytes, description: `byte ${at} is set to ${bytes[at]}` }
  },
  function flipMeta(bytes, random) {
    const at = random.below(2) * pageBytes + random.below(headerBytes + 160)
    bytes[at]! ^= 1 << random.below(8)
    return { bytes, description: `a bit of byte ${at}, in a meta page, is flipped` }
  },
  function zero(bytes, random) {
    const at = placeIn(bytes, random)
    const length = 1 + random.below([8, 64, 512, pageBytes, 4 * pageBytes][random.below(5)]!)
    bytes.subarray(at, at + length).fill(0)
    return { bytes, description: `${length} bytes from ${at} on are zero` }
  },
  function junk(bytes, random) {
    const at = placeIn(bytes, random)
    const target = bytes.subarray(at, at + 1 + random.below([8, 64, pageBytes][random.below(3)]!))
    random.fill(target)
    return { bytes, description: `${target.length} bytes from ${at} on are junk` }
  },
  function swapPages(bytes, random) {
    const [left, right] = [randomPage(bytes, random), randomPage(bytes, random)]
    const kept = Buffer.from(pageAt(bytes, left))
    pageAt(bytes, right).copy(pageAt(bytes, left))
    kept.copy(pageAt(bytes, right))
    if (random.below(2) === 0) {
      bytes.writeBigUInt64LE(BigInt(left), left * pageBytes)
      bytes.writeBigUInt64LE(BigInt(right), right * pageBytes)
      return { bytes, description: `pages ${left} and ${right} are swapped, but not their numbers` }
    }
    return { bytes, description: `pages ${left} and ${right} are swapped` }
  },
  function earlierPage(bytes, random, { earlier }) {
    // Not the meta pages: with both, the file is one that was whole, and nobody can tell.
    const pages = Array.from(
      { length: 1 + random.below(4) },
      () => 2 + random.below(Math.min(bytes.length, earlier.length) / pageBytes - 2),
    )
    for (const page of pages) pageAt(earlier, page).copy(pageAt(bytes, page))
    return { bytes, description: `pages ${pages.join(', ')} are those of some commits before` }
  },
  function cut(bytes, random) {
    const length = random.below(2) === 0 ? random.below(bytes.length) : bytes.length - random.below(16 * pageBytes)
    return { bytes: bytes.subarray(0, Math.max(0, length)), description: `it is cut off at byte ${length}` }
  },
  function drop(bytes, random) {
    const at = random.below(bytes.length)
    const length = 1 + random.below(2 * pageBytes)
    return {
      bytes: Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
      description: `${length} bytes at ${at} are left out`,
    }
  },
]

export function mutantOf(store: DamagedStore, random: SeededRandom): Mutant {
  // Single bits are the most likely to slip through.
  const mutation = random.below(2) === 0 ? mutations[0]! : mutations[random.below(mutations.length)]!
  const { bytes, description } = mutation(Buffer.from(store.bytes), random, store)
  return { bytes, description: `${store.name}: ${description}` }
}

function randomPage(bytes: Buffer, random: SeededRandom): number {
  return random.below(Math.floor(bytes.length / pageBytes))
}

function pageAt(bytes: Buffer, page: number): Buffer {
  return bytes.subarray(page * pageBytes, (page + 1) * pageBytes)
}
