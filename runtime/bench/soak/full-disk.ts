/**
 * `npm run soak -- full-disk [rounds]`: fills small disks of different sizes. The runtime says that the disk is full,
 * and nothing acknowledged is missing.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillDisk } from '../../test/fill-disk.ts'

export async function soak(args: readonly string[]): Promise<void> {
  const rounds = Number(args[0] ?? 5)
  const folder = await mkdtemp(join(tmpdir(), 'slung-full-'))
  try {
    for (let round = 0; round < rounds; round++) {
      const bytes = (1 + round) * 1024 * 1024
      const { health, acknowledged, found } = await fillDisk(join(folder, `${round}`), bytes)
      if (found !== acknowledged) throw new Error(`${acknowledged} events were acknowledged, found are ${found}`)
      console.log(
        `${bytes / 1024} KiB: ${acknowledged} events acknowledged, none missing; /health: ${JSON.stringify(health)}`,
      )
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}
