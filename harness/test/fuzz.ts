/** `npm run fuzz -- NAME`: looks for broken laws by chance, for as long as one likes. Without a name, it lists them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Fuzz } from '../../runtime/test/fuzz/law.ts'

interface Target {
  /** A sentence: what must hold, for which cases. */
  readonly law: string
  /** Imported only when it is asked for: some compile guests. */
  readonly load: () => Promise<Fuzz>
}

const targets: Readonly<Record<string, Target>> = {
  engine: {
    law: 'Random commands, the store opened again among them: answers, Events and series are those of a flat list of samples.',
    load: async () => (await import('../../runtime/test/fuzz/engine.ts')).fuzz,
  },
  truth: {
    law: 'A random workflow does the same in staging and replayed.',
    load: async () => (await import('./truth/fuzz.ts')).fuzzTruth,
  },
  frames: {
    law: 'A WebSocket frame, whole, cut or spoilt: events taken and refused are those of an independent decoder.',
    load: async () => (await import('../../runtime/test/fuzz/frames.ts')).fuzz,
  },
  bodies: {
    law: 'A body of POST /events, in any pieces, plain or gzip: samples and rejected lines are those of independent readers.',
    load: async () => (await import('../../runtime/test/fuzz/bodies.ts')).fuzz,
  },
  csv: {
    law: 'A CSV file, in any pieces: its records and faults are those of an independent reader.',
    load: async () => (await import('../../runtime/test/fuzz/csv.ts')).fuzz,
  },
  queries: {
    law: 'A query in any spelling selects what a naive evaluator selects; any other text is an error that points into it.',
    load: async () => (await import('../../runtime/test/fuzz/queries.ts')).fuzz,
  },
  redaction: {
    law: 'A secret in any wrapping never reaches a recording; what is harmless stays as it is.',
    load: async () => (await import('../../runtime/test/fuzz/redaction.ts')).fuzz,
  },
  specs: {
    law: 'A spec file with random changes is refused with places inside the file, or its tests run to an end.',
    load: async () => (await import('./fuzz/specs.ts')).fuzz,
  },
  requests: {
    law: 'Raw HTTP requests, spoilt by chance: each is answered or its connection closed, and the runtime lives.',
    load: async () => (await import('../../runtime/test/fuzz/requests.ts')).fuzz,
  },
  toml: {
    law: 'A slung.toml with random changes is read or refused with a place, and no message shows a secret of it.',
    load: async () => (await import('../../runtime/test/fuzz/toml.ts')).fuzz,
  },
  log: {
    law: 'A log that is read now and then never blocks, keeps its order, and counts what it left out; no text forges a line.',
    load: async () => (await import('../../runtime/test/fuzz/log.ts')).fuzz,
  },
  damage: {
    law: 'A store with damaged bytes or pages answers right or names the damage; verify finds it, repair keeps the rest.',
    load: async () => (await import('../../runtime/test/fuzz/damage.ts')).fuzz,
  },
  records: {
    law: 'Chunks and journal records decode to what was encoded; damaged ones are refused, in bounded time and memory.',
    load: async () => (await import('../../runtime/test/fuzz/records.ts')).fuzz,
  },
  regions: {
    law: 'A Region anywhere in the memory of a guest is received, or refused for the reason that its bytes give.',
    load: async () => (await import('../../runtime/test/fuzz/regions.ts')).fuzz,
  },
  modules: {
    law: 'A compiled workflow with changed bytes is refused by the check, or its run ends; the process stays.',
    load: async () => (await import('./fuzz/modules.ts')).fuzz,
  },
  events: {
    law: 'The JSON of an Event, from the host or any other, is decoded by both SDKs as a naive reader reads it.',
    load: async () => (await import('./fuzz/events.ts')).fuzz,
  },
}

const [name = '', ...args] = process.argv.slice(2)
// The threads of guests are still there.
process.exit(await run(name, args))

async function run(asked: string, rest: readonly string[]): Promise<number> {
  if (asked === 'all') return runAll(rest)
  const target = targets[asked]
  if (target !== undefined) return (await target.load())(rest)
  if (asked !== '') console.error(`cannot fuzz "${asked}": there is no such law`)
  const width = Math.max(...Object.keys(targets).map(({ length }) => length))
  const laws = Object.entries(targets).map(([known, { law }]) => `  ${known.padEnd(width)}  ${law}`)
  console.log(['npm run fuzz -- NAME|all [--minutes N] [--seed S]', '', ...laws].join('\n'))
  return asked === '' ? 0 : 2
}

/** Each in a process of its own, so that one that ends its process does not keep the others from running. */
async function runAll(rest: readonly string[]): Promise<number> {
  const broken: string[] = []
  for (const known of Object.keys(targets)) {
    console.log(`\n== ${known}`)
    const child = spawn(process.execPath, [import.meta.filename, known, ...rest], { stdio: 'inherit' })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) broken.push(known)
  }
  console.log(broken.length === 0 ? '\nall laws held' : `\nbroken, or ended early: ${broken.join(', ')}`)
  return broken.length === 0 ? 0 : 1
}
