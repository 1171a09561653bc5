/**
 * Modules that run a program: the compiled guest, with one more data segment, which the program is in. So every program
 * is its own module, and replays like any other.
 */
import { readFile } from 'node:fs/promises'
import { ByteCursor } from '../../../runtime/src/guest/wasm/byte-cursor.ts'
import { ByteWriter, encodeUnsigned } from '../../../runtime/src/guest/wasm/byte-writer.ts'
import { readWasmBinary, type WasmBinary, type WasmSection } from '../../../runtime/src/guest/wasm/wasm-binary.ts'
import { wasmEngine } from '../../../runtime/src/guest/wasm/wasm-engine.ts'
import { guestUrl } from '../build-guests.ts'
import { encodeProgram, type Program } from './program.ts'

const [dataSection, dataCountSection] = [11, 12]
const bytesMax = 16_384

/** Makes modules from the compiled guest. */
export class ProgramModules {
  /** Everything before the data, and after it. */
  readonly #before: Uint8Array
  readonly #after: Uint8Array
  readonly #segments: Uint8Array
  readonly #segmentCount: number
  /** Where the guest looks for its program. */
  readonly #address: number

  private constructor(guest: Uint8Array, sections: readonly WasmSection[], address: number) {
    const data = sections.find(({ id }) => id === dataSection)!
    // It is not needed, and would be wrong.
    const counted = sections.find(({ id }) => id === dataCountSection)
    const segments = new ByteCursor(guest, data.start, data.end)
    this.#segmentCount = segments.unsigned()
    this.#segments = guest.subarray(segments.offset, data.end)
    this.#before = Buffer.concat([
      guest.subarray(0, counted?.header ?? data.header),
      guest.subarray(counted?.end ?? data.header, data.header),
    ])
    this.#after = guest.subarray(data.end)
    this.#address = address
  }

  static async load(): Promise<ProgramModules> {
    const guest = new Uint8Array(await readFile(guestUrl('run-program')))
    const { sections, imports } = readWasmBinary(guest)
    return new ProgramModules(guest, sections, addressIn(guest, imports))
  }

  /** The module of a program. @param base - as for `encodeProgram` */
  make(program: Program, base: string): Uint8Array {
    const bytes = encodeProgram(program, base)
    if (bytes.length > bytesMax) throw new RangeError(`a program has ${bytes.length} bytes, at most ${bytesMax} fit`)
    const count = encodeUnsigned(this.#segmentCount + 1)
    const [memoryZero, i32Const, instructionsEnd] = [0, 0x41, 0x0b]
    const offset = [memoryZero, i32Const, ...encodeSigned(this.#address), instructionsEnd]
    const segment = [...offset, ...encodeUnsigned(bytes.length), ...bytes]
    const writer = new ByteWriter(this.#before.length + this.#segments.length + this.#after.length + bytes.length + 64)
    writer.write(this.#before)
    writer.write([dataSection])
    writer.unsigned(count.length + this.#segments.length + segment.length)
    for (const part of [count, this.#segments, segment, this.#after]) writer.write(part)
    return writer.bytes()
  }
}

/** What the guest exports as `program`. */
function addressIn(guest: Uint8Array, imported: WasmBinary['imports']): number {
  const imports: Record<string, Record<string, () => void>> = {}
  for (const { module, name } of imported) (imports[module] ??= {})[name] = () => {}
  const { exports } = new wasmEngine.Instance(new wasmEngine.Module(Uint8Array.from(guest)), imports)
  return (exports['program'] as { readonly value: number }).value
}

/** As signed LEB128. @param value - ≥ 0 */
function encodeSigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x40) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return [...bytes, rest]
}
