/** `/metrics` while workflows run: what promtool says about it, and what it counts. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { compileGuest } from './compile-guest.ts'
import { hasPromtool } from './promtool.ts'
import { startTestRuntime, testWorkflow, type TestRuntime } from './runtime-fixture.ts'

const patience = { timeout: 60_000, interval: 10 }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-metrics-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** @returns the path of a guest's module, in which the server that it asks has this port */
async function writeGuest(guest: string, port = 0): Promise<string> {
  const module = Buffer.from((await compileGuest(guest)).get(`${guest}.wasm`)!)
  const from = module.indexOf(':00000', 0, 'utf16le')
  if (from >= 0) module.write(`:${String(port).padStart(5, '0')}`, from, 'utf16le')
  const path = join(folder, `${guest}.wasm`)
  await writeFile(path, module)
  return path
}

async function readMetrics(runtime: TestRuntime): Promise<string> {
  return (await runtime.request('/metrics')).body as string
}

/** The value of a metric; its labels are part of the name. */
function valueOf(metrics: string, name: string): number {
  const line = metrics.split('\n').find((each) => each.startsWith(`${name} `))
  return line === undefined ? Number.NaN : Number(line.slice(name.length))
}

/** A runtime with workflows: one follows, and one waits for the answer to an HTTP request until `answer` is called. */
async function startBusy() {
  const asked = Promise.withResolvers<() => void>()
  const server = createServer((_, response) => asked.resolve(() => void response.end('ok'))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const workflows = [
    testWorkflow('echo', await writeGuest('echo-events')),
    testWorkflow('slow', await writeGuest('slow-start', port)),
  ]
  const http = { ...runtimeDefaults.http, allow: [`127.0.0.1:${port}`], timeoutMillis: 600_000 }
  const runtime = await startTestRuntime({ workflows, http, data: join(folder, 'data') })
  return { runtime, port, answer: await asked.promise, close: () => server.close() }
}

async function post({ request }: TestRuntime, body: string): Promise<void> {
  await request('/events', { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } })
}

test('each Event that is polled, each commit, each answer and each refusal is counted', async () => {
  const { runtime: started, port, answer, close } = await startBusy()
  await using runtime = started
  answer()
  await vi.waitFor(async () => expect(await runtime.request('/ready')).toMatchObject({ status: 200 }), patience)
  await post(runtime, '{"series":"temp","timestamp":1,"value":1}\n{"series":"temp","timestamp":2,"value":2}\n')
  await post(runtime, 'no JSON\n{"series":"temp","timestamp":1,"value":"x"}\nneither\n')
  const metrics = await vi.waitFor(async () => {
    const text = await readMetrics(runtime)
    expect(valueOf(text, 'slung_workflow_poll_latency_seconds_count{workflow="echo"}')).toBe(2)
    expect(valueOf(text, 'slung_workflow_poll_latency_seconds_count{workflow="slow"}')).toBe(2)
    return text
  }, patience)
  expect(valueOf(metrics, 'slung_workflow_poll_latency_seconds_bucket{workflow="echo",le="+Inf"}')).toBe(2)
  expect(valueOf(metrics, 'slung_commit_duration_seconds_count')).toBe(1)
  expect(valueOf(metrics, 'slung_commit_duration_seconds_bucket{le="+Inf"}')).toBe(1)
  const writebacks = `slung_http_writebacks_total{workflow="slow",host="127.0.0.1:${port}",status="2xx"}`
  expect(valueOf(metrics, writebacks)).toBe(1)
  expect(valueOf(metrics, 'slung_refusals_total{reason="bad-json"}')).toBe(2)
  expect(valueOf(metrics, 'slung_refusals_total{reason="bad-value"}')).toBe(1)
  expect(metrics).toMatch(/\nslung_build_info\{version="\d+\.\d+\.\d+"\} 1\n/)
  close()
})

test('the age of the oldest Event that waits is that of a handle which is never polled, too', async () => {
  const workflows = [
    testWorkflow('echo', await writeGuest('echo-events'), { tickMillis: 10 }),
    testWorkflow('half-deaf', await writeGuest('half-deaf'), { tickMillis: 10 }),
  ]
  await using runtime = await startTestRuntime({ workflows })
  const ageOf = async (workflow: string): Promise<number> =>
    valueOf(await readMetrics(runtime), `slung_workflow_oldest_event_age_seconds{workflow="${workflow}"}`)
  expect(await ageOf('half-deaf')).toBe(0)
  await post(runtime, '{"series":"temp","timestamp":1,"value":1}\n')
  await vi.waitFor(async () => expect(await ageOf('half-deaf')).toBeGreaterThan(0), patience)
  await vi.waitFor(async () => expect(await ageOf('echo')).toBe(0), patience)
})

test.skipIf(!hasPromtool)('promtool has nothing to say about the metrics', async () => {
  const { runtime: started, answer, close } = await startBusy()
  await using runtime = started
  answer()
  await runtime.request('/metrics', { headers: { origin: 'https://evil.example' } })
  await post(runtime, '{"series":"temp","timestamp":1,"value":1}\nno JSON\n')
  const metrics = await readMetrics(runtime)
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const child = execFile('promtool', ['check', 'metrics'], (error, stdout, stderr) =>
    resolve({ isRefused: error !== null, stdout, stderr }),
  )
  child.stdin!.end(metrics)
  expect(await promise).toEqual({ isRefused: false, stdout: '', stderr: '' })
  close()
})
