/**
 * The settings of `slung run`, complete and checked: flags and `slung.toml` become one of these, which `Runtime.start`
 * takes. `docs/configuration.md` is the page for people.
 */

export interface RuntimeConfig {
  /** Address to listen on. */
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
  /** Directory of the durable store; `null` = samples live in memory and end with the process. */
  readonly data: string | null
  /** Required of every request and upgrade when set. */
  readonly token: string | null
  /** Origins of web pages that may open a WebSocket, such as `https://ops.example.com`. Empty = no page may. */
  readonly origins: readonly string[]
  readonly workflows: readonly WorkflowConfig[]
  readonly http: HttpPolicyConfig
  readonly retention: RetentionConfig
  readonly limits: LimitsConfig
  readonly log: LogConfig
}

export interface WorkflowConfig {
  /** Unique among the workflows of a runtime; by default the file's name without `.wasm`. */
  readonly name: string
  readonly file: string
  /** The environment variables that the guest sees. */
  readonly environment: Readonly<Record<string, string>>
  /** Most pages of 64 KiB in the guest's memory. */
  readonly memoryPagesMax: number
  /** Processor time the guest may use between two polls. */
  readonly watchdogMillis: number
  /** A poll that finds nothing waits at most this long for an Event, then answers 0. */
  readonly tickMillis: number
}

/** What workflows may reach over HTTP. */
export interface HttpPolicyConfig {
  /** Patterns such as `hooks.example.com`, `*.example.com`, `https://api.example.com:8443/v1/`; empty = nothing. */
  readonly allow: readonly string[]
  /** Addresses that an allowed name may stand for although they are private, such as `10.0.0.0/8`. */
  readonly allowAddresses: readonly string[]
  /** For one request with all its redirects. */
  readonly timeoutMillis: number
  readonly responseBytesMax: number
  readonly redirectsMax: number
  readonly with: readonly HeaderConfig[]
}

/** Headers for the requests that a pattern covers. */
export interface HeaderConfig {
  /** A pattern as in `allow`, but of a host. Without a scheme it means https. */
  readonly url: string
  /** By name. Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>
}

export interface RetentionConfig {
  /** Samples older than this are removed; `null` = never. */
  readonly ageMicros: number | null
  /** The oldest samples are removed while the sealed chunks take more bytes than this; `null` = never. */
  readonly bytesMax: number | null
}

export interface LimitsConfig {
  /** Longest WebSocket message. */
  readonly frameBytesMax: number
  readonly connectionsMax: number
  /** Open sockets of which no request has passed yet. */
  readonly strangersMax: number
  /** Queries over HTTP that run at the same time, in all and of one address. */
  readonly queriesMax: number
  readonly addressQueriesMax: number
  /** Longest body of `POST /events`, compressed or not. */
  readonly bodyBytesMax: number
  readonly seriesMax: number
  /** What the names and tags of all series may take: their bytes in UTF-8, and 128 for each different one. */
  readonly labelBytesMax: number
  /** Most series that one connection, one address (by `POST /events`) or one workflow may add to those stored. */
  readonly senderSeriesMax: number
  /** A timestamp this far ahead of the clock is refused. */
  readonly futureMicros: number
  /** Reading from sockets pauses while more samples than this are not durable yet. */
  readonly backlogSamplesMax: number
  /** Memory of the process, without mapped files; `null` = three quarters of what the machine or the cgroup has. */
  readonly memoryBytesMax: number | null
  /** JavaScript heap of each workflow's thread: what its host keeps for it, beside its own memory. */
  readonly workflowHeapBytesMax: number
  /** Most samples in the windows of one workflow. */
  readonly windowSamplesMax: number
  /** Most samples in the windows of all workflows together. */
  readonly windowSamplesTotalMax: number
  /** A connection with more bytes than this waiting to be sent is closed. */
  readonly sendBufferBytesMax: number
}

export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** JSON lines, or lines for people. */
  readonly format: 'json' | 'text'
}
