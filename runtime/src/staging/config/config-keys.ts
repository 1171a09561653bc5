/** Every key of `slung.toml` with its valid values: `docs/configuration.md` as a table in code. */
import { parseAddressRange } from './address-range.ts'
import type { FileSettings, HttpSettings } from './config-sources.ts'
import { parseHost, parseOrigin } from './network.ts'
import { headerKeys, readHeaderRules } from './read-headers.ts'
import { tableOf, type TableKeys } from './read-table.ts'
import {
  byteSize,
  durationMicros,
  durationMillis,
  filePath,
  listOf,
  oneOf,
  parsedText,
  type Reader,
  text,
  wholeNumber,
} from './read-value.ts'
import { readWorkflows, workflowKeys } from './read-workflows.ts'
import type { LimitsConfig, LogConfig, RetentionConfig } from './runtime-config.ts'
import { parseToken } from '../wire/token.ts'

export const portMax = 65_535
export const logLevels: readonly LogConfig['level'][] = ['debug', 'info', 'warn', 'error']
export const logFormats: readonly LogConfig['format'][] = ['json', 'text']

const logKeys: TableKeys<LogConfig> = {
  level: ['level', oneOf(logLevels)],
  format: ['format', oneOf(logFormats)],
}

const httpKeys: TableKeys<HttpSettings> = {
  allow: ['allow', listOf(text('a pattern such as "hooks.example.com"'))],
  allowAddresses: ['allow_addresses', listOf(parsedText(readAddress))],
  // A Node timer cannot be longer than 2^31 ms, which is 24.8 days.
  timeoutMillis: ['timeout', durationMillis('1ms', '24d')],
  // The body goes into the guest's memory, and is held twice on its way there.
  responseBytesMax: ['response_bytes', byteSize('0', '1GiB')],
  // Where browsers give up (https://fetch.spec.whatwg.org/#http-redirect-fetch).
  redirectsMax: ['redirects', wholeNumber(0, 20)],
  with: ['with', readHeaderRules],
}

const retentionKeys: TableKeys<RetentionConfig> = {
  // Up to the length of all time: timestamps reach 2^53 µs back.
  ageMicros: ['age', durationMicros('1s', '100000d')],
  // Less would be a slip: `size = 10` instead of "10GiB" would delete nearly everything.
  bytesMax: ['size', byteSize('1MiB', '1000TiB')],
}

const limitsKeys: TableKeys<LimitsConfig> = {
  // `ws` counts bytes in 32 bits, and holds a whole frame in memory.
  frameBytesMax: ['frame_bytes', byteSize('1KiB', '1GiB')],
  connectionsMax: ['connections', wholeNumber(1, 1_000_000)],
  strangersMax: ['waiting_connections', wholeNumber(1, 1_000_000)],
  queriesMax: ['queries', wholeNumber(1, 1_000_000)],
  addressQueriesMax: ['address_queries', wholeNumber(1, 1_000_000)],
  // A body is read in a stream: only patience limits it.
  bodyBytesMax: ['body_bytes', byteSize('1KiB', '1000TiB')],
  // A `Map` of V8 holds 2^24 entries.
  seriesMax: ['series', wholeNumber(1, 10_000_000)],
  // A different text counts 128 bytes, so that there are at most 2^24.
  labelBytesMax: ['labels', byteSize('64KiB', '2GiB')],
  senderSeriesMax: ['sender_series', wholeNumber(1, 10_000_000)],
  futureMicros: ['future', durationMicros('0s', '100000d')],
  backlogSamplesMax: ['backlog', wholeNumber(1, 1_000_000_000)],
  // Less is in use as soon as it has started.
  memoryBytesMax: ['memory', byteSize('192MiB', '1000TiB')],
  // A thread needs some 10 MiB for itself; more than a process can have would be no limit.
  workflowHeapBytesMax: ['workflow_heap', byteSize('64MiB', '64GiB')],
  // A column of them may be as long as an array of V8.
  windowSamplesMax: ['window_samples', wholeNumber(1, 1_000_000_000)],
  windowSamplesTotalMax: ['window_samples_total', wholeNumber(1, 1_000_000_000)],
  // The largest writeback of the ABI must fit.
  sendBufferBytesMax: ['send_buffer', byteSize('1MiB', '1000TiB')],
}

const rootKeys: TableKeys<FileSettings> = {
  host: ['host', parsedText(parseHost)],
  port: ['port', wholeNumber(0, portMax)],
  data: ['data', filePath('the path of a directory')],
  token: ['token', parsedText(parseToken)],
  tokenFile: ['token_file', filePath('the path of a file')],
  origins: ['origins', listOf(parsedText(parseOrigin))],
  log: ['log', tableOf(logKeys)],
  http: ['http', tableOf(httpKeys)],
  retention: ['retention', tableOf(retentionKeys)],
  limits: ['limits', tableOf(limitsKeys)],
  workflows: ['workflow', readWorkflows],
}

export const readRoot: Reader<Partial<FileSettings>> = tableOf(rootKeys)

/** The keys of each table; the root has the empty name. */
export const keysByTable: ReadonlyMap<string, readonly string[]> = new Map([
  ['', keysOf(rootKeys)],
  ['log', keysOf(logKeys)],
  ['http', keysOf(httpKeys)],
  ['http.with', keysOf(headerKeys)],
  ['retention', keysOf(retentionKeys)],
  ['limits', keysOf(limitsKeys)],
  ['workflow', keysOf(workflowKeys)],
])

/** Returns the text unchanged. @throws {SlungError} `bad-address-range` */
function readAddress(written: string): string {
  parseAddressRange(written)
  return written
}

function keysOf(keys: Readonly<Record<string, readonly [key: string, read: unknown]>>): string[] {
  return Object.values(keys).map(([key]) => key)
}
