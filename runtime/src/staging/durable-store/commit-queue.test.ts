import { expect, test } from 'vitest'
import { CommitQueue } from './commit-queue.ts'

test('callers that ask while a commit runs share the next one, even when the first fails', async () => {
  const commits: PromiseWithResolvers<void>[] = []
  const queue = new CommitQueue(() => {
    const commit = Promise.withResolvers<void>()
    commits.push(commit)
    return commit.promise
  })

  const first = queue.ask()
  const [second, third] = [queue.ask(), queue.ask()]
  expect(commits).toHaveLength(1)

  commits[0]!.reject(new Error('the disk is full'))
  await expect(first).rejects.toThrow('the disk is full')
  await expect.poll(() => commits.length, { timeout: 30_000 }).toBe(2)

  commits[1]!.resolve()
  await Promise.all([second, third, queue.idle()])
  expect(commits).toHaveLength(2)

  const fourth = queue.ask()
  commits[2]!.resolve()
  await expect(fourth).resolves.toBeUndefined()
})
