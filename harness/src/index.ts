export type * from './replay/replay-run.ts'
