/** The door of `@slung/runtime`. */

/* Model */
export { SlungError } from './model/slung-error.ts'
export { formatTimestamp, timestampMicrosMax, type Micros } from './model/timestamp.ts'
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

/* Guest */
export {
  EndOfRun,
  HostRefusal,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
} from './guest/guest-host.ts'
export type { GuestFrame, GuestOutcome, GuestTrap, GuestTrapCode } from './guest/guest-outcome.ts'
