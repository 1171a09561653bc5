/** Where the sections of a module and its function bodies lie. */
import { ByteCursor } from '@slung/runtime'

export interface WasmLayout {
  readonly sections: readonly SectionSpan[]
  /** In the order of the functions, which are numbered after the imported ones. */
  readonly bodies: readonly BodySpan[]
}

/** Offsets of a section: of its id, and those that enclose its content. */
export interface SectionSpan {
  readonly id: number
  readonly header: number
  readonly start: number
  readonly end: number
}

/** Offsets of a function body: of its size, and those that enclose locals and instructions. */
export interface BodySpan {
  readonly header: number
  readonly start: number
  readonly end: number
}

export const sectionIds = { memory: 5, export: 7, code: 10 } as const

/** @throws {RangeError} when it is cut off, which no module is that has passed the check */
export function readLayout(bytes: Uint8Array): WasmLayout {
  const sections: SectionSpan[] = []
  const bodies: BodySpan[] = []
  const cursor = new ByteCursor(bytes, 8)
  while (!cursor.done) {
    const header = cursor.offset
    const id = cursor.byte()
    const content = cursor.slice(cursor.unsigned())
    sections.push({ id, header, start: content.offset, end: content.end })
    if (id === sectionIds.code) bodies.push(...readBodies(content))
  }
  return { sections, bodies }
}

/** Offset of the first instruction of a body: after its local variables. */
export function firstInstruction(bytes: Uint8Array, { start, end }: BodySpan): number {
  const cursor = new ByteCursor(bytes, start, end)
  for (let groups = cursor.count(); groups > 0; groups--) {
    cursor.unsigned()
    const type = cursor.byte()
    const isReference = type === 0x63 || type === 0x64
    if (isReference) cursor.unsigned()
  }
  return cursor.offset
}

function readBodies(cursor: ByteCursor): BodySpan[] {
  return Array.from({ length: cursor.count() }, () => {
    const header = cursor.offset
    const { offset, end } = cursor.slice(cursor.unsigned())
    return { header, start: offset, end }
  })
}
