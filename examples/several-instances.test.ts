/**
 * One module serves several instances: each `[[workflow]]` of the `slung.toml` in threshold-alert's README has its own
 * environment. The runtime is a process, and a receiver here takes the place of the webhooks.
 */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spawnRuntime } from '../runtime/test/spawn-runtime.ts'

const readme = readFileSync(new URL('threshold-alert/README.md', import.meta.url), 'utf8')
const configuration = /^```toml\n(.*?)^```/ms.exec(readme)![1]!

/** In the end, each average is above the threshold of its instance. None is above the default. */
const samples = `timestamp,series,sensor,value
2026-01-01T00:00:00Z,temp,1,85
2026-01-01T00:00:00Z,temp,2,6
2026-01-01T00:00:01Z,temp,1,99
2026-01-01T00:00:01Z,temp,2,13
`

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slung-instances-'))
})
afterEach(() => rm(directory, { recursive: true }))

test.for(['threshold-alert.wasm', 'threshold-alert-rust.wasm'])(
  'two instances of %s do different things',
  async (name, { skip }) => {
    const module = new URL(`threshold-alert/build/${name}`, import.meta.url)
    // The specs build what they need.
    skip(!existsSync(module), 'there is no Rust for WebAssembly')

    const received: string[] = []
    const receiver = createServer((request, response) => {
      void json(request).then((body) => {
        received.push(`${request.url} ${(body as { value: number }).value}`)
        response.end()
      })
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const address = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
    const file = join(directory, 'slung.toml')
    await writeFile(
      file,
      configuration
        .replaceAll('build/threshold-alert.wasm', fileURLToPath(module))
        .replaceAll('https://hooks.example.com', `http://${address}`)
        .replaceAll('hooks.example.com', address),
    )

    const runtime = await spawnRuntime(['--config', file], { isBuilt: true })
    try {
      await fetch(`${runtime.url}/events`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: samples })

      await expect.poll(() => received.toSorted(), { timeout: 30_000 }).toEqual(['/boiler 92', '/cold-store 9.5'])
    } finally {
      await runtime.stop()
      receiver.close()
    }
  },
)
