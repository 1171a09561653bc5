/**
 * Compiled workflows with changed bytes: the check says what is wrong, or the module runs and its run ends. Neither ends this process,
 * nor keeps it waiting.
 */
import { ok } from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Fixture } from '@slung/runtime'
import { SlungError } from '../../../runtime/src/engine/model/slung-error.ts'
import { prepareGuest, type GuestModule } from '../../../runtime/src/guest/load/load-guest.ts'
import { fromHex, toHex } from '../../../runtime/test/fuzz/bytes.ts'
import { fuzzLaw, type Fuzz, type Law } from '../../../runtime/test/fuzz/law.ts'
import { readFixture } from '../../src/input/read-fixture.ts'
import { withGuestThread } from '../../src/replay/guest-threads.ts'
import { okDoor } from '../../src/replay/http-door.ts'
import { runReplay } from '../../src/replay/run-replay.ts'
import { guestUrl, setup } from '../build-guests.ts'

interface Module {
  readonly guest: string
  /** In turn: so many bytes at the place are replaced by others, given as hex. */
  readonly changes: readonly (readonly [at: number, gone: number, put: string])[]
}

const guests = ['downsample', 'warn-webhook', 'feed-itself', 'run-program', 'refused-query']
const originals = new Map<string, Uint8Array>()
let fixtures: readonly Fixture[] = []

const millisMax = 60_000

async function holds(input: Module): Promise<void> {
  const guest = await prepare(bytesOf(input))
  if (guest === null) return
  const tooLong = Promise.withResolvers<never>()
  const timer = setTimeout(() => tooLong.reject(new Error('the run does not end')), millisMax)
  try {
    const running = withGuestThread((thread) =>
      runReplay(thread, { guest, fixtures, http: okDoor, watchdogMillis: 300 }),
    )
    const { outcome } = await Promise.race([running, tooLong.promise])
    ok(outcome !== undefined)
  } finally {
    clearTimeout(timer)
  }
}

async function prepare(bytes: Uint8Array): Promise<GuestModule | null> {
  try {
    return await prepareGuest('mutated.wasm', bytes)
  } catch (error) {
    if (!(error instanceof SlungError && error.code === 'bad-module')) throw error
    ok(error.message.length < 100_000, 'the report is endless')
    return null
  }
}

function bytesOf({ guest, changes }: Module): Uint8Array {
  let bytes = originals.get(guest)!
  for (const [where, gone, put] of changes) {
    const at = where % bytes.length
    bytes = Buffer.concat([bytes.subarray(0, at), fromHex(put), bytes.subarray(at + gone)])
  }
  return bytes
}

const byte = fc.oneof(fc.constantFrom(0, 1, 2, 0x0b, 0x10, 0x40, 0x41, 0x7f, 0x80, 0xff), fc.nat(255))
const replacement = fc.integer({ min: 1, max: 3 }).chain((length) => {
  return fc
    .tuple(fc.nat(30_000), fc.array(byte, { minLength: length, maxLength: length }))
    .map(([at, bytes]) => [at, length, toHex(Uint8Array.from(bytes))] as const)
})
const shift = fc.tuple(fc.oneof(fc.nat(200), fc.nat(30_000)), fc.nat(4), fc.uint8Array({ maxLength: 4 }).map(toHex))
const cut = fc.nat(30_000).map((at) => [at, 1_000_000, ''] as const)
const change = fc.oneof({ weight: 10, arbitrary: replacement }, { weight: 2, arbitrary: shift }, cut)

export const modules: Law<Module> = {
  name: 'modules',
  home: import.meta.dirname,
  cases: fc.record({ guest: fc.constantFrom(...guests), changes: fc.array(change, { minLength: 1, maxLength: 3 }) }),
  holds,
  batchSize: 100,
  open: async () => {
    await setup()
    await openModules()
  },
}

/** Reads what cases are made of; the guests are compiled already. */
export async function openModules(): Promise<void> {
  for (const guest of guests) originals.set(guest, await readFile(guestUrl(guest)))
  fixtures = [await readFixture({ csv: join(import.meta.dirname, '../specs/two-rows.csv') })]
}

/** Keeps the latest case in a file, because one that ends the process cannot report itself. */
export const fuzz: Fuzz = async (args) => {
  const latest = join(tmpdir(), `slung-fuzz-modules-${process.pid}.json`)
  console.log(`a case that ends this process is left in ${latest}`)
  const noted = async (input: Module): Promise<void> => {
    await writeFile(latest, JSON.stringify(input))
    await modules.holds(input)
  }
  const exitCode = await fuzzLaw({ ...modules, holds: noted })(args)
  await rm(latest, { force: true })
  return exitCode
}
