/**
 * The cost of staging, in whole processes: `npm run bench -w runtime -- [rounds]`.
 *
 * 1. Events per second from a client's socket into the durable store, until the last one is acknowledged: one event per
 *    frame, and 2,000 per frame. `node bench/feed.ts` sends, `slung run` receives, on the same machine.
 * 2. Bytes per sample on the disk, with 10 million samples of 100 series.
 * 3. From the start of `slung run` to the first 200 of /health: with an empty directory, and with those 10 million
 *    samples.
 *
 * Prints medians and ranges. Machines differ: compare rounds of one run only.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.argv[2] ?? 5)
const executable = fileURLToPath(new URL('../bin/slung.js', import.meta.url))
const feed = fileURLToPath(new URL('feed.ts', import.meta.url))

interface Server {
  readonly process: ChildProcess
  readonly port: number
  readonly startMillis: number
}

const folder = await mkdtemp(join(tmpdir(), 'slung-bench-'))
try {
  await measureRate('one event in a frame', 1_000_000, 1)
  await measureRate('2,000 events in a frame', 4_000_000, 2000)
  const large = join(folder, 'large')
  await run(large, (server) => send(server, 10_000_000, 2000))
  console.log(`on disk: ${((await sizeOf(large)) / 10_000_000).toFixed(2)} bytes per sample, 10,000,000 samples`)
  await measureStart('an empty directory', (round) => join(folder, `empty-${round}`))
  await measureStart('10,000,000 samples', () => large)
} finally {
  await rm(folder, { recursive: true })
}

async function measureRate(what: string, eventCount: number, eventsPerFrame: number): Promise<void> {
  const rates: number[] = []
  for (let round = 0; round < rounds; round++) {
    const directory = join(folder, `rate-${eventsPerFrame}-${round}`)
    await run(directory, async (server) => rates.push(eventCount / (await send(server, eventCount, eventsPerFrame))))
    await rm(directory, { recursive: true })
  }
  print(`${what}, durable`, rates, (perMillisecond) => `${Math.round(perMillisecond / 10) / 100} M events/s`)
}

async function measureStart(what: string, directory: (round: number) => string): Promise<void> {
  const millis: number[] = []
  for (let round = 0; round < rounds; round++) {
    await run(directory(round), async ({ startMillis }) => millis.push(startMillis))
  }
  print(`start to /health, ${what}`, millis, (value) => `${Math.round(value)} ms`)
}

async function run(directory: string, use: (server: Server) => Promise<unknown>): Promise<void> {
  const server = await start(directory)
  await use(server)
  const exited = once(server.process, 'exit')
  server.process.kill('SIGINT')
  const [code] = (await exited) as [number | null]
  if (code !== 0) throw new Error(`slung run exited with code ${code}`)
}

async function start(directory: string): Promise<Server> {
  const startedAt = performance.now()
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const child = spawn(process.execPath, [executable, 'run', '--data', directory, '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  child.on('exit', (code) => {
    if (code !== 0) throw new Error(`slung run exited with code ${code}`)
  })
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return { process: child, port, startMillis: performance.now() - startedAt }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** @returns milliseconds until the last event was acknowledged */
async function send({ port }: Server, eventCount: number, eventsPerFrame: number): Promise<number> {
  const sender = spawn(process.execPath, [feed, String(port), String(eventCount), String(eventsPerFrame)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  sender.stdout.on('data', (data: Buffer) => (text += data.toString()))
  const [code] = (await once(sender, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the feed exited with code ${code}`)
  return (JSON.parse(text) as { millis: number }).millis
}

async function sizeOf(directory: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(directory)).map(async (name) => (await stat(join(directory, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function print(what: string, values: number[], format: (value: number) => string): void {
  const sorted = [...values].sort((left, right) => left - right)
  const [median, least, most] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((value) =>
    format(value ?? 0),
  )
  console.log(`${what}: ${median} [${least}–${most}], ${values.length} rounds`)
}
