/** The door of `@slung/runtime`: the engine, the guest host, and what both speak in. */

/* Model */
export { errorCodes, type SlungErrorCode } from './engine/model/slung-error-code.ts'
export { isSameNumber, mapScalars, parseJson, parseWrittenNumber, WrittenNumber } from './engine/model/json.ts'
export { SlungError } from './engine/model/slung-error.ts'
export { formatTimestamp, timestampMicrosMax, type Micros } from './engine/model/timestamp.ts'
export { parseTimestamp, type TimeUnit } from './engine/model/parse-timestamp.ts'
export { createSeries, formatSeries, seriesKey, type Series, type SeriesKey } from './engine/model/series.ts'
export { noProducer, type AppendRefusal, type SampleBatch } from './engine/model/columns.ts'
export type { LiveEvent, ProducerId } from './engine/model/live-event.ts'
export type {
  EventWriteback,
  HttpMethod,
  HttpWriteback,
  LogEntry,
  LogStream,
  TimelineEntry,
  Writeback,
  WsWriteback,
} from './engine/model/timeline.ts'

/* Text for people */
export { parseByteSize } from './engine/text/byte-size.ts'
export { describeFileError } from './engine/text/describe-file-error.ts'
export { expectedDuration, formatDuration, formatDurationRoughly, parseDuration } from './engine/text/duration.ts'
export { escapeRegExp } from './engine/text/escape-regexp.ts'
export { escapeUnprintable } from './engine/text/printable.ts'
export { quoteJson, shortenAndCount } from './engine/text/quote.ts'
export { countSlips, suggest } from './engine/text/suggest.ts'
export { formatUsageError } from './engine/text/usage-error.ts'
export { grouped, listWords, plural } from './engine/text/words.ts'

export { isCI } from './staging/system/is-ci.ts'
export { ProgressLine, showsProgress, type DescribeProgress } from './staging/system/progress-line.ts'

/* Query */
export type { Operator, Query, TagExpression, TimeBound, TimeRange, TimeSpan } from './engine/query/query.ts'
export type { GroupValue, QueryAnswer } from './engine/query/query-answer.ts'
export { parseQuery } from './engine/query/parse-query.ts'
export { formatQuery } from './engine/query/format-query.ts'
export { QuerySyntaxError } from './engine/query/query-syntax-error.ts'
export { Summary, type SummaryState } from './engine/aggregate/summary.ts'
export type { ExactSum } from './engine/aggregate/exact-sum.ts'

/* Engine */
export { Engine, type EngineOptions } from './engine/engine.ts'
export {
  HandleTable,
  handlesOpenMax,
  queueEventsMaxDefault,
  type HandleLimits,
  type HandleStatus,
  type SkippedSamples,
} from './engine/live/handle-table.ts'
export { describeLag } from './engine/live/describe-lag.ts'
export { SerialWorld, type Ahead, type Lag, type Step } from './engine/live/serial-world.ts'
export type { Seed } from './engine/live/seed.ts'
export { readSeed } from './engine/read-seed.ts'
export { refuseGroups } from './engine/evaluate-history.ts'
export type { Acceptance, Aggregate } from './engine/live/aggregate.ts'
export type { EventBudget } from './engine/live/event-budget.ts'
export type { LiveQuery } from './engine/live/live-query.ts'
export { MemoryStore } from './engine/store/memory-store.ts'
export { applyChanges, type StateChange, type StateValues } from './engine/model/state-values.ts'
export type { HistorySource, LocalHistory, SampleVisitor, Selection, SeriesId } from './engine/store/history-source.ts'
export type { Eventually } from './engine/model/eventually.ts'
export type { Slice, Steps } from './engine/model/steps.ts'
export type { CopySource, SampleColumns, SampleRuns } from './engine/aggregate/sample-runs.ts'
export type { ChunkSamples, SeriesChunk, StoredChunk } from './engine/store/series-samples.ts'
// `SampleStore` is what the head was called before histories could be elsewhere.
export type {
  Retention,
  SampleHead,
  SampleHead as SampleStore,
  StoreCounts,
  OnReplaced,
} from './engine/store/sample-head.ts'

/* Intake */
export { FixtureError, FixtureReader, type FixtureOptions } from './engine/fixture/fixture-csv.ts'
export type { Fixture } from './engine/fixture/fixture.ts'
export { assertProducer } from './engine/fixture/fixture-producers.ts'
export { parseTimeUnit } from './engine/fixture/time-unit.ts'
export { quoteCell } from './engine/fixture/csv-record.ts'
export { reservedColumns } from './engine/fixture/fixture-header.ts'
export { fitsTagsCell } from './engine/fixture/fixture-series.ts'

/* Guest */
export {
  EndOfRun,
  HostRefusal,
  type FinishedGuest,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
} from './guest/contract/guest-host.ts'
export type { GuestFrame, GuestOutcome, GuestTrap, GuestTrapCode } from './guest/contract/guest-outcome.ts'
export {
  GuestThread,
  type GuestJob,
  type GuestResult,
  type GuestThreadOptions,
  type HostPort,
} from './guest/run/guest-thread.ts'
export type { HostChoice } from './guest/run/thread-messages.ts'
export {
  loadGuest,
  type GuestModule,
  type GuestPositions,
  type LoadOptions,
  type OriginalModule,
  type RewrittenModule,
} from './guest/load/load-guest.ts'
export { readRegularFile } from './guest/load/read-regular-file.ts'
export { readFrames } from './guest/trap/trap-frames.ts'
export { GuestState } from './guest/contract/guest-state.ts'
export { refusing } from './guest/contract/refusing.ts'
export { parseAssignment, parseVariableName, parseVariableValue } from './guest/contract/variables.ts'
export { parseWrittenEvent, type WrittenEvent } from './guest/contract/written-event.ts'

/* Headers that the host adds to requests */
export type { HeaderConfig } from './staging/config/runtime-config.ts'
export { headersFor, parseHeaderRule, type HeaderRule } from './staging/writeback/header-rules.ts'
export type { AllowEverything, AllowHost, AllowPattern } from './staging/writeback/http-policy.ts'

/* WebAssembly binaries, for what rewrites them */
export { ByteCursor } from './guest/wasm/byte-cursor.ts'
export { ByteWriter, encodeUnsigned } from './guest/wasm/byte-writer.ts'
export type {
  GuestLanguage,
  ModuleProblem,
  ModuleProblemCode,
  ModuleReport,
  ReportedExport,
  ReportedImport,
  ReportedMemory,
} from './guest/check/module-report.ts'
export { describeUnreadVariables } from './guest/load/unread-variables.ts'
export type { WasmModule } from './guest/wasm/wasm-engine.ts'
export type { WasmExternalKind, WasmLimits, WasmSignature } from './guest/wasm/wasm-types.ts'
export {
  readWasmBinary,
  sectionIds,
  type WasmBinary,
  type WasmCustomSection,
  type WasmExportEntry,
  type WasmImportEntry,
  type WasmGlobal,
  type WasmSection,
} from './guest/wasm/wasm-binary.ts'
export type { ByteMoves } from './guest/wasm/byte-moves.ts'
export { isLibraryFunction, isLibrarySource } from './guest/trap/library-code.ts'
export { appendEntry } from './guest/wasm/replace-sections.ts'
export { readFunctionName } from './guest/wasm/demangle.ts'
export type { FunctionName } from './guest/wasm/demangle-v0.ts'
export { readFunctionNames } from './guest/wasm/name-section.ts'

/* Scaffold */
export { createProject, describeProject, type NewProject, type ProjectLanguage } from './scaffold/create-project.ts'
