/** An effect of a workflow, in the order it happened. */
export type Effect =
  | { kind: 'http'; method: string; url: string; body: string; status: number }
  | { kind: 'ws'; producer: string; text: string }
  /** Timestamp and value as JavaScript prints them; `tags` sorted and once each. */
  | { kind: 'event'; timestamp: string; series: string; value: string; tags: string[] }
  | { kind: 'log'; stream: 'stdout' | 'stderr' | 'host'; text: string }

/** Thrown out of a poll when nothing is scripted any more: the way a host ends a run from inside the workflow. */
export class FeedDrained extends Error {
  readonly name: 'FeedDrained'
  constructor()
}

/** A host for unit tests: it answers what a test scripted and records what the workflow asked for. */
export class MockHost {
  /** What `slung.now` answers: microseconds since the Unix epoch. */
  now: bigint
  /** The workflow's environment variables. */
  environment: Record<string, string>
  /** What the workflow remembers: bytes by key, as set, whether a host would have saved it yet or not. Yours to change. */
  readonly state: Map<string, Uint8Array>
  /** Everything the workflow did, oldest first. Yours to clear. */
  effects: Effect[]
  /** The imports for `WebAssembly.instantiate`. */
  readonly imports: WebAssembly.Imports
  /** Connects the instance whose imports these are. Call it before any export that reaches the host. */
  attach(exports: WebAssembly.Exports): void
  /** Scripts the next Event of a query; `event` is an object or a JSON text, `null` lets one poll find nothing. */
  deliver(query: string, event: object | string | null): void
  /** Scripts what a historical query answers, from now on. Not scripted = NaN. */
  answerHistory(query: string, value: number): void
  /** Scripts the response to the next HTTP request; `body` is a text or any bytes. Not scripted = 200 with an empty body. */
  answerHttp(status: number, body: string | Uint8Array): void
  /**
   * Makes the host refuse the next call that it can refuse, with this reason for `slung.last_error`. Reading the state is
   * not one: it is refused for a wrong key only.
   */
  refuse(reason: string): void
  /** How many subscriptions are open. */
  readonly openHandles: number
  /** Forgets everything scripted and recorded, and the state. Handles stay open. */
  reset(): void
  /** Reads a Region of the guest. */
  readText(region: number): string
  /** Gives the guest a text in a Region it owns. */
  giveText(text: string): number
}

/** A complete as-pect configuration that runs every spec against a fresh `MockHost`; the rest replaces members of it. */
export function aspectConfig(overrides?: {
  /** Makes further imports for the specs, from the host of the spec file. */
  imports?: (host: MockHost) => WebAssembly.Imports
  [member: string]: unknown
}): Record<string, unknown>
