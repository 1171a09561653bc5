/**
 * The imports from module `env` that AssemblyScript's own library needs, for guests built without the SDK's settings.
 * Its strings are UTF-16; the four bytes before one hold its length in bytes.
 */
import type { GuestContext } from './guest-context.ts'
import type { LineBuffer } from './line-buffer.ts'
import { GuestAbort } from '../contract/unwinding.ts'

// Enough for any message meant for people.
const textBytesMax = 65_536

/** Makes the import functions of one instance. */
export function createAssemblyScriptImports(context: GuestContext): Record<string, unknown> {
  const { memory, output, host } = context

  function readString(address: number): string {
    const start = address >>> 0
    if (start < 4 || !memory.has(start - 4, 4)) return ''
    const byteCount = Math.min(memory.readU32(start - 4), textBytesMax) & ~1
    return memory.has(start, byteCount) ? utf16.decode(memory.view(start, byteCount)) : ''
  }

  function print(name: string, stream: LineBuffer): (address: number) => void {
    return (address) => {
      context.enter(name)
      stream.write(utf8.encode(`${readString(address)}\n`))
    }
  }

  return {
    abort(message: number, file: number, line: number, column: number): never {
      context.enter('abort')
      throw context.endWith(new GuestAbort(readString(message), readString(file), line >>> 0, column >>> 0))
    },

    trace(message: number, count: number, ...values: readonly number[]): void {
      context.enter('trace')
      const shown = values.slice(0, Math.max(0, count)).join(', ')
      output.stdout.write(utf8.encode(`trace: ${readString(message)}${shown === '' ? '' : ` ${shown}`}\n`))
    },

    seed(): number {
      const bytes = new Uint8Array(8)
      host.fillRandom(bytes)
      return Number(new DataView(bytes.buffer).getBigUint64(0) >> 11n)
    },

    'console.log': print('console.log', output.stdout),
    'console.debug': print('console.debug', output.stdout),
    'console.info': print('console.info', output.stdout),
    'console.warn': print('console.warn', output.stderr),
    'console.error': print('console.error', output.stderr),

    'Date.now': () => Math.floor(host.now() / 1000),
  }
}

const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true })
const utf8 = new TextEncoder()
