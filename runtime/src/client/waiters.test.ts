import { expect, test } from 'vitest'
import { SlungError } from '../engine/model/slung-error.ts'
import { Waiters } from './waiters.ts'

const closed = new SlungError('closed', 'the connection is closed')

test('waits whose target is reached end, in order, and the others go on', async () => {
  const waiters = new Waiters()
  const reached: number[] = []
  const waits = [1, 3, 3, 5].map((target) => waiters.wait(target).then(() => reached.push(target)))
  expect(waiters.newestTarget).toBe(5)
  waiters.release(0)
  waiters.release(4)
  await Promise.all(waits.slice(0, 3))
  expect(reached).toEqual([1, 3, 3])
  waiters.release(5)
  await waits[3]
  expect(waiters.newestTarget).toBeNull()
})

test('a failure rejects present waits and later ones', async () => {
  const waiters = new Waiters()
  const waits = Promise.allSettled([waiters.wait(1), waiters.wait(2)])
  waiters.fail(closed)
  const rejected = { status: 'rejected', reason: closed }
  expect(await waits).toEqual([rejected, rejected])
  await expect(waiters.wait(1)).rejects.toBe(closed)
  expect(waiters.newestTarget).toBeNull()
})
