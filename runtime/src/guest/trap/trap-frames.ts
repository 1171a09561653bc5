/** Reads a guest's own frames out of a JavaScript stack trace, with names for people and source positions. */
import { offsetBefore } from '../wasm/byte-moves.ts'
import type { GuestFrame } from '../contract/guest-outcome.ts'
import { oneLine } from '../../engine/text/quote.ts'
import { isLibraryFunction } from './library-code.ts'
import type { GuestModule } from '../load/load-guest.ts'
import { readFunctionName } from '../wasm/demangle.ts'
import { readFunctionNames } from '../wasm/name-section.ts'
import { GuestSourceMap } from './source-map.ts'
import { wasmEngine } from '../wasm/wasm-engine.ts'

// Enough to find the place; deeper stacks are recursion.
const framesMax = 20

/** UTF-16 units shown of a name, and of a place: both are the module's own. */
const shownUnitsMax = 400

/** `at name (wasm://wasm/1f2e:wasm-function[12]:0x1e3a)`: function index and byte offset. */
const wasmFrame = /wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/

/** The frames to show of a stack trace, innermost first. */
export function readFrames(stack: string, guest: GuestModule): GuestFrame[] {
  return shownFrames(readStack(stack, guest))
}

/** A frame, and whose function it is. */
export interface StackFrame extends GuestFrame {
  readonly isLibrary: boolean
}

/** All frames of the guest in a stack trace, innermost first. */
export function readStack(stack: string, guest: GuestModule): StackFrame[] {
  const found = stack.split('\n').flatMap((line) => {
    const match = wasmFrame.exec(line)
    return match === null ? [] : [{ index: Number(match[1]), offset: Number.parseInt(match[2]!, 16) }]
  })
  if (found.length === 0) return []
  const names = readNames(guest)
  const locate = createLocator(guest)
  return found.map(({ index, offset }) => {
    const name = readFunctionName(names.get(index) ?? `wasm-function[${index}]`)
    return {
      function: name.text,
      location: locate(index, offset),
      isLibrary: isLibraryFunction(name, guest.report),
    }
  })
}

/** The frames to show: without those of libraries (unless there are no others), and without repetitions. */
export function shownFrames(frames: readonly StackFrame[]): GuestFrame[] {
  const own = frames.filter(({ isLibrary }) => !isLibrary)
  return (own.length > 0 ? own : frames)
    .filter((frame, index, all) => index === 0 || !isSame(frame, all[index - 1]!))
    .slice(0, framesMax)
    .map(({ function: name, location }) => ({
      function: oneLine(name, shownUnitsMax),
      location: location === null ? null : oneLine(location, shownUnitsMax),
    }))
}

function isSame(left: GuestFrame, right: GuestFrame): boolean {
  return left.function === right.function && left.location === right.location
}

function readNames({ module }: GuestModule): ReadonlyMap<number, string> {
  const [section] = wasmEngine.Module.customSections(module, 'name')
  return section === undefined ? new Map() : readFunctionNames(new Uint8Array(section))
}

function createLocator({ positions }: GuestModule): (index: number, offset: number) => string | null {
  const { sourceMap, moves, bodyOffsets, importedFunctionCount } = positions
  if (sourceMap === null) return () => null
  let map: GuestSourceMap
  try {
    map = new GuestSourceMap(sourceMap)
  } catch {
    // A damaged map counts as a missing one.
    return () => null
  }
  return (index, offset) => {
    const start = bodyOffsets[index - importedFunctionCount]
    return start === undefined ? null : map.locate(offsetBefore(moves, offset), start)
  }
}
