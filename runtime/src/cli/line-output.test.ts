import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LineOutput } from './line-output.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** An output of 100 bytes in front of a reader that has read `room` bytes so far. */
function makeOutput() {
  const reader = { room: 0, read: '', isGone: false }
  const output = new LineOutput({
    bytesMax: 100,
    describeGap: (count) => `${count} left out\n`,
    take(bytes) {
      if (reader.isGone) throw new Error('write EPIPE')
      const taken = Buffer.from(bytes.subarray(0, reader.room))
      reader.room -= taken.length
      reader.read += taken.toString()
      return taken.length
    },
  })
  return { reader, output }
}

test('a line is written immediately when there is room', () => {
  const { reader, output } = makeOutput()
  reader.room = 100
  output.write('one\n')
  output.write('two\n')
  expect(reader.read).toBe('one\ntwo\n')
  expect(output.isEmpty).toBe(true)
})

test('lines without room wait, and are written in order once there is some', () => {
  const { reader, output } = makeOutput()
  for (const line of ['one\n', 'two\n', 'three\n']) output.write(line)
  reader.room = 6
  vi.advanceTimersByTime(100)
  expect(reader.read).toBe('one\ntw')
  reader.room = 100
  vi.advanceTimersByTime(100)
  expect(reader.read).toBe('one\ntwo\nthree\n')
  expect(output.droppedCount).toBe(0)
})

test('what does not fit is counted, and the count stands where the lines would', () => {
  const { reader, output } = makeOutput()
  for (let line = 10; line < 60; line++) output.write(`${line}\n`)
  expect(output.droppedCount).toBe(17)
  reader.room = 45
  vi.advanceTimersByTime(100)
  output.write('60\n')
  reader.room = 1000
  vi.advanceTimersByTime(100)
  output.write('61\n')
  expect(reader.read).toBe(`${Array.from({ length: 33 }, (_, index) => `${index + 10}\n`).join('')}18 left out\n61\n`)
  expect(output.droppedCount).toBe(18)
})

test('a line that is too long is left out, and the next one follows', () => {
  const { reader, output } = makeOutput()
  reader.room = 1000
  output.write('x'.repeat(200))
  output.write('next\n')
  expect(reader.read).toBe('1 left out\nnext\n')
})

test('a reader that is gone costs nothing', async () => {
  const { reader, output } = makeOutput()
  output.write('one\n')
  reader.isGone = true
  vi.advanceTimersByTime(100)
  output.write('two\n')
  expect(output.droppedCount).toBe(2)
  await output.drain(1000, 5000)
  expect(vi.getTimerCount()).toBe(0)
})

test('the end waits for a reader that reads, and not for one that does not', async () => {
  const { reader, output } = makeOutput()
  output.write('one\n')
  const drained = output.drain(1000, 5000)
  reader.room = 2
  await vi.advanceTimersByTimeAsync(900)
  reader.room = 100
  await vi.advanceTimersByTimeAsync(900)
  await drained
  expect(reader.read).toBe('one\n')

  reader.room = 0
  output.write('two\n')
  const given = output.drain(1000, 5000)
  await vi.advanceTimersByTimeAsync(1100)
  await given
  expect(reader.read).toBe('one\n')
})
