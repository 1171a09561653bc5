/**
 * Finds where the compiled code of a function goes one of two ways: at an `if` and at a branch with a condition. A probe
 * before it counts how often it is reached, and one right behind it how often control goes on there; the difference went
 * the other way. Both places are free of the code around them: nothing jumps to right behind a branch.
 *
 * A way that ends in `unreachable` is no way that a test should go: compilers make such for checks of their own.
 */
import type { ByteCursor } from '@slung/runtime'
import { skipInstruction } from './instructions.ts'

export interface Branch {
  /** Of the instruction. */
  readonly offset: number
  /** Of the one behind it. */
  readonly next: number
}

interface Block {
  /** Those that leave this block or its first part; all are dropped if it ends in a trap. */
  readonly pending: MutableBranch[]
}

interface MutableBranch extends Branch {
  traps: boolean
}

const codes = { unreachable: 0x00, if: 0x04, else: 0x05, end: 0x0b, branchIf: 0x0d, delegate: 0x18 } as const
/** block, loop, if, try, try_table */
const openings = new Set([0x02, 0x03, 0x04, 0x06, 0x1f])

/**
 * @param cursor - at the first instruction of a body; it ends with that
 * @returns in order of their offsets
 * @throws {RangeError} as `skipInstruction`
 */
export function findBranches(cursor: ByteCursor, bytes: Uint8Array): Branch[] {
  const found: MutableBranch[] = []
  const blocks: Block[] = [{ pending: [] }]
  let previous = -1
  while (!cursor.done) {
    const { offset } = cursor
    const code = bytes[offset]!
    skipInstruction(cursor)
    if (code === codes.else || code === codes.end || code === codes.delegate) {
      const block = code === codes.else ? blocks.at(-1) : blocks.pop()
      if (previous === codes.unreachable) for (const branch of block?.pending ?? []) branch.traps = true
    }
    if (openings.has(code)) blocks.push({ pending: [] })
    if (code === codes.if || code === codes.branchIf) {
      const branch = { offset, next: cursor.offset, traps: false }
      found.push(branch)
      blocks.at(-1)?.pending.push(branch)
    }
    previous = code
  }
  return found.filter(({ traps }) => !traps)
}
