/** A token that the runtime adds to the requests of a workflow, in a real process: who sees it, and who does not. */
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runProgram } from '../src/cli/main.ts'
import { spawnRuntime } from './spawn-runtime.ts'
import { writeGuest } from './write-guest.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-headers-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a webhook gets the token; the workflow, the log, /workflows and a recording do not', async () => {
  const received: (string | undefined)[] = []
  const server = createServer((request, response) => {
    received.push(request.headers.authorization)
    response.end(`seen ${received.length}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  await writeGuest(folder, 'post-events', 'post', port)
  const origin = `http://127.0.0.1:${port}`
  await writeFile(join(folder, 'token'), 't0p-s3cret\n')
  const config = join(folder, 'slung.toml')
  await writeFile(
    config,
    `[http]
allow = ["${origin}"]
[[http.with]]
url = "${origin}"
headers = { Authorization = { file = "token", prefix = "Bearer " } }
[[workflow]]
file = "post.wasm"
`,
  )

  const runtime = await spawnRuntime(['--config', config])
  let recorded = ''
  try {
    const notes = { out: () => {}, error: (text: string) => (recorded += text) }
    const recording = runProgram(['record', 'tokens', '--url', runtime.url, '--out', folder, '--for', '2s'], notes)
    await vi.waitFor(() => expect(runtime.output()).toContain('a recording started'), { timeout: 60_000 })
    const headers = { 'content-type': 'application/x-ndjson' }
    for (let timestamp = 1; timestamp <= 3; timestamp++) {
      const body = `{"series":"temp","value":1,"timestamp":${timestamp}}\n`
      expect(await fetch(`${runtime.url}/events`, { method: 'POST', headers, body })).toMatchObject({ status: 200 })
    }
    await vi.waitFor(() => expect(runtime.output()).toContain('answer: seen 3'), { timeout: 60_000 })
    expect(received).toEqual(Array.from({ length: 3 }, () => 'Bearer t0p-s3cret'))

    expect(await recording).toBe(0)
    recorded += (
      await Promise.all(['tokens.csv', 'tokens.slung.yaml'].map((name) => readFile(join(folder, name), 'utf8')))
    ).join()
    expect(recorded).toContain(`POST ${origin}/`)
    expect(await readdir(folder)).toContain('tokens.slung.yaml')
    for (const shown of [recorded, runtime.output(), await (await fetch(`${runtime.url}/workflows`)).text()]) {
      expect(shown).not.toContain('s3cret')
    }
  } finally {
    await runtime.stop()
    server.close()
  }
  expect(runtime.output()).not.toContain('s3cret')
})

test('a header without its variable stops the start, with the place of it', async () => {
  const config = join(folder, 'slung.toml')
  await writeFile(
    config,
    '[[http.with]]\nurl = "a.example"\nheaders = { Authorization = { from = "SLUNG_NO_SUCH" } }\n',
  )
  await expect(spawnRuntime(['--config', config])).rejects.toThrow(
    `${config}:3:13: the environment variable "SLUNG_NO_SUCH" is not set; set it, or remove the header`,
  )
})
