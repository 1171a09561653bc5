/**
 * The two builds of an example are one workflow: over each of its fixtures, whatever the service answers, they send the
 * same things. Logs may differ, since the AssemblyScript SDK logs the reason of an error on its own, and in Rust the
 * error has it.
 */
import { replay } from '@slung/harness'
import { http, HttpResponse } from 'msw'
import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fixturesOf } from './fixtures-of.ts'

const here = new URL('./', import.meta.url)
const examples = readdirSync(here).filter((name) => existsSync(new URL(`${name}/${name}.slung.yaml`, here)))

const answers = {
  ok: 'ok',
  '503': [http.all('*', () => new HttpResponse(null, { status: 503 }))],
  'no response': [http.all('*', () => HttpResponse.error())],
} as const

test.for(examples)('%s', async (example, { skip }) => {
  const inAssemblyScript = new URL(`${example}/build/${example}.wasm`, here)
  const inRust = new URL(`${example}/build/${example}-rust.wasm`, here)
  // The specs build what they need.
  skip(!existsSync(inRust), 'there is no Rust for WebAssembly')

  let sent = 0
  for (const input of fixturesOf(example)) {
    for (const [name, answer] of Object.entries(answers)) {
      const options = { input, http: answer, tick: '1m', until: '+10m' }
      const [a, b] = [await replay(inAssemblyScript, options), await replay(inRust, options)]

      expect(b.writebacks, `over ${input.csv}, answered ${name}`).toEqual(a.writebacks)
      expect(b).toMatchObject({ outcome: a.outcome, delivered: a.delivered })
      sent += a.writebacks.length
    }
  }
  expect(sent).toBeGreaterThan(0)
})

test('a setting that is no number ends both, with the same sentence', async ({ skip }) => {
  const modules = ['', '-rust'].map((suffix) => new URL(`threshold-alert/build/threshold-alert${suffix}.wasm`, here))
  skip(!modules.every((module) => existsSync(module)), 'there is no Rust for WebAssembly')

  for (const module of modules) {
    const input = { csv: new URL('threshold-alert/fixtures/hot.csv', here) }
    const run = await replay(module, { input, environment: { THRESHOLD: '1OO' } })

    expect(run).toMatchObject({ delivered: 0, writebacks: [] })
    expect(run.logs.map(({ text }) => text).join('\n')).toContain(
      'cannot read the variable THRESHOLD: found "1OO", expected a number such as 0.5 or -3e4',
    )
  }
})
