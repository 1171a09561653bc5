/** The door of `@slung/harness`. */
export { replay, type FixtureInput, type ReplayOptions } from './replay/replay.ts'
export type { HttpAnswers } from './replay/msw-door.ts'
export type { CausedEntry, ReplayOutcome, ReplayRun, RowReference, UnansweredRequest } from './replay/replay-run.ts'
