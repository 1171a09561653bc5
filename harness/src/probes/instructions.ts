/**
 * Reads past one instruction of a function body (core specification, section 5.4, with threads and exceptions). What it
 * does is irrelevant here: only where the next one begins, and whether the two always run together.
 *
 * Instructions of garbage collection are not read, as their types are not.
 */
import { ByteCursor } from '@slung/runtime'

/** Offset of the first instruction of the body that begins at `start`: after its local variables. */
export function firstInstruction(module: Uint8Array, start: number): number {
  const cursor = new ByteCursor(module, start)
  for (let groups = cursor.count(); groups > 0; groups--) {
    cursor.unsigned()
    const type = cursor.byte()
    const isReference = type === 0x63 || type === 0x64
    if (isReference) cursor.unsigned()
  }
  return cursor.offset
}

type Immediate = (cursor: ByteCursor) => void

/**
 * Moves the cursor to the next instruction.
 *
 * @returns whether the next one may run without this one, or this one without the next; calls, which may trap, do not
 *   count
 * @throws {RangeError} for an unknown instruction, and at the end; the text is a clause
 */
export function skipInstruction(cursor: ByteCursor): boolean {
  const start = cursor.offset
  const opcode = cursor.byte()
  const extensions = extended[opcode]
  const extension = extensions === undefined ? 0 : cursor.unsigned()
  const immediates = extensions === undefined ? plain[opcode] : extensions[extension]
  if (immediates === undefined) {
    const code = extensions === undefined ? hex(opcode) : `${hex(opcode)} ${hex(extension)}`
    throw new RangeError(`the instruction ${code} at byte ${start} is not known here`)
  }
  for (const skip of immediates) skip(cursor)
  return isBranch(opcode)
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`
}

/** Everything that starts or ends a path through the body; `block` does not, as there is only one way into it. */
function isBranch(opcode: number): boolean {
  const isControl = opcode === 0x00 || (opcode >= 0x03 && opcode <= 0x0f) || (opcode >= 0x18 && opcode <= 0x19)
  const isTailCall = opcode === 0x12 || opcode === 0x13 || opcode === 0x15
  return isControl || isTailCall || opcode === 0x1f || opcode === 0xd5 || opcode === 0xd6
}

/** An index, a label, or a constant: signed ones are as long as unsigned ones. */
const number: Immediate = (cursor) => void cursor.unsigned()

function bytes(count: number): Immediate {
  return (cursor) => void cursor.slice(count)
}

const valueType: Immediate = (cursor) => {
  const code = cursor.byte()
  // A reference to a type is followed by its index; the type index of a block can be longer than a byte.
  if (code === 0x63 || code === 0x64 || code >= 0x80) cursor.unsigned()
}

const memoryArgument: Immediate = (cursor) => {
  const namesMemory = (cursor.unsigned() & 0x40) !== 0
  if (namesMemory) cursor.unsigned()
  cursor.unsigned()
}

const branchTable: Immediate = (cursor) => {
  for (let count = cursor.count(); count >= 0; count--) cursor.unsigned()
}

const valueTypes: Immediate = (cursor) => {
  for (let count = cursor.count(); count > 0; count--) valueType(cursor)
}

const catchClauses: Immediate = (cursor) => {
  for (let count = cursor.count(); count > 0; count--) {
    const namesTag = cursor.byte() < 2
    if (namesTag) cursor.unsigned()
    cursor.unsigned()
  }
}

type Immediates = readonly Immediate[]
/** First and last code, and what follows each of them. */
type CodeRange = readonly [first: number, last: number, ...immediates: Immediate[]]

function tableOf(...ranges: readonly CodeRange[]): readonly (Immediates | undefined)[] {
  const table: Immediates[] = []
  for (const [first, last, ...immediates] of ranges) {
    for (let code = first; code <= last; code++) table[code] = immediates
  }
  return table
}

const plain = tableOf(
  [0x00, 0x01], // unreachable, nop
  [0x02, 0x04, valueType], // block, loop, if
  [0x05, 0x05], // else
  [0x06, 0x06, valueType], // try
  [0x07, 0x09, number], // catch, throw, rethrow
  [0x0a, 0x0b], // throw_ref, end
  [0x0c, 0x0d, number], // br, br_if
  [0x0e, 0x0e, branchTable],
  [0x0f, 0x0f], // return
  [0x10, 0x10, number], // call
  [0x11, 0x11, number, number], // call_indirect
  [0x12, 0x12, number], // return_call
  [0x13, 0x13, number, number], // return_call_indirect
  [0x14, 0x15, number], // call_ref, return_call_ref
  [0x18, 0x18, number], // delegate
  [0x19, 0x1b], // catch_all, drop, select
  [0x1c, 0x1c, valueTypes], // select with types
  [0x1f, 0x1f, valueType, catchClauses], // try_table
  [0x20, 0x26, number], // local, global, table
  [0x28, 0x3e, memoryArgument], // loads and stores
  [0x3f, 0x42, number], // memory.size, memory.grow, i32.const, i64.const
  [0x43, 0x43, bytes(4)], // f32.const
  [0x44, 0x44, bytes(8)], // f64.const
  [0x45, 0xc4], // numeric, sign extension among it
  [0xd0, 0xd0, number], // ref.null
  [0xd1, 0xd1], // ref.is_null
  [0xd2, 0xd2, number], // ref.func
  [0xd3, 0xd4], // ref.eq, ref.as_non_null
  [0xd5, 0xd6, number], // br_on_null, br_on_non_null
)

/** Instructions of two codes, by their first. */
const extended: Readonly<Record<number, readonly (Immediates | undefined)[]>> = {
  0xfc: tableOf(
    [0, 7], // saturating conversions
    [8, 8, number, number], // memory.init
    [9, 9, number], // data.drop
    [10, 10, number, number], // memory.copy
    [11, 11, number], // memory.fill
    [12, 12, number, number], // table.init
    [13, 13, number], // elem.drop
    [14, 14, number, number], // table.copy
    [15, 17, number], // table.grow, table.size, table.fill
    [19, 22], // wide arithmetic
  ),
  0xfd: tableOf(
    [0, 11, memoryArgument], // loads and v128.store
    [12, 13, bytes(16)], // v128.const, i8x16.shuffle
    [14, 20], // swizzle, splats
    [21, 34, bytes(1)], // lanes
    [35, 83],
    [84, 91, memoryArgument, bytes(1)], // loads and stores of a lane
    [92, 93, memoryArgument], // loads with zeros
    [94, 255],
    [256, 275], // relaxed
  ),
  0xfe: tableOf(
    [0, 2, memoryArgument], // notify, wait
    [3, 3, bytes(1)], // fence
    [16, 78, memoryArgument], // atomic loads, stores and read-modify-writes
  ),
}
