/**
 * The same law on real processes: `slung run` with several workflows, producers over sockets, a receiver of HTTP,
 * `slung record`; and each recorded spec replayed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { loadGuest } from '@slung/runtime'
import { connect } from '@slung/runtime/client'
import { SeededRandom } from '@slung/runtime/testing'
import type { WorkflowStatus } from '../../../runtime/src/staging/workflow/workflow-status.ts'
import { spawnRuntime, type SpawnedRuntime } from '../../../runtime/test/spawn-runtime.ts'
import type { ReplayRun } from '../../src/run/replay-run.ts'
import { noFacts, type Difference, type PairResult } from './pair-result.ts'
import { ProgramModules } from './program-module.ts'
import { withLaterTimes, type RealScenario } from './real-scenario.ts'
import { judgeSpec, replaySpec } from './replayed-spec.ts'
import { samplesOf } from './samples.ts'
import { beginMicros, tickMillisMax, type AnswerPlan, type ProducerPlan } from './scenario.ts'

const slung = fileURLToPath(new URL('../../../runtime/test/slung.ts', import.meta.url))
const waitMillisMax = 120_000
const lookMillis = 50
const quietLooks = 10
const quietMillisMax = 30_000

/** @param folder - empty; receives modules, configuration and recording */
export async function makeRealPairs(scenario: RealScenario, folder: string): Promise<Omit<PairResult, 'executed'>> {
  const receiver = new Receiver(scenario.answers)
  const base = await receiver.listen()
  const modules = await ProgramModules.load()
  const names = scenario.programs.map((_, index) => `w${index}`)
  const shiftMicros = Date.now() * 1000 - beginMicros
  for (const [index, program] of scenario.programs.entries()) {
    const shifted = withLaterTimes(program, shiftMicros)
    await writeFile(join(folder, `${names[index]}.wasm`), modules.make(shifted, `${base}/${names[index]}`))
  }
  const config = join(folder, 'slung.toml')
  await writeFile(config, configuration(scenario, base))
  const runtime = await spawnRuntime(['--config', config])
  try {
    const subscribed = scenario.programs.map(({ setup }) => new Set(setup.map(([, slot]) => slot)).size)
    await until(runtime, (status) => status.every(({ handles }, index) => handles.length >= subscribed[index]!))
    const stopRecording = await record(runtime.url, folder)
    const leave = await Promise.all(
      scenario.producers.map((plan, index) => produce(runtime.url, plan, new SeededRandom(scenario.seed + index))),
    )
    await untilQuiet(runtime)
    await stopRecording()
    for (const leaveAtLast of leave) await leaveAtLast()
    return await judge(names, receiver, folder)
  } finally {
    await runtime.kill()
    receiver.close()
  }
}

async function judge(
  names: readonly string[],
  receiver: Receiver,
  folder: string,
): Promise<Omit<PairResult, 'executed'>> {
  const differences: Difference[] = []
  const facts = { ...noFacts }
  for (const name of names) {
    const specFile = join(folder, names.length === 1 ? 'pair.slung.yaml' : `pair-${name}.slung.yaml`)
    facts.pairs++
    if ((await readFile(specFile, 'utf8')).includes('INCOMPLETE')) {
      facts.behind++
      continue
    }
    const replayed = await replaySpec(specFile, await loadGuest(join(folder, `${name}.wasm`)))
    facts.lines += replayed.run.writebacks.length
    facts.delivered += replayed.run.delivered
    const difference = (await judgeSpec(replayed)) ?? differentBodies(receiver.bodies(name), replayed.run)
    if (difference !== null) differences.push({ ...difference, workflow: name })
  }
  return { differences, facts }
}

function configuration({ programs }: RealScenario, base: string): string {
  const workflows = programs.map((_, index) => `[[workflow]]\nfile = "w${index}.wasm"\ntick = "${tickMillisMax}ms"\n`)
  return `[http]\nallow = ["${base}"]\n${workflows.join('')}`
}

/** A spec compares JSON by meaning; these are the bytes. */
function differentBodies(received: readonly string[], { writebacks }: ReplayRun): Omit<Difference, 'workflow'> | null {
  const replayed = writebacks.flatMap((entry) => (entry.kind === 'http' && entry.method !== 'GET' ? [entry.body] : []))
  const at = replayed.findIndex((body, index) => body !== received[index])
  if (at === -1) return null
  return { kind: 'bodies', text: `body ${at + 1}\n  in staging: ${received[at]}\n  in the replay: ${replayed[at]}` }
}

/** Sends over its own connection, and leaves it open if the plan says so. */
async function produce(
  url: string,
  { batches, leaves }: ProducerPlan,
  random: SeededRandom,
): Promise<() => Promise<void>> {
  const client = await connect(url)
  for (const batch of batches) {
    await sleep(batch.afterMillis)
    client.sendBatch(samplesOf(batch, Date.now() * 1000, random))
    await client.flushed()
  }
  if (!leaves) return () => client.close()
  await client.close()
  return () => Promise.resolve()
}

/** Begins to record. @returns ends it, and resolves when the files are written */
async function record(url: string, folder: string): Promise<() => Promise<void>> {
  const { VITEST: _vitest, ...environment } = process.env
  const child = spawn(process.execPath, [slung, 'record', 'pair', '--out', folder, '--url', url], { env: environment })
  const output = Promise.all([readText(child.stdout), readText(child.stderr)])
  const closed = once(child, 'close') as Promise<[number | null]>
  // It creates the file once the runtime has begun to report.
  for (let waited = 0; !existsSync(join(folder, 'pair.csv.part')) && child.exitCode === null; waited += lookMillis) {
    if (waited > waitMillisMax) throw new Error('slung record does not begin')
    await sleep(lookMillis)
  }
  return async () => {
    child.kill('SIGINT')
    const [code] = await closed
    if (code !== 0) throw new Error(`slung record ended with code ${code}:\n${(await output).join('\n')}`)
  }
}

/**
 * Resolves when its workflows seem to have nothing to do, or have had half a minute. It need not be so: the end of a
 * recording waits for them.
 */
async function untilQuiet(runtime: SpawnedRuntime): Promise<void> {
  let latest = ''
  let quietCount = 0
  for (let waited = 0; waited < quietMillisMax && quietCount < quietLooks; waited += lookMillis) {
    const done = JSON.stringify((await statusOf(runtime)).map(({ delivered }) => delivered))
    quietCount = done === latest ? quietCount + 1 : 0
    latest = done
    await sleep(lookMillis)
  }
}

async function until(runtime: SpawnedRuntime, isThere: (status: readonly WorkflowStatus[]) => boolean): Promise<void> {
  for (let waited = 0; !isThere(await statusOf(runtime)); waited += lookMillis) {
    if (waited > waitMillisMax) throw new Error(`the workflows do not start:\n${runtime.output()}`)
    await sleep(lookMillis)
  }
}

async function statusOf({ url }: SpawnedRuntime): Promise<readonly WorkflowStatus[]> {
  const response = await fetch(`${url}/workflows`)
  return ((await response.json()) as { readonly workflows: readonly WorkflowStatus[] }).workflows
}

/** Where requests go: answers each workflow by turns, and keeps what it sends. */
class Receiver {
  readonly #answers: readonly AnswerPlan[]
  readonly #server: Server
  readonly #bodies = new Map<string, string[]>()
  readonly #counts = new Map<string, number>()

  constructor(answers: readonly AnswerPlan[]) {
    this.#answers = answers
    this.#server = createServer((request, response) => void this.#receive(request, response))
  }

  /** @returns its URL */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Of a workflow's requests, except those without a body. */
  bodies(workflow: string): readonly string[] {
    return this.#bodies.get(workflow) ?? []
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const workflow = request.url!.split('/')[1]!
    const body = await readText(request)
    if (request.method !== 'GET') this.#bodies.set(workflow, [...this.bodies(workflow), body])
    const count = this.#counts.get(workflow) ?? 0
    this.#counts.set(workflow, count + 1)
    const { afterMillis, status, body: answer } = this.#answers[count % this.#answers.length]!
    await sleep(afterMillis)
    if (status === 0) response.destroy()
    else response.writeHead(status).end(answer)
  }
}
