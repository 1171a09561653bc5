/** What workflows remember, in a real process: over a crash, over an orderly stop, and what `slung state` shows of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runProgram } from '../src/cli/main.ts'
import { spawnRuntime, type SpawnedRuntime } from './spawn-runtime.ts'
import { writeGuest } from './write-guest.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-state-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function post({ url }: SpawnedRuntime, ...lines: string[]): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' }
  const response = await fetch(`${url}/events`, { method: 'POST', headers, body: `${lines.join('\n')}\n` })
  expect(response.status).toBe(200)
}

const temp = (timestamp: number, value = 1): string => JSON.stringify({ series: 'temp', timestamp, value })

async function slungState(...parameters: string[]): Promise<{ code: number; out: string; error: string }> {
  let out = ''
  let error = ''
  const output = { out: (text: string) => (out += text), error: (text: string) => (error += text) }
  return { code: await runProgram(['state', ...parameters], output), out, error }
}

test('three workflows remember on their own, over two crashes and an orderly stop', async () => {
  const file = await writeGuest(folder, 'remember')
  const config = join(folder, 'slung.toml')
  const names = ['one', 'two', 'drei ü']
  await writeFile(
    config,
    `data = "data"\n${names.map((name) => `[[workflow]]\nname = "${name}"\nfile = "${file}"\n`).join('')}`,
  )
  let count = 0
  for (const end of ['crash', 'stop', 'crash', null]) {
    const runtime = await spawnRuntime(['--config', config])
    try {
      const show = (name: string) => slungState(name, '--url', runtime.url)
      const remembered = count === 0 ? (name: string) => `${name} remembers nothing\n` : () => `count\t${count}\n`
      for (const name of names) expect(await show(name)).toEqual({ code: 0, out: remembered(name), error: '' })
      await vi.waitFor(async () => expect((await fetch(`${runtime.url}/ready`)).status).toBe(200), { timeout: 60_000 })
      await post(runtime, temp(10 * count + 1), temp(10 * count + 2), temp(10 * count + 3))
      count += 3
      for (const name of names) {
        await vi.waitFor(async () => expect((await show(name)).out).toBe(`count\t${count}\n`), { timeout: 60_000 })
      }
      // Whatever was saved before is on the disk with it.
      await post(runtime, JSON.stringify({ series: 'other', timestamp: count, value: 1 }))
      if (end === 'crash') await runtime.kill()
      if (end === 'stop') expect(await runtime.stop()).toBe(0)
    } finally {
      if (runtime.process.exitCode === null && runtime.process.signalCode === null) await runtime.stop()
    }
  }
})

test('slung state shows texts and bytes, as JSON too, and knows which workflows there are', async () => {
  const runtime = await spawnRuntime([await writeGuest(folder, 'remember')])
  try {
    await vi.waitFor(async () => expect((await fetch(`${runtime.url}/ready`)).status).toBe(200), { timeout: 60_000 })
    await post(runtime, temp(1, 16))
    const ask = (...flags: string[]) => slungState('remember', '--url', runtime.url, ...flags)
    await vi.waitFor(async () => expect((await ask()).out).toContain('count\t1\n'), { timeout: 60_000 })
    const { workflow, bytes, values } = JSON.parse((await ask('--json')).out) as {
      workflow: string
      bytes: number
      values: { key: string; text?: string }[]
    }
    expect([workflow, bytes, values.map(({ key }) => key)]).toEqual(['remember', 65_011, ['count', 'large']])
    expect(values[0]).toEqual({ key: 'count', text: '1' })
    expect(await slungState('other', '--url', runtime.url)).toMatchObject({
      code: 2,
      error: expect.stringContaining('there is no workflow other; see /workflows'),
    })
  } finally {
    await runtime.stop()
  }
})
