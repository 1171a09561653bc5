import { expect, test, vi } from 'vitest'
import { ProgressLine } from './progress-line.ts'

const erased = '\r\u001b[2K'

function lineOf(isShown: boolean, firstMillis: number): { line: ProgressLine; written: string[] } {
  const written: string[] = []
  return { line: new ProgressLine((text) => written.push(text), isShown, firstMillis), written }
}

test('a task is shown again and again, and erased when it is over', async () => {
  const { line, written } = lineOf(true, 1)
  const describe = (): string => 'replaying'
  line.start(describe)
  await vi.waitFor(() => expect(written.length).toBeGreaterThan(1), { timeout: 30_000 })
  line.stop(describe)

  expect(new Set(written.slice(0, -1))).toEqual(new Set([`${erased}replaying`]))
  expect(written.at(-1)).toBe(erased)
})

test('tasks that go on at the same time share the line', async () => {
  const { line, written } = lineOf(true, 1)
  const [one, other] = [(): string => 'one', (): string => 'other']
  line.start(one)
  line.start(other)
  await vi.waitFor(() => expect(written).toContain(`${erased}one; other`), { timeout: 30_000 })
  line.stop(one)
  await vi.waitFor(() => expect(written.at(-1)).toBe(`${erased}other`), { timeout: 30_000 })
  line.stop(other)
  expect(written.at(-1)).toBe(erased)
})

test('work without turns for timers can redraw the line itself, in no more than the width of the terminal', () => {
  const { line, written } = lineOf(true, 0)
  const describe = (): string => 'x'.repeat(10_000)
  line.start(describe)
  line.tick()
  expect(written).toHaveLength(1)
  expect(written[0]!.length).toBeLessThan(1000)
  // It was drawn just now.
  line.clear()
  line.stop(describe)
  expect(written).toHaveLength(2)
})

test.each([
  ['before its time', true, 60_000],
  ['without a terminal', false, 0],
])('nothing is written %s', (_, isShown, firstMillis) => {
  const { line, written } = lineOf(isShown, firstMillis)
  const describe = (): string => 'replaying'
  line.start(describe)
  line.tick()
  line.clear()
  line.stop(describe)
  expect(written).toEqual([])
})
