import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { MemoryGuard } from './memory-guard.ts'

const mebibyte = 1024 * 1024

/** A guard with a ceiling of 100 MiB over memory that the test sets. */
function open(garbageMebibytes = 0) {
  const time = new VirtualTime(0)
  const told: string[] = []
  const memory = { mebibytes: 50 }
  const guard = new MemoryGuard({
    bytesMax: 100 * mebibyte,
    read: () => memory.mebibytes * mebibyte,
    collect: () => {
      memory.mebibytes -= garbageMebibytes
      told.push('collected')
    },
    onStuck: () => told.push('stuck'),
    onChange: (isExceeded, found) => told.push(isExceeded ? found : 'room again'),
    clock: time,
    timers: time,
  })
  guard.start()
  return {
    guard,
    told,
    at: async (mebibytes: number, millis: number): Promise<void> => {
      memory.mebibytes = mebibytes
      await time.advance(millis)
    },
  }
}

test('beyond the ceiling it says so, with both figures, until a tenth is free again', async () => {
  const { guard, told, at } = open()
  await at(100, 1000)
  expect(guard.refusal).toBeNull()
  await at(101, 1000)
  expect(guard.refusal).toBe(
    'the runtime has 101 MiB of memory in use, and may have 100 MiB; try again later, or raise "memory" under [limits]',
  )
  await at(95, 1000)
  expect(guard.isExceeded).toBe(true)
  await at(90, 1000)
  expect(guard).toMatchObject({ isExceeded: false, bytes: 90 * mebibyte })
  expect(told).toEqual(['collected', 'the runtime has 101 MiB of memory in use, and may have 100 MiB', 'room again'])
  guard.stop()
})

test('garbage is collected before anybody has to wait, and not again immediately', async () => {
  const { guard, told, at } = open(40)
  await at(120, 3000)
  expect(told).toEqual(['collected'])
  expect(guard.isExceeded).toBe(false)
  guard.stop()
})

test('where collecting does not help, something has to go', async () => {
  const { guard, told, at } = open()
  await at(150, 16_000)
  expect(told.filter((line) => !line.startsWith('the'))).toEqual([
    'collected',
    'collected',
    'collected',
    'stuck',
    'collected',
  ])
  guard.stop()
})
