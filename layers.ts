/**
 * Who may import whom: an allow list. Each room is a folder (or a file) of a package's `src`, with the rooms it may import and why
 * that is all. `docs/test/layers.test.ts` holds the sources to it, and writes it into `docs/architecture.md`.
 */

export interface Room {
  /** A folder or a file, relative to the `src` of its package. A file belongs to the room with the longest matching path. */
  readonly room: string
  /** What stands in it. */
  readonly holds: string
  /** The rooms that its files may import, besides their own. */
  readonly imports: readonly string[]
  /** The npm packages that its files may import. Node's own modules are the linter's concern: the engine may have none. */
  readonly packages?: readonly string[]
  /** The reason, as a contributor reads it whose import was refused. */
  readonly why: string
}

export const layers: Readonly<Record<'runtime' | 'harness', readonly Room[]>> = {
  runtime: [
    {
      room: 'engine/model',
      holds: 'series, timestamps, Events, the timeline',
      imports: [],
      why: 'model is the innermost room: its nouns know nothing but each other',
    },
    {
      room: 'engine/text',
      holds: 'text for people: what is safe to print, carets, suggestions, durations, sizes',
      imports: ['engine/model'],
      why: 'text helpers know no noun of the engine but a failed promise',
    },
    {
      room: 'engine/query',
      holds: 'the query language',
      imports: ['engine/model', 'engine/text'],
      why: 'query is the language, nothing else',
    },
    {
      room: 'engine/aggregate',
      holds: 'exact sums, summaries, rings and heaps of samples',
      imports: ['engine/model', 'engine/query'],
      why: 'aggregates are arithmetic; where samples come from is not their concern',
    },
    {
      room: 'engine/store',
      holds: 'samples by series and time, in memory; the contract of a store',
      imports: ['engine/model', 'engine/query', 'engine/aggregate'],
      why: 'the store keeps samples and knows nothing of who asks',
    },
    {
      room: 'engine/live',
      holds: 'windows, running aggregates, queues of Events',
      imports: ['engine/model', 'engine/query', 'engine/aggregate'],
      why: 'live follows samples as they arrive and never looks them up',
    },
    {
      room: 'engine/fixture',
      holds: 'fixture CSVs, read into columns',
      imports: ['engine/model', 'engine/text'],
      why: 'a fixture is read without a store, a clock or a file system',
    },
    {
      room: 'engine',
      holds: 'append a sample, subscribe, ask; the handles of one guest',
      imports: ['engine/model', 'engine/query', 'engine/aggregate', 'engine/store', 'engine/live'],
      why: 'the engine joins model, query, aggregate, store and live, and knows no world outside',
    },
    {
      room: 'client',
      holds: 'the sending side',
      imports: ['engine/model', 'engine/text', 'ingest', 'config'],
      packages: ['ws'],
      why: 'the client speaks to a runtime by its wire format and knows nothing of its inside',
    },
    {
      room: 'scaffold',
      holds: 'a new project',
      imports: ['engine/model'],
      why: 'a new project is files; nothing runs',
    },
    {
      room: 'testing',
      holds: 'what tests of other packages use',
      imports: [],
      why: 'testing shows contracts, not their implementations',
    },
    {
      room: 'cli',
      holds: 'the command slung',
      imports: [
        'engine/model',
        'engine/text',
        'engine/query',
        'engine/fixture',
        'engine',
        'client',
        'scaffold',
        'store/durable',
        'guest',
        'config',
        'package-version.ts',
        'writeback',
        'record',
        'workflow',
        'runtime.ts',
      ],
      packages: ['commander', 'pino', 'pino-pretty', 'ws'],
      why: 'a command parses its flags and calls what does the work',
    },
    {
      room: 'index.ts',
      holds: 'the door of the package',
      imports: [
        'engine/model',
        'engine/text',
        'engine/query',
        'engine/aggregate',
        'engine/store',
        'engine/live',
        'engine/fixture',
        'engine',
        'scaffold',
        'guest',
      ],
      why: 'a door exports; it has no code',
    },
    {
      room: 'store/durable',
      holds: 'the store on LMDB',
      imports: ['engine/model', 'engine/query', 'engine/aggregate', 'engine/store'],
      packages: ['lmdb'],
      why: 'the durable store is one more store',
    },
    {
      room: 'ingest',
      holds: 'what arrives, decoded: frames, CSV, NDJSON, line protocol',
      imports: ['engine/model', 'engine/text', 'engine/fixture'],
      why: 'decoders make samples and do not know where they go',
    },
    {
      room: 'guest',
      holds: 'the WebAssembly border: checks a module and runs it',
      imports: ['engine/model', 'engine/text'],
      why: 'guest knows the world only through GuestHost',
    },
    {
      room: 'config',
      holds: 'every setting, read and checked',
      imports: ['engine/model', 'engine/text', 'guest'],
      packages: ['smol-toml'],
      why: 'configuration is values: others import it, not the other way round',
    },
    {
      room: 'package-version.ts',
      holds: 'the version of this package',
      imports: [],
      why: 'it reads package.json and nothing else',
    },
    {
      room: 'writeback',
      holds: 'outgoing HTTP: what is allowed, redirects, time limits',
      imports: ['engine/model', 'engine/text', 'guest', 'config', 'package-version.ts'],
      why: "outgoing HTTP runs on the guest's thread, away from engine and server",
    },
    {
      room: 'record',
      holds: 'what recordings look like, and without secrets',
      imports: ['engine/model', 'engine/text', 'writeback'],
      packages: ['yaml'],
      why: 'recordings are files; the server decides what goes in',
    },
    {
      room: 'workflow',
      holds: 'a workflow under supervision; its GuestHost in staging',
      imports: ['engine/model', 'engine/query', 'engine', 'guest', 'config', 'writeback', 'record'],
      why: 'workflows see the engine and what they are given, not the server around them',
    },
    {
      room: 'server',
      holds: 'sockets, routes, metrics, recordings',
      imports: [
        'engine/model',
        'engine/query',
        'engine/store',
        'engine/live',
        'engine',
        'ingest',
        'guest',
        'config',
        'package-version.ts',
        'record',
        'workflow',
        'runtime.ts',
      ],
      packages: ['prom-client', 'ws'],
      why: 'the server is below the command line, and no client of itself',
    },
    {
      room: 'runtime.ts',
      holds: 'everything put together',
      imports: [
        'engine/model',
        'engine/store',
        'engine',
        'store/durable',
        'ingest',
        'guest',
        'config',
        'record',
        'workflow',
        'server',
      ],
      packages: ['ws'],
      why: 'the composition root starts what the server and the workflows are',
    },
  ],
  harness: [
    {
      room: 'input',
      holds: 'fixtures and rows of a test',
      imports: ['replay'],
      packages: ['@slung/runtime'],
      why: 'input is read before anything runs',
    },
    {
      room: 'faults',
      holds: 'what goes wrong with the input, on purpose',
      imports: ['replay', 'options', 'spec'],
      packages: ['@slung/runtime'],
      why: 'faults change rows and know no test',
    },
    {
      room: 'trace',
      holds: 'what every step did',
      imports: ['replay'],
      packages: ['@slung/runtime'],
      why: 'a trace is written along and read afterwards',
    },
    {
      room: 'compare',
      holds: 'timelines against what was expected',
      imports: ['replay'],
      packages: ['@slung/runtime'],
      why: 'comparison is pure',
    },
    {
      room: 'properties',
      holds: 'generators of series, and shrinking',
      imports: ['input', 'replay', 'report', 'options'],
      packages: ['@slung/runtime', 'fast-check'],
      why: "properties make rows; what they test is the caller's",
    },
    {
      room: 'coverage',
      holds: 'what probes counted, about the sources',
      imports: ['compare', 'replay', 'report', 'spec'],
      packages: ['@slung/runtime'],
      why: 'coverage reads what probes counted',
    },
    {
      room: 'replay',
      holds: 'virtual time, the GuestHost of a test, MSW',
      imports: ['input', 'faults', 'trace', 'compare', 'coverage', 'options', 'spec'],
      packages: ['@slung/runtime', 'msw'],
      why: 'a replay knows nothing of test runners, commands and reports',
    },
    {
      room: 'report',
      holds: 'runs and failures, explained',
      imports: ['trace', 'compare', 'replay', 'options', 'spec'],
      packages: ['@slung/runtime'],
      why: 'reports are texts; they run nothing',
    },
    {
      room: 'snapshot',
      holds: 'approved timelines',
      imports: ['compare', 'replay', 'report', 'vitest', 'matchers.ts'],
      packages: ['@slung/runtime', 'vitest'],
      why: 'a snapshot compares texts',
    },
    {
      room: 'vitest',
      holds: 'the plugin that makes a spec a file of tests',
      imports: ['input', 'trace', 'compare', 'coverage', 'replay', 'report', 'snapshot', 'options', 'spec'],
      packages: ['@slung/runtime', 'vitest'],
      why: 'the commands use the plugin, not the other way round',
    },
    {
      room: 'cli',
      holds: 'slung-test',
      imports: ['input', 'trace', 'coverage', 'replay', 'report', 'snapshot', 'vitest', 'options', 'spec'],
      packages: ['@slung/runtime', 'commander', 'vitest'],
      why: 'a command parses its flags and calls what does the work',
    },
    {
      room: 'index.ts',
      holds: 'the door of the package',
      imports: ['input', 'replay'],
      why: 'a door exports; it has no code',
    },
    {
      room: 'options',
      holds: 'options of TypeScript callers',
      imports: [],
      packages: ['@slung/runtime'],
      why: 'options are values',
    },
    {
      room: 'spec',
      holds: 'what a spec says, with places for messages',
      imports: ['input', 'faults', 'compare', 'replay', 'report', 'options'],
      packages: ['@slung/runtime', 'yaml'],
      why: 'a spec is values; MSW and vitest are not for it',
    },
    {
      room: 'matchers.ts',
      holds: 'matchers for expect',
      imports: ['compare', 'replay', 'report', 'snapshot'],
      packages: ['vitest'],
      why: 'matchers judge runs that a test made',
    },
  ],
}
