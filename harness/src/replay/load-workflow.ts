/** Loads the workflow of a replay, with probes when coverage is measured. An unchanged file is compiled once. */
import { stat } from 'node:fs/promises'
import { loadGuest, type GuestModule } from '@slung/runtime'
import { coverageFolder } from '../probes/coverage-files.ts'
import { loadCoveredGuest } from '../probes/covered-guests.ts'

interface Loaded {
  /** Changes when the file does. */
  readonly version: string
  readonly guest: Promise<GuestModule>
}

const loaded = new Map<string, Loaded>()

/** @throws {SlungError} `unreadable-file`; `bad-module` with every problem of the module and its remedy */
export async function loadWorkflow(file: string): Promise<GuestModule> {
  const version = await versionOf(file)
  const known = loaded.get(file)
  if (version !== null && known?.version === version) return await known.guest
  const guest = coverageFolder() === undefined ? loadGuest(file) : loadCoveredGuest(file)
  if (version !== null) loaded.set(file, { version, guest })
  try {
    return await guest
  } catch (error) {
    loaded.delete(file)
    throw error
  }
}

/** `null` when the file cannot be read: loading it says why. */
async function versionOf(file: string): Promise<string | null> {
  try {
    const { mtimeMs, size } = await stat(file)
    return `${mtimeMs} ${size} ${coverageFolder() ?? ''}`
  } catch {
    return null
  }
}
