/**
 * Puts probes into a compiled module: each is a few instructions that add 1 to its own counter and leave everything
 * else as it is.
 *
 * Only a memory and an export are added, each after those that are there, so that functions, types, globals and imports
 * keep their numbers, and what the workflow can see of itself stays the same.
 */
import {
  appendEntry,
  ByteWriter,
  encodeUnsigned,
  sectionIds,
  type RewrittenModule,
  type WasmBinary,
} from '@slung/runtime'
import { probeBytes, probeMemoryName } from './probe-memory.ts'

const pageBytes = 65_536
/** The workflow's own is 0: it has exactly one, and does not import it. */
const probeMemory = 1

/**
 * @param offsets - of instructions, before each of which a probe goes; ascending, and probes are numbered in this order
 * @param bytes - a module that has passed the check of the runtime
 */
export function insertProbes(bytes: Uint8Array, binary: WasmBinary, offsets: readonly number[]): RewrittenModule {
  const writer = new ByteWriter(bytes.length + offsets.length * 24)
  const moves = new MoveLog(writer)
  writer.write(bytes.subarray(0, 8))
  for (const section of binary.sections) {
    switch (section.id) {
      case sectionIds.memory:
        writer.write(appendEntry(bytes, section, memoryOf(offsets.length)))
        break
      case sectionIds.export:
        writer.write(appendEntry(bytes, section, exportEntry))
        break
      case sectionIds.code:
        writeCode(writer, moves, bytes, binary, offsets)
        break
      default:
        moves.note(section.header)
        writer.write(bytes.subarray(section.header, section.end))
    }
  }
  return { bytes: writer.bytes(), moves: moves.moves() }
}

/** Where the bytes have moved. */
class MoveLog {
  readonly #writer: ByteWriter
  readonly #starts: number[] = []
  readonly #shifts: number[] = []

  constructor(writer: ByteWriter) {
    this.#writer = writer
  }

  /** What is written next was at `offset`. */
  note(offset: number): void {
    const shift = this.#writer.length - offset
    if (shift === (this.#shifts.at(-1) ?? 0)) return
    this.#starts.push(this.#writer.length)
    this.#shifts.push(shift)
  }

  moves(): RewrittenModule['moves'] {
    return { starts: Uint32Array.from(this.#starts), shifts: Int32Array.from(this.#shifts) }
  }
}

/** It never grows. */
function memoryOf(probeCount: number): number[] {
  const hasMaximum = 1
  const pages = encodeUnsigned(Math.max(1, Math.ceil((probeCount * probeBytes) / pageBytes)))
  return [hasMaximum, ...pages, ...pages]
}

const exportEntry = [probeMemoryName.length, ...Buffer.from(probeMemoryName), 2, probeMemory]

function writeCode(
  writer: ByteWriter,
  moves: MoveLog,
  bytes: Uint8Array,
  { bodyOffsets, bodyEnds }: WasmBinary,
  offsets: readonly number[],
): void {
  const count = encodeUnsigned(bodyOffsets.length)
  let probe = 0
  const plans = Array.from(bodyOffsets, (start, index) => {
    const first = probe
    const end = bodyEnds[index]!
    let size = end - start
    for (; probe < offsets.length && offsets[probe]! < end; probe++) size += encodeProbe(probe).length
    return { start, end, first, last: probe, size }
  })
  writer.write([sectionIds.code])
  writer.unsigned(plans.reduce((sum, { size }) => sum + encodeUnsigned(size).length + size, count.length))
  writer.write(count)
  for (const { start, end, first, last, size } of plans) {
    writer.unsigned(size)
    moves.note(start)
    let copied = start
    for (let index = first; index < last; index++) {
      writer.write(bytes.subarray(copied, offsets[index]))
      copied = offsets[index]!
      writer.write(encodeProbe(index))
      moves.note(copied)
    }
    writer.write(bytes.subarray(copied, end))
  }
}

/** The number of a probe plus 1, stored in its place. */
function encodeProbe(probe: number): number[] {
  // Aligned to four bytes, in a memory that is named.
  const place = [0x42, probeMemory, ...encodeUnsigned(probe * probeBytes)]
  return [0x41, 0, 0x41, 0, 0x28, ...place, 0x41, 1, 0x6a, 0x36, ...place]
}
