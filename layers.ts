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
      room: 'model',
      holds: 'series, timestamps, Events, the timeline',
      imports: [],
      why: 'model is the innermost layer: its nouns know nothing but each other',
    },
    {
      room: 'query',
      holds: 'the query language, matching tags, exact sums',
      imports: ['model'],
      why: 'query is the language, nothing else',
    },
    {
      room: 'store',
      holds: 'samples by series and time, in memory',
      imports: ['model', 'query'],
      why: 'the store keeps samples and knows nothing of who asks',
    },
    {
      room: 'store/durable',
      holds: 'the store on LMDB',
      imports: ['model', 'query', 'store'],
      packages: ['lmdb'],
      why: 'the durable store is one more store',
    },
    {
      room: 'live',
      holds: 'windows, running aggregates, queues of Events',
      imports: ['model', 'query'],
      why: 'live follows samples as they arrive and never looks them up',
    },
    {
      room: 'ingest',
      holds: 'what arrives, decoded: frames, CSV, NDJSON, line protocol',
      imports: ['model', 'query'],
      why: 'decoders make samples and do not know where they go',
    },
    {
      room: 'engine.ts',
      holds: 'append a sample, subscribe, ask',
      imports: ['model', 'query', 'store', 'live'],
      why: 'the engine joins model, query, store and live, and nothing else',
    },
    {
      room: 'handle-table.ts',
      holds: 'the handles of one guest',
      imports: ['model', 'query', 'live', 'engine.ts'],
      why: 'the engine joins model, query, store and live, and nothing else',
    },
    {
      room: 'guest',
      holds: 'the WebAssembly border: checks a module and runs it',
      imports: ['model', 'query'],
      why: 'guest knows the world only through GuestHost',
    },
    {
      room: 'config',
      holds: 'every setting, read and checked',
      imports: ['model', 'query', 'guest'],
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
      imports: ['model', 'query', 'guest', 'config', 'package-version.ts'],
      why: "outgoing HTTP runs on the guest's thread, away from engine and server",
    },
    {
      room: 'record',
      holds: 'what recordings look like, and without secrets',
      imports: ['model', 'query', 'writeback'],
      packages: ['yaml'],
      why: 'recordings are files; the server decides what goes in',
    },
    {
      room: 'workflow',
      holds: 'a workflow under supervision; its GuestHost in staging',
      imports: ['model', 'query', 'ingest', 'engine.ts', 'handle-table.ts', 'guest', 'config', 'writeback', 'record'],
      why: 'workflows see the engine and what they are given, not the server around them',
    },
    {
      room: 'server',
      holds: 'sockets, routes, metrics, recordings',
      imports: [
        'model',
        'query',
        'store',
        'live',
        'ingest',
        'engine.ts',
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
        'model',
        'store',
        'store/durable',
        'ingest',
        'engine.ts',
        'guest',
        'config',
        'record',
        'workflow',
        'server',
      ],
      packages: ['ws'],
      why: 'the composition root starts what the server and the workflows are',
    },
    {
      room: 'client',
      holds: 'the sending side',
      imports: ['model', 'query', 'ingest', 'config'],
      packages: ['ws'],
      why: 'the client speaks to a runtime by its wire format and knows nothing of its inside',
    },
    {
      room: 'scaffold',
      holds: 'slung new',
      imports: ['model'],
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
      holds: 'the command',
      imports: [
        'model',
        'query',
        'store/durable',
        'ingest',
        'engine.ts',
        'guest',
        'config',
        'package-version.ts',
        'writeback',
        'record',
        'workflow',
        'runtime.ts',
        'client',
        'scaffold',
      ],
      packages: ['commander', 'pino', 'pino-pretty', 'ws'],
      why: 'a command parses its flags and calls what does the work',
    },
    {
      room: 'index.ts',
      holds: 'the door of the package',
      imports: [
        'model',
        'query',
        'store',
        'live',
        'ingest',
        'engine.ts',
        'handle-table.ts',
        'guest',
        'config',
        'scaffold',
      ],
      why: 'a door exports; it has no code',
    },
  ],
  harness: [
    {
      room: 'options',
      holds: 'options of TypeScript callers',
      imports: [],
      packages: ['@slung/runtime'],
      why: 'options are values',
    },
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
      imports: ['options', 'spec', 'replay'],
      packages: ['@slung/runtime'],
      why: 'faults change rows and know no test',
    },
    {
      room: 'compare',
      holds: 'timelines against what was expected',
      imports: ['replay'],
      packages: ['@slung/runtime'],
      why: 'comparison is pure',
    },
    {
      room: 'spec',
      holds: 'what a spec says, with places for messages',
      imports: ['options', 'input', 'faults', 'compare', 'replay', 'report'],
      packages: ['@slung/runtime', 'yaml'],
      why: 'a spec is values; MSW and vitest are not for it',
    },
    {
      room: 'trace',
      holds: 'what every step did',
      imports: ['replay'],
      packages: ['@slung/runtime'],
      why: 'a trace is written along and read afterwards',
    },
    {
      room: 'coverage',
      holds: 'probes in a module, and what they say about its sources',
      imports: ['compare', 'spec', 'replay', 'report'],
      packages: ['@slung/runtime'],
      why: 'coverage reads what probes counted',
    },
    {
      room: 'replay',
      holds: 'virtual time, the GuestHost of a test, MSW',
      imports: ['options', 'input', 'faults', 'compare', 'spec', 'trace', 'coverage'],
      packages: ['@slung/runtime', 'msw'],
      why: 'a replay knows nothing of test runners, commands and reports',
    },
    {
      room: 'report',
      holds: 'runs and failures, explained',
      imports: ['options', 'compare', 'spec', 'trace', 'replay'],
      packages: ['@slung/runtime'],
      why: 'reports are texts; they run nothing',
    },
    {
      room: 'snapshot',
      holds: 'approved timelines',
      imports: ['compare', 'replay', 'report', 'matchers.ts', 'vitest'],
      packages: ['@slung/runtime', 'vitest'],
      why: 'a snapshot compares texts',
    },
    {
      room: 'matchers.ts',
      holds: 'matchers for expect',
      imports: ['compare', 'replay', 'report', 'snapshot'],
      packages: ['vitest'],
      why: 'matchers judge runs that a test made',
    },
    {
      room: 'properties',
      holds: 'generators of series, and shrinking',
      imports: ['options', 'input', 'replay', 'report'],
      packages: ['@slung/runtime', 'fast-check'],
      why: "properties make rows; what they test is the caller's",
    },
    {
      room: 'vitest',
      holds: 'the plugin that makes a spec a file of tests',
      imports: ['options', 'input', 'compare', 'spec', 'trace', 'coverage', 'replay', 'report', 'snapshot'],
      packages: ['@slung/runtime', 'vitest'],
      why: 'the commands use the plugin, not the other way round',
    },
    {
      room: 'cli',
      holds: 'slung-test',
      imports: ['options', 'input', 'spec', 'trace', 'coverage', 'replay', 'report', 'snapshot', 'vitest'],
      packages: ['@slung/runtime', 'commander', 'vitest'],
      why: 'a command parses its flags and calls what does the work',
    },
    {
      room: 'index.ts',
      holds: 'the door of the package',
      imports: ['input', 'replay'],
      why: 'a door exports; it has no code',
    },
  ],
}
