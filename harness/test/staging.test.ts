/**
 * What a test of a workflow promises: the same workflow over the same CSV writes back the same in `slung-test replay`
 * and in `slung run` fed by `slung send`. Both executables, real sockets, a real HTTP receiver.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replay } from '../src/index.ts'
import { guestUrl } from './build-guests.ts'

const slung = fileURLToPath(new URL('../../runtime/bin/slung.js', import.meta.url))
const guest = guestUrl('watch-two')
const start = Date.UTC(2026, 0, 1) * 1000

let folder = ''
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-staging-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

test('the same workflow and CSV write back the same in a replay and in staging', async () => {
  const received: string[] = []
  const receiver = createServer((request, response) => {
    void readText(request).then((body) => {
      received.push(`${request.method} ${request.url} ${body}`)
      response.end('{"ok":true}')
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  try {
    const address = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
    const csv = join(folder, 'feed.csv')
    await writeFile(csv, feed(`http://${address}/alerts`))

    const run = await replay(guest, { input: csv, http: 'ok' })
    const expected = {
      http: run.writebacks.flatMap((entry) => (entry.kind === 'http' ? [`POST /alerts ${entry.body}`] : [])),
      ws: run.writebacks.flatMap((entry) =>
        entry.kind === 'ws' ? [{ producer: run.producers.get(entry.producer)!, text: entry.text }] : [],
      ),
      events: run.writebacks.flatMap((entry) => (entry.kind === 'event' ? [[entry.timestamp, entry.value]] : [])),
    }
    // Otherwise nothing below would prove anything.
    expect(expected.http.length).toBeGreaterThan(5)
    expect(expected.ws.length).toBeGreaterThan(10)
    expect(expected.events).toHaveLength(100)

    const url = await startRuntime(['--data', join(folder, 'data'), '--allow-http', address])
    const sent = await runSlung(['send', csv, '--url', url, '--json', '--linger', '500ms'])
    expect(sent).toMatchObject({ code: 0 })
    const texts = sent.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { producer: string; text: string })

    expect(received).toEqual(expected.http)
    // Each producer has its own connection, and there is no order between connections.
    for (const producer of ['edge-a', 'edge-b']) {
      expect(texts.filter((entry) => entry.producer === producer)).toEqual(
        expected.ws.filter((entry) => entry.producer === producer),
      )
    }
    for (const [timestamp, value] of expected.events) {
      expect(await query(url, `SUM:load_sum:[source=load]:[${timestamp},${timestamp}]`)).toBe(value)
    }
    expect(await query(url, 'COUNT:load_sum:[]')).toBe(100)

    const asked = await runSlung(['query', 'COUNT:temp,load:[]', '--url', url])
    expect(asked).toMatchObject({ code: 0, stdout: '400\n' })
    // The same store, read beside the runtime that has it open.
    expect(await runSlung(['query', 'COUNT:temp,load:[]', '--data', join(folder, 'data'), '--json'])).toMatchObject({
      code: 0,
      stdout: '{"query":"COUNT:temp,load:[]","value":400}\n',
    })
  } finally {
    receiver.close()
  }
})

/** 400 rows of two series from two producers, some late, with temperatures that swing around the threshold. */
function feed(hook: string): string {
  const lines = ['timestamp,arrives,series,value,producer,hook']
  for (let index = 0; index < 400; index++) {
    const arrives = start + index * 5_000_000
    const timestamp = arrives - (index % 11 === 0 ? 17_000_000 : 0)
    const producer = Math.floor(index / 7) % 2 === 0 ? 'edge-a' : 'edge-b'
    const isLoad = index % 4 === 3
    const value = isLoad ? index / 8 : 30 + 8 * Math.sin(index / 9) + (index % 5) / 10
    lines.push(
      `${timestamp},${arrives},${isLoad ? 'load' : 'temp'},${value.toFixed(3)},${producer},${isLoad ? '' : hook}`,
    )
  }
  return `${lines.join('\n')}\n`
}

/** @returns its URL */
async function startRuntime(flags: readonly string[]): Promise<string> {
  const child = spawnSlung(['run', fileURLToPath(guest), '--port', '0', '--log-format', 'json', ...flags])
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const collect = (data: Buffer): void => {
    output += data.toString()
    const [, url] = /listening on (http:[^\s;"]+)/.exec(output) ?? []
    if (url !== undefined) resolve(url)
  }
  child.stdout!.on('data', collect)
  child.stderr!.on('data', collect)
  child.on('close', (code) => reject(new Error(`slung run ended with code ${code}:\n${output}`)))
  return await promise
}

async function runSlung(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnSlung(args)
  const [stdout, stderr, [code]] = await Promise.all([
    readText(child.stdout!),
    readText(child.stderr!),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

function spawnSlung(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [slung, ...args], { env: { ...process.env, NO_COLOR: '1' } })
  children.push(child)
  return child
}

async function query(url: string, text: string): Promise<unknown> {
  const response = await fetch(`${url}/query?q=${encodeURIComponent(text)}`)
  return ((await response.json()) as { value: unknown }).value
}
