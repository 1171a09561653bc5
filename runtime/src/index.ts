/** The door of `@slung/runtime`: the engine, the guest host, and what both speak in. */

/* Model */
export { errorCodes, type SlungErrorCode } from './model/slung-error-code.ts'
export { SlungError } from './model/slung-error.ts'
export { formatTimestamp, timestampMicrosMax, type Micros } from './model/timestamp.ts'
export { parseTimestamp, type TimeUnit } from './model/parse-timestamp.ts'
export { parseByteSize } from './config/parse-byte-size.ts'
export { parseDuration } from './config/parse-duration.ts'
export { createSeries, formatSeries, seriesKey, type Series, type SeriesKey } from './model/series.ts'
export type { LiveEvent, ProducerId } from './model/live-event.ts'
export type {
  EventWriteback,
  HttpMethod,
  HttpWriteback,
  LogEntry,
  LogStream,
  TimelineEntry,
  Writeback,
  WsWriteback,
} from './model/timeline.ts'

/* Query */
export type { Operator, Query, TagExpression, TimeBound, TimeRange, TimeSpan } from './query/query.ts'
export { parseQuery } from './query/parse-query.ts'
export { formatQuery } from './query/format-query.ts'
export { QuerySyntaxError } from './query/query-syntax-error.ts'
export { countSlips, suggest } from './query/suggest.ts'
export { Summary } from './query/summary.ts'

/* Engine */
export { Engine, queueEventsMaxDefault, type EngineOptions } from './engine.ts'
export { HandleTable, handlesOpenMax } from './handle-table.ts'
export type { EventBudget } from './live/event-budget.ts'
export type { LiveQuery } from './live/live-query.ts'
export { MemoryStore } from './store/memory-store.ts'
export type { SampleStore, SampleVisitor, Selection, SeriesId } from './store/sample-store.ts'

/* Ingest */
export { FixtureReader } from './ingest/fixture-csv.ts'
export type { Fixture } from './ingest/fixture.ts'
export { FixtureError } from './ingest/fixture-error.ts'
export { assertProducer } from './ingest/producer-name.ts'
export { parseTimeUnit } from './ingest/time-unit.ts'

/* Guest */
export {
  EndOfRun,
  HostRefusal,
  type FinishedGuest,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
} from './guest/guest-host.ts'
export type { GuestFrame, GuestOutcome, GuestTrap, GuestTrapCode } from './guest/guest-outcome.ts'
export { GuestThread, type GuestJob, type GuestResult, type HostPort } from './guest/guest-thread.ts'
export { loadGuest, type GuestModule, type OriginalModule, type RewrittenModule } from './guest/load-guest.ts'
export { readFrames } from './guest/trap-frames.ts'
export { refusing } from './guest/refusing.ts'
export { parseWrittenEvent, type WrittenEvent } from './guest/written-event.ts'

/* WebAssembly binaries, for what rewrites them */
export { ByteCursor } from './guest/byte-cursor.ts'
export type { ByteMoves } from './guest/byte-moves.ts'
export { isLibraryFunction, isLibrarySource } from './guest/library-code.ts'
export { readFunctionNames } from './guest/name-section.ts'

/* Scaffold */
export { createProject, describeProject, type NewProject, type ProjectLanguage } from './scaffold/create-project.ts'
