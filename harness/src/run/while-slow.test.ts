import { expect, test, vi } from 'vitest'
import { whileSlow } from './while-slow.ts'

test('an action that takes long is described again and again, and no longer once it is over', async () => {
  const lines: string[] = []
  const print = vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line))
  const seen = (count: number): Promise<void> =>
    vi.waitFor(() => expect(lines.length).toBeGreaterThanOrEqual(count), { timeout: 30_000 })

  const result = await whileSlow(
    { describe: (seconds) => `waits (${seconds} s)`, progress: () => 'only on a terminal' },
    async () => {
      await seen(3)
      return 7
    },
    2,
  )

  print.mockRestore()
  expect(result).toBe(7)
  expect(lines.slice(0, 3)).toEqual(['waits (0.002 s)', 'waits (0.004 s)', 'waits (0.008 s)'])
})

test('nothing is said about a quick action, and its failure passes through', async () => {
  const print = vi.spyOn(console, 'warn')
  await expect(
    whileSlow({ describe: () => 'slow', progress: () => 'only on a terminal' }, () =>
      Promise.reject(new Error('quick')),
    ),
  ).rejects.toThrow('quick')
  expect(print).not.toHaveBeenCalled()
  print.mockRestore()
})
