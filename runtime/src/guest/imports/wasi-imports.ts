/**
 * The subset of WASI preview 1 that guests get: output, environment, clock, randomness and exit. No files, no network.
 *
 * Any other WASI function may be imported and answers ENOSYS. `fd_prestat_get` answers EBADF instead: that is how
 * wasi-libc learns that there are no directories; on any other error it exits before the program begins.
 */
import { wasiModule } from '../contract/abi.ts'
import type { GuestContext } from './guest-context.ts'
import type { ReportedImport } from '../check/module-report.ts'
import { GuestExit } from '../contract/unwinding.ts'

const errnoSuccess = 0
const errnoBadf = 8
const errnoFault = 21
const errnoInval = 28
const errnoNosys = 52

// A longer list is refused, a longer text is taken in part: the caller tries again, as after any short write.
const vectorsMax = 1024
const writeBytesMax = 1_048_576

/** What `args_get` shows: programs may expect a name in the first place. */
const programArguments: readonly string[] = ['workflow']

/** Makes the import functions of one instance; `used` has all imports of the module: unknown ones get an answer too. */
export function createWasiImports(context: GuestContext, used: readonly ReportedImport[]): Record<string, unknown> {
  const { host, memory, output } = context
  const environment = Object.entries(host.environment).map(([name, value]) => `${name}=${value}`)

  const imports: Record<string, unknown> = {
    fd_write(descriptor: number, vectors: number, vectorCount: number, written: number): number {
      context.enter('fd_write')
      const stream = descriptor === 1 ? output.stdout : descriptor === 2 ? output.stderr : null
      if (stream === null) return errnoBadf
      const count = vectorCount >>> 0
      if (count > vectorsMax) return errnoInval
      if (!memory.has(vectors, count * 8) || !memory.has(written, 4)) return errnoFault
      let total = 0
      for (let index = 0; index < count && total < writeBytesMax; index++) {
        const start = memory.readU32(vectors + index * 8)
        const length = memory.readU32(vectors + index * 8 + 4)
        if (!memory.has(start, length)) return errnoFault
        const taken = Math.min(length, writeBytesMax - total)
        stream.write(memory.view(start, taken))
        total += taken
      }
      memory.writeU32(written, total)
      return errnoSuccess
    },

    environ_get: (list: number, buffer: number) => putStrings('environ_get', environment, list, buffer),
    environ_sizes_get: (count: number, size: number) => putSizes('environ_sizes_get', environment, count, size),
    args_get: (list: number, buffer: number) => putStrings('args_get', programArguments, list, buffer),
    args_sizes_get: (count: number, size: number) => putSizes('args_sizes_get', programArguments, count, size),

    clock_time_get(clock: number, _precision: bigint, time: number): number {
      context.enter('clock_time_get')
      if (clock !== 0 && clock !== 1) return errnoInval
      if (!memory.has(time, 8)) return errnoFault
      memory.writeU64(time, BigInt(host.now()) * 1000n)
      return errnoSuccess
    },

    random_get(buffer: number, byteCount: number): number {
      context.enter('random_get')
      if (!memory.has(buffer, byteCount >>> 0)) return errnoFault
      host.fillRandom(memory.view(buffer, byteCount >>> 0))
      return errnoSuccess
    },

    fd_prestat_get: () => errnoBadf,

    proc_exit(code: number): never {
      // Unlike the others, it works while the module starts: it needs no memory.
      if (context.end !== undefined) context.enter('proc_exit')
      throw context.endWith(new GuestExit(code))
    },
  }
  for (const { module, name } of used) if (module === wasiModule) imports[name] ??= () => errnoNosys
  return imports

  /** Writes strings, each ended by a zero byte, to `buffer`, and their addresses to `list`. */
  function putStrings(name: string, strings: readonly string[], list: number, buffer: number): number {
    context.enter(name)
    const encoded = strings.map((text) => utf8.encode(`${text}\0`))
    if (!memory.has(list, encoded.length * 4) || !memory.has(buffer, sumLengths(encoded))) return errnoFault
    let address = buffer
    for (const [index, bytes] of encoded.entries()) {
      memory.writeU32(list + index * 4, address)
      memory.view(address, bytes.length).set(bytes)
      address += bytes.length
    }
    return errnoSuccess
  }

  function putSizes(name: string, strings: readonly string[], count: number, size: number): number {
    context.enter(name)
    if (!memory.has(count, 4) || !memory.has(size, 4)) return errnoFault
    memory.writeU32(count, strings.length)
    memory.writeU32(size, sumLengths(strings.map((text) => utf8.encode(`${text}\0`))))
    return errnoSuccess
  }
}

const utf8 = new TextEncoder()

function sumLengths(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
