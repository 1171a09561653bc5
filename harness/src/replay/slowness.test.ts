import type { GuestHttpRequest } from '@slung/runtime'
import { expect, test } from 'vitest'
import { buildFeed } from './feed.ts'
import { passageOfTimeDefault } from '../run/passage-of-time.ts'
import { progressSlots } from './replay-messages.ts'
import { Slowness } from './slowness.ts'

test('a slow replay says whether it waits, computes or goes on, and where it is', () => {
  const progress = new Float64Array(progressSlots.length)
  const waiting: { pending: GuestHttpRequest | undefined } = { pending: undefined }
  const source = buildFeed([], { faults: [], passage: passageOfTimeDefault })
  const slowness = new Slowness('alert.wasm', source, progress, waiting)

  progress[progressSlots.rows] = 12
  progress[progressSlots.now] = 60e6
  expect(slowness.describe(3)).toBe(
    'the replay of alert.wasm has taken 3 s: it is at 1970-01-01T00:01:00Z, after 12 of 0 rows',
  )
  expect(slowness.describe(6)).toBe(
    'the replay of alert.wasm has taken 6 s: the workflow computes without polling, at 1970-01-01T00:01:00Z, after 12 of 0 rows',
  )
  waiting.pending = { method: 'POST', url: 'https://hooks.example.com/alerts', body: new Uint8Array() }
  expect(slowness.describe(12)).toBe(
    'the replay of alert.wasm has taken 12 s: POST https://hooks.example.com/alerts has no answer yet',
  )
})
