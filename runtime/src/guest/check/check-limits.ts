/** The part of the static check that looks at the size and kind of memory and tables. */
import { pageBytes } from '../contract/abi.ts'
import { tableElementsMax, tablesMax } from '../wasm/cap-limits.ts'
import type { ModuleProblem } from './module-report.ts'
import type { WasmBinary } from '../wasm/wasm-binary.ts'
import type { WasmLimits } from '../wasm/wasm-types.ts'

/** All problems of the memory a module defines. */
export function checkMemory(binary: WasmBinary, memoryPagesMax: number): ModuleProblem[] {
  const [memory, second] = binary.memories
  if (memory === undefined) return []
  const unsupported = second !== undefined ? 'several memories' : unsupportedKind(memory)
  if (unsupported !== null) {
    return [
      {
        code: 'unsupported-memory',
        message: `it has ${unsupported}, and hosts run guests with one plain memory with 32-bit addresses`,
        remedy: 'build without threads, memory64, multi-memory and custom page sizes',
      },
    ]
  }
  if (memory.initial <= memoryPagesMax) return []
  return [
    {
      code: 'memory-over-cap',
      message: `its memory begins with ${formatPages(memory.initial)}, and the cap is ${formatPages(memoryPagesMax)}`,
      remedy:
        'make static data smaller, or the memory it asks for: --initialMemory for asc (pages), --initial-memory for the linker (bytes)',
    },
  ]
}

/** All problems of the tables a module defines. */
export function checkTables({ tables }: WasmBinary): ModuleProblem[] {
  const problems: ModuleProblem[] = []
  if (tables.length > tablesMax) {
    problems.push({
      code: 'tables-over-cap',
      message: `it has ${tables.length} tables, and the cap is ${tablesMax}`,
      remedy: 'let the toolchain create the tables: it needs one or two',
    })
  }
  const elementCount = tables.reduce((sum, { initial }) => sum + initial, 0)
  if (elementCount > tableElementsMax) {
    problems.push({
      code: 'tables-over-cap',
      message: `its tables begin with ${elementCount} elements, and the cap is ${tableElementsMax}`,
      remedy: 'let the toolchain size them: no --tableBase for asc, no --table-base for the linker',
    })
  }
  return problems
}

function formatPages(pages: number): string {
  return `${pages} pages (${(pages * pageBytes) / 1_048_576} MiB)`
}

function unsupportedKind(memory: WasmLimits): string | null {
  if (memory.shared) return 'a shared memory'
  if (memory.is64) return 'a memory with 64-bit addresses'
  return memory.customPageSize ? 'a memory with a custom page size' : null
}
