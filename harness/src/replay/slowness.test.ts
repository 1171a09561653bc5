import type { GuestHttpRequest } from '@slung/runtime'
import { expect, test } from 'vitest'
import { inlineFixture } from '../input/inline-series.ts'
import { buildFeed } from './feed.ts'
import { passageOfTimeDefault } from '../run/passage-of-time.ts'
import { progressSlots } from './replay-messages.ts'
import { Slowness } from './slowness.ts'

test('a slow replay says whether it waits, computes or goes on, and where it is', () => {
  const progress = new Float64Array(progressSlots.length)
  const waiting: { pending: GuestHttpRequest | undefined } = { pending: undefined }
  const source = buildFeed([], { faults: [], passage: passageOfTimeDefault })
  const slowness = new Slowness('slung-test', 'alert.wasm', source, progress, waiting)

  progress[progressSlots.rows] = 12
  progress[progressSlots.now] = 60e6
  expect(slowness.describe(3)).toBe(
    'slung-test: the replay of alert.wasm has taken 3 s: it is at 1970-01-01T00:01:00Z, after 12 of 0 rows',
  )
  expect(slowness.describe(6)).toBe(
    'slung-test: the replay of alert.wasm has taken 6 s: the workflow computes without polling, at 1970-01-01T00:01:00Z, after 12 of 0 rows',
  )
  waiting.pending = { method: 'POST', url: 'https://hooks.example.com/alerts', body: new Uint8Array() }
  expect(slowness.describe(12)).toBe(
    'slung-test: the replay of alert.wasm has taken 12 s: POST https://hooks.example.com/alerts has no answer yet',
  )
  expect(slowness.progress(12)).toContain(', 12 s, waiting for POST https://hooks.example.com/alerts')
})

test('on a terminal, it is as far as both its rows and its time', () => {
  const progress = new Float64Array(progressSlots.length)
  const start = 1_767_225_600e6
  const rows = inlineFixture({
    key: 'temp',
    everyMicros: 1e6,
    values: '1x99',
    startMicros: start,
    file: 'rows',
    line: 1,
  })
  const passage = { ...passageOfTimeDefault, until: { at: start + 200e6 } }
  const source = buildFeed([rows], { faults: [], passage })
  const slowness = new Slowness('slung-test', 'alert.wasm', source, progress, { pending: undefined })

  progress[progressSlots.rows] = 50
  progress[progressSlots.now] = start + 49e6
  expect(slowness.progress(3)).toBe('replaying alert.wasm: 24 %, 50 of 100 rows, 3 s')
  progress[progressSlots.rows] = 100
  progress[progressSlots.now] = start + 150e6
  expect(slowness.progress(4)).toBe('replaying alert.wasm: 75 %, 100 of 100 rows, 4 s')
})
