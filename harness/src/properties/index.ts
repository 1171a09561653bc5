/** The door `@slung/harness/properties`: generated input, and properties that hold for all of it. Needs `fast-check`. */
export type { InputRow, RowsInput } from '../run/input-row.ts'
export { forAll, type ForAllOptions, type RowsPredicate } from './for-all.ts'
export * as series from './series.ts'
export type { Bounds, GapsOptions, SeasonalOptions, SpikesOptions, WalkOptions } from './series.ts'
export type { Share, StreamOptions } from './stream-plan.ts'
