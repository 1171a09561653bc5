/**
 * From production to CI: what `slung record` writes while a runtime runs is a spec that passes, and fails as soon as
 * the workflow behaves differently. All executables, real sockets, a real HTTP receiver that answers, refuses, hangs
 * and breaks off.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Redaction } from '../../runtime/src/staging/record/redaction.ts'
import { matchesWriteback } from '../src/compare/expected-writeback.ts'
import { guestUrl } from './build-guests.ts'

const slung = fileURLToPath(new URL('../../runtime/bin/slung.js', import.meta.url))
const slungTest = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const guest = fileURLToPath(guestUrl('watch-two'))
const start = Date.UTC(2026, 0, 1) * 1000
const secret = 's3cr3t'

let folder = ''
const children: ChildProcess[] = []
let receiver: Server
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-record-'))
  receiver = createServer()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  receiver.closeAllConnections()
  receiver.close()
  await rm(folder, { recursive: true })
})

test('what was recorded passes as a test, and fails when the workflow behaves differently', async () => {
  const received = await startReceiver()
  const address = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const hook = `http://${address}/alerts?key=${secret}&sensor=1`
  await writeFile(join(folder, 'slung.toml'), '[http]\ntimeout = "300ms"\n')
  const url = await startRuntime(['--config', join(folder, 'slung.toml'), '--allow-http', address])

  // What the window holds when the recording starts, from a producer that is gone by then.
  await send(
    url,
    'before.csv',
    [0, 1, 2, 3, 4].map((index) => row(start + index * 5_000_000, 'temp', 20, 'old', hook)),
  )
  const recorder = await startRecorder(url, ['incident', '--out', folder, '--history', '3000w'])
  await send(url, 'incident-feed.csv', feed(hook))
  recorder.child.kill('SIGINT')
  expect(await recorder.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('incident.slung.yaml') })

  const spec = await readFile(join(folder, 'incident.slung.yaml'), 'utf8')
  // Otherwise nothing below would prove anything.
  expect(received.length).toBeGreaterThan(6)
  expect(spec.match(/- \{ http: POST /g)).toHaveLength(received.length)
  expect(spec.match(/- \{ event: load_sum, /g)).toHaveLength(100)
  expect(spec).toContain(`POST http://${address}/alerts?key=REDACTED&sensor=1:`)
  for (const answer of [
    // More digits than a double has.
    'json: { ok: true, id: 9007199254740993, token: REDACTED }',
    '- 503',
    '- { timeout: 300ms }',
    '- reset',
    'text: fine',
  ]) {
    expect(spec).toContain(answer)
  }
  expect(spec).not.toContain(secret)
  expect(spec).toContain(`Left in, though it looks like a secret:`)

  expect(await runTest()).toMatchObject({ code: 0 })
  await writeFile(join(folder, 'incident.slung.yaml'), spec.replace('text: high', 'text: higher'))
  expect(await runTest()).toMatchObject({ code: 1, stderr: expect.stringContaining('"higher"') })
  await writeFile(join(folder, 'incident.slung.yaml'), spec)
  const csv = await readFile(join(folder, 'incident.csv'), 'utf8')
  await writeFile(join(folder, 'incident.csv'), csv.replaceAll(/^[^,]+,[^,]+,temp,,.*\n/gm, ''))
  // Without the earlier samples, the averages are different.
  expect(await runTest()).toMatchObject({ code: 1 })
})

test('the recording of a workflow that remembers goes on from there', async () => {
  const url = await startRuntime([], fileURLToPath(guestUrl('count-up')))
  const rows = (from: number) =>
    [0, 1, 2].map((index) => row(start + (from + index) * 5_000_000, 'temp', 20, 'edge', ''))
  await send(url, 'before.csv', rows(0))
  await vi.waitFor(async () => expect(await remembered(url)).toEqual([{ key: 'count', text: '3' }]), {
    timeout: 30_000,
  })
  const recorder = await startRecorder(url, ['incident', '--out', folder])
  await send(url, 'feed.csv', rows(3))
  recorder.child.kill('SIGINT')
  expect(await recorder.ended).toMatchObject({ code: 0 })

  const spec = await readFile(join(folder, 'incident.slung.yaml'), 'utf8')
  expect(spec).toContain('count: "3"')
  expect([...spec.matchAll(/event: counted, value: (\d+)/g)].map(([, value]) => value)).toEqual(['4', '5', '6'])
  expect(await runTest()).toMatchObject({ code: 0 })
  await writeFile(join(folder, 'incident.slung.yaml'), spec.replace('count: "3"', 'count: "2"'))
  expect(await runTest()).toMatchObject({ code: 1 })
})

test('law: the expectation made from any text matches that text', () => {
  const clock = { polledAt: start + 1_234_567, madeAt: start + 1_240_000 }
  const piece = fc.oneof(
    fc.constantFrom(
      'token=',
      'abc',
      '"',
      '<',
      '>',
      '/',
      '\n',
      '\\',
      `${clock.madeAt}`,
      'Bearer abcdefg1',
      '{',
      '}',
      '?key=x',
      '.',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  const textOf = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(textOf, fc.jsonValue(), (text, value) => {
      const json = JSON.parse(JSON.stringify({ text, value, token: value })) as unknown
      const redaction = new Redaction(clock)
      const told = (body: string) => ({ kind: 'ws', at: start, producer: 1, text: body }) as const
      expect(matchesWriteback({ ws: 1, text: redaction.expectedText(text) }, told(text), new Map())).toEqual([])
      const expected = { ws: 1, json: redaction.expectedJson(json) }
      expect(matchesWriteback(expected, told(JSON.stringify(json)), new Map())).toEqual([])
    }),
    { numRuns: 1000 },
  )
})

/** @returns the bodies that come, in order */
async function startReceiver(): Promise<string[]> {
  const received: string[] = []
  const answers: ((response: ServerResponse) => void)[] = [
    (response) =>
      response.setHeader('content-type', 'application/json').end('{"ok":true,"id":9007199254740993,"token":"abc"}'),
    (response) => response.writeHead(503).end(),
    () => {},
    (response) => response.destroy(),
    (response) => response.end('fine'),
  ]
  receiver.on('request', (request, response) => {
    void readText(request).then((body) => {
      const answer = answers[Math.min(received.push(body), answers.length) - 1]!
      answer(response)
    })
  })
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
  return received
}

function row(timestamp: number, series: string, value: number, producer: string, hook: string): string {
  return `${timestamp},${timestamp},${series},${value.toFixed(3)},${producer},${hook}`
}

/** 400 samples from two producers, with temperatures that swing around the threshold; one in four is a load. */
function feed(hook: string): string[] {
  return Array.from({ length: 400 }, (_, index) => {
    const timestamp = start + 25_000_000 + index * 5_000_000
    const producer = Math.floor(index / 7) % 2 === 0 ? 'edge-a' : 'edge-b'
    return index % 4 === 3
      ? row(timestamp, 'load', index / 8, producer, '')
      : row(timestamp, 'temp', 30 + 8 * Math.sin(index / 9) + (index % 5) / 10, producer, hook)
  })
}

async function send(url: string, name: string, rows: readonly string[]): Promise<void> {
  const file = join(folder, name)
  await writeFile(file, ['timestamp,arrives,series,value,producer,hook', ...rows, ''].join('\n'))
  const child = spawnNode([slung, 'send', file, '--url', url, '--quiet'])
  expect(await endOf(child)).toMatchObject({ code: 0 })
}

/** @returns its URL */
async function startRuntime(flags: readonly string[], module = guest): Promise<string> {
  const child = spawnNode([slung, 'run', module, '--port', '0', '--log-format', 'json', ...flags])
  return await lineOf(child, /listening on (http:[^\s;"]+)/)
}

async function remembered(url: string): Promise<unknown> {
  const response = await fetch(`${url}/workflows/count-up/state`)
  return ((await response.json()) as { values: unknown }).values
}

/** Resolves once it is recording. */
async function startRecorder(
  url: string,
  flags: readonly string[],
): Promise<{ child: ChildProcess; ended: Promise<Ended> }> {
  const child = spawnNode([slung, 'record', ...flags, '--url', url])
  const ended = endOf(child)
  // It creates the file once the runtime has started to report.
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline && child.exitCode === null) {
    const begun = await readFile(join(folder, `${flags[0]}.csv.part`)).catch(() => null)
    if (begun !== null) break
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return { child, ended }
}

async function runTest(): Promise<Ended> {
  return await endOf(spawnNode([slungTest, 'incident.slung.yaml'], folder))
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    readText(child.stdout!),
    readText(child.stderr!),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

/** The first group of what a program prints. */
async function lineOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const collect = (data: Buffer): void => {
    output += data.toString()
    const [, found] = pattern.exec(output) ?? []
    if (found !== undefined) resolve(found)
  }
  child.stdout!.on('data', collect)
  child.stderr!.on('data', collect)
  child.on('close', (code) => reject(new Error(`it ended with code ${code}:\n${output}`)))
  return await promise
}

function spawnNode(args: readonly string[], cwd?: string): ChildProcess {
  // The programs under test must not see this test runner's own environment variables.
  const { VITEST: _vitest, FORCE_COLOR: _color, ...environment } = process.env
  const child = spawn(process.execPath, args, {
    env: { ...environment, NO_COLOR: '1' },
    ...(cwd !== undefined && { cwd }),
  })
  children.push(child)
  return child
}
