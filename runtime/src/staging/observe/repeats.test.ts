import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { Repeats } from './repeats.ts'

function createLog(time = new VirtualTime()) {
  const lines: string[] = []
  const repeats = new Repeats(time, (text) => lines.push(text))
  const say = (text: string): void => {
    if (repeats.isNew(text)) lines.push(text)
  }
  return { time, lines, say, repeats }
}

test('what is said five times a second is one line, and then one a minute with the count', async () => {
  const { time, lines, say } = createLog()
  for (let tick = 0; tick < 750; tick++) {
    say('refused')
    await time.advance(200)
  }
  expect(lines).toEqual(['refused', 'repeated 299 times: refused', 'repeated 300 times: refused'])
})

test('what was not said for a minute is said again, and nothing is counted that did not come', async () => {
  const { time, lines, say } = createLog()
  say('refused')
  say('refused')
  say('other')
  await time.advance(300_000)
  expect(lines).toEqual(['refused', 'other', 'repeated once: refused'])
  say('refused')
  expect(lines.at(-1)).toBe('refused')
})

test('messages that all differ take a bounded memory, and none of them gets lost', () => {
  const { lines, say, repeats } = createLog()
  for (let index = 0; index < 1000; index++) {
    say(`refused ${index}`)
    say(`refused ${index}`)
  }
  repeats.close()
  expect(lines.filter((line) => line.startsWith('refused'))).toHaveLength(1000)
  expect(lines.filter((line) => line.startsWith('repeated once: '))).toHaveLength(1000)
  // The oldest had to go when the hundred-and-first came.
  expect(lines.indexOf('repeated once: refused 0')).toBe(lines.indexOf('refused 100') - 1)
})

test('at the end, what is counted is written', () => {
  const { lines, say, repeats } = createLog()
  for (let index = 0; index < 8; index++) say('refused')
  repeats.close()
  expect(lines).toEqual(['refused', 'repeated 7 times: refused'])
})
