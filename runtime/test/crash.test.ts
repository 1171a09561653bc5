/**
 * What remains of acknowledged events when the process or the disk gives up. `npm run soak` does the same for longer.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../src/testing/seeded-random.ts'
import { crowd } from './crowd.ts'
import { fillDisk } from './fill-disk.ts'
import { killRounds } from './kill-rounds.ts'
import { spawnRuntime } from './spawn-runtime.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-crash-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a runtime that is killed while it takes events loses nothing acknowledged, and doubles nothing', async () => {
  const report = await killRounds(join(folder, 'data'), 3, new SeededRandom(7))
  expect(report.acknowledged).toBeGreaterThan(0)
})

test('two hundred producers together get every event acknowledged, and each is stored once', async () => {
  expect(await crowd(join(folder, 'data'), 200, 100)).toMatchObject({ events: 20_000 })
})

test('a full disk is reported, nothing more is acknowledged, and what was acknowledged is stored', async () => {
  const { health, acknowledged, found } = await fillDisk(join(folder, 'data'), 1024 * 1024)
  expect(health).toMatchObject({ status: 'failing', error: expect.stringContaining('cannot write to the store') })
  expect(acknowledged).toBeGreaterThan(0)
  expect(found).toBe(acknowledged)
})

test('a data directory that is deleted stops acknowledgements; /health and the log say why', async () => {
  const data = join(folder, 'data')
  const runtime = await spawnRuntime(['--data', data])
  const send = (): Promise<Response> =>
    fetch(`${runtime.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: '{"series":"temp","timestamp":1,"value":1}\n',
    })
  expect((await send()).status).toBe(200)

  await rm(data, { recursive: true })
  const answer = await send()
  const why = 'data.mdb was deleted or moved while it is open; nothing more is acknowledged: stop the runtime'
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining(why)])
  const health = await fetch(`${runtime.url}/health`)
  expect([health.status, await health.text()]).toEqual([503, expect.stringContaining(why)])
  expect(runtime.output()).toContain(why)
  await runtime.kill()
})

test('a data directory that is a file is an error in words', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(spawnRuntime(['--data', file])).rejects.toThrow(
    `ended with code 2:\nslung: cannot open the store "${file}": it is a file, expected a directory`,
  )
})

test('a data directory that cannot be created is an error in words', async () => {
  // Not even root can create directories there.
  await expect(spawnRuntime(['--data', '/proc/slung/data'])).rejects.toThrow('cannot open the store "/proc/slung/data"')
})

test('a second runtime does not get the directory of the first', async () => {
  const data = join(folder, 'data')
  const first = await spawnRuntime(['--data', data])
  await expect(spawnRuntime(['--data', data])).rejects.toThrow(`process ${first.process.pid} has it open`)
  expect(await first.stop()).toBe(0)
})
