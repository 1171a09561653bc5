/** The default of every setting. `docs/configuration.md` has the same numbers; a test compares them. */
import { windowSamplesMaxDefault } from '../../engine/live/window-limit.ts'
import { memoryPagesMaxDefault } from '../../guest/wasm/cap-limits.ts'
import type { RuntimeConfig, WorkflowConfig } from './runtime-config.ts'

const hourMicros = 3_600_000_000
const mebibyte = 1024 * 1024

export const workflowDefaults: Omit<WorkflowConfig, 'name' | 'file'> = {
  environment: {},
  memoryPagesMax: memoryPagesMaxDefault,
  // Handling an Event takes milliseconds at most; this leaves room for a slow machine, and still ends while someone
  // watches.
  watchdogMillis: 10_000,
  // Often enough for alarms of the kind "no data for five minutes"; an idle workflow costs one poll a second.
  tickMillis: 1000,
}

export const runtimeDefaults: RuntimeConfig = {
  // Only this machine: opening a port to the network should be a decision.
  host: '127.0.0.1',
  // Where Slung hosts listen, so clients find this one too.
  port: 2077,
  data: null,
  token: null,
  origins: [],
  workflows: [],
  http: {
    allow: [],
    allowAddresses: [],
    // The usual patience of webhook senders: Events queue up behind a slow answer.
    timeoutMillis: 10_000,
    // API answers are far smaller, and one of this size takes little of the guest's memory.
    responseBytesMax: mebibyte,
    // From http to https, to a name with www, to a moved path, and two to spare; more is a loop.
    redirectsMax: 5,
    with: [],
  },
  // Deletion is opt-in.
  retention: { ageMicros: null, bytesMax: null },
  limits: {
    // Some 20,000 samples of usual length, and fifteen of the longest possible.
    frameBytesMax: mebibyte,
    // Each takes a file descriptor, of which Linux gives a process 1,024 by default.
    connectionsMax: 1000,
    // As many as the system lets connect in one moment (Node's backlog is 511), and half of the file descriptors of a
    // small machine. Against a thousand idle sockets a second, a client has half a second for its first request.
    strangersMax: 512,
    // Each waits in turn for the one thread that answers them.
    queriesMax: 64,
    // A dashboard asks several questions at a time, and some users share an address.
    addressQueriesMax: 16,
    // Some five million lines of usual length. The body is read in a stream and never held.
    bodyBytesMax: 256 * mebibyte,
    // Takes 150 MB of memory at two tags each. More is most often an id or a time among the tags.
    seriesMax: 100_000,
    // 600 bytes for each of those series: five different tags of usual length.
    labelBytesMax: 64 * mebibyte,
    // Half of all: one sender that invents names leaves room for the others.
    senderSeriesMax: 50_000,
    // Clocks differ, even by a whole time zone; a time in the wrong unit is years ahead.
    futureMicros: 24 * hourMicros,
    // Two seconds of half a million samples each, so that one slow commit delays no sender.
    backlogSamplesMax: 1_000_000,
    // It depends on the machine.
    memoryBytesMax: null,
    // All the Events that may wait take some 30 MiB, and 100,000 series as much again.
    workflowHeapBytesMax: 128 * mebibyte,
    // A thousand series, one sample each every second, for an hour.
    windowSamplesMax: windowSamplesMaxDefault,
    // Some 400 MB at most, which leaves a machine with 1 GiB the rest.
    windowSamplesTotalMax: 2 * windowSamplesMaxDefault,
    // Eight of the largest writebacks: a reader that is further behind has stopped reading.
    sendBufferBytesMax: 8 * mebibyte,
  },
  log: { level: 'info', format: 'text' },
}
