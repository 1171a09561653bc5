/** The door of `@slung/harness`. */
export type { FixtureSource } from './input/read-fixture.ts'
export { after } from './replay/answer-time.ts'
export type { InputRow, RowsInput } from './run/input-row.ts'
export type { Delivery, PassageOfTime, PassageOfTime as ReplayModes } from './run/passage-of-time.ts'
export type { HttpAnswers } from './replay/msw-door.ts'
export { replay, type FixtureInput, type ReplayInput, type ReplayOptions, type SeriesInput } from './replay/replay.ts'
export type {
  CausedEntry,
  LiveQueryUse,
  ReplayOutcome,
  ReplayRun,
  RowReference,
  UnansweredRequest,
  UndeliveredQuery,
} from './run/replay-run.ts'
