/**
 * Producers send at the same time: every event of each is acknowledged, and stored once.
 *
 * `npm run soak -- crowd [producers] [events of each]`, 200 and 5,000 by default.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crowd } from '../../test/crowd.ts'

export async function soak([producers = '200', eventsEach = '5000']: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
  try {
    const { events, seconds } = await crowd(join(folder, 'data'), Number(producers), Number(eventsEach))
    const time = `${seconds.toFixed(1)} s`
    console.log(`${producers} producers at once: ${events} events acknowledged in ${time}, each there once`)
  } finally {
    await rm(folder, { recursive: true })
  }
}
