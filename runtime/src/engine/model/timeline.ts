/**
 * What a workflow does, as values: every writeback and every line of output, in order.
 *
 * `at` is the time on the engine's clock (virtual in a replay). The field order is the order of keys in JSON lines.
 */
import type { ProducerId } from './live-event.ts'
import type { Micros } from './timestamp.ts'

/** An outgoing HTTP request and its answer. */
export interface HttpWriteback {
  readonly kind: 'http'
  readonly at: Micros
  readonly method: HttpMethod
  readonly url: string
  /** The request body, decoded as UTF-8 (invalid bytes shown as U+FFFD). */
  readonly body: string
  /** The response status; 0 when there was no response. */
  readonly status: number
  /** What the host added to the request, by name in lower case; absent when it added nothing. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A text frame sent to a producer. */
export interface WsWriteback {
  readonly kind: 'ws'
  readonly at: Micros
  readonly producer: ProducerId
  readonly text: string
}

/** A sample the workflow wrote. */
export interface EventWriteback {
  readonly kind: 'event'
  readonly at: Micros
  readonly timestamp: Micros
  readonly series: string
  readonly value: number
  /** Sorted, unique. */
  readonly tags: readonly string[]
}

/** One effect a workflow asks for. */
export type Writeback = HttpWriteback | WsWriteback | EventWriteback

/** One line of output. `host` is for messages of the host, such as why it refused a query. */
export interface LogEntry {
  readonly kind: 'log'
  readonly at: Micros
  readonly stream: LogStream
  readonly text: string
}

/** What happened, in order. */
export type TimelineEntry = Writeback | LogEntry

export type LogStream = 'stdout' | 'stderr' | 'host'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'
