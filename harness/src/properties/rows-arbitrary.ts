/** The Arbitrary behind all generators: one draws rows at random, and all shrink in the same way. */
import { Arbitrary, Stream, Value, type Random } from 'fast-check'
import type { RowsInput } from '../run/input-row.ts'
import { fixedDraft, type Draft } from './draft.ts'
import { shrinkRows, type Cursor } from './shrink-rows.ts'

/** Returns rows in order of time, at least one. */
export type Draw = (random: Random) => readonly Draft[]

interface Context {
  readonly drafts: readonly Draft[]
  /** Absent before the first shrink. */
  readonly cursor?: Cursor
}

export class RowsArbitrary extends Arbitrary<RowsInput> {
  readonly draw: Draw

  constructor(draw: Draw) {
    super()
    this.draw = draw
  }

  override generate(random: Random): Value<RowsInput> {
    return toValue({ drafts: this.draw(random) })
  }

  /** A handwritten example loses rows and keeps its values. */
  override canShrinkWithoutContext(value: unknown): value is RowsInput {
    return typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows)
  }

  override shrink(value: RowsInput, context: unknown): Stream<Value<RowsInput>> {
    const { drafts, cursor } = (context as Context | undefined) ?? { drafts: value.rows.map(fixedDraft) }
    return new Stream(shrinkRows(drafts, cursor)).map(toValue)
  }
}

function toValue(context: Context): Value<RowsInput> {
  return new Value({ rows: context.drafts.map(({ row }) => row) }, context)
}

/** Draws from any Arbitrary of rows; those of other kinds keep their values when they shrink. */
export function drawFrom(arbitrary: Arbitrary<RowsInput>, random: Random): readonly Draft[] {
  if (arbitrary instanceof RowsArbitrary) return arbitrary.draw(random)
  return inOrder(arbitrary.generate(random, undefined).value.rows.map(fixedDraft))
}

/** By arrival, ties as they are. */
export function inOrder(drafts: readonly Draft[]): Draft[] {
  return drafts.toSorted((one, other) => arrivalOf(one) - arrivalOf(other))
}

export function arrivalOf({ row: { timestamp, arrives = timestamp } }: Draft): number {
  return arrives
}
