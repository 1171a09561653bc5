import { expect, test } from 'vitest'
import { VirtualTime } from './virtual-time.ts'

test('timers fire in order of time, and those of one moment in order of creation', async () => {
  const time = new VirtualTime(0)
  const said: string[] = []
  const say = (text: string) => () => said.push(`${text} at ${time.now()}`)
  time.after(2, say('two'))
  time.after(1, say('one'))
  time.after(1, say('also one'))
  time.after(1, say('never')).cancel()
  const ticks = time.every(2, say('tick'))
  time.after(5, () => ticks.cancel())
  await time.advance(3)
  expect(said).toEqual(['one at 1000', 'also one at 1000', 'two at 2000', 'tick at 2000'])
  await time.advance(60_000)
  expect(said.slice(4)).toEqual(['tick at 4000'])
  expect([time.now(), time.elapsedMillis()]).toEqual([60_003_000, 60_003])
})

test('a turn ends when the reactions of settled promises have run, before time passes', async () => {
  const time = new VirtualTime(0)
  const said: string[] = []
  time.after(1, () => {
    time.atTurnEnd(() => {
      said.push('end')
      time.atTurnEnd(() => said.push(`next end at ${time.now()}`))
    })
    time.atTurnEnd(() => said.push('never')).cancel()
    void Promise.resolve()
      .then(() => said.push('reaction'))
      .then(() => said.push('its reaction'))
  })
  time.after(1.001, () => said.push('later'))
  await time.advance(2)
  expect(said).toEqual(['reaction', 'its reaction', 'end', 'next end at 1000', 'later'])
})

test('it passes until a promise is settled, no longer', async () => {
  const time = new VirtualTime(0)
  const sleep = (millis: number): Promise<void> => new Promise((resolve) => void time.after(millis, resolve))
  expect(
    await time.until(
      Promise.all([sleep(5), sleep(3)]).then(() => time.now()),
      10,
    ),
  ).toBe(5000)
  await expect(time.until(sleep(20), 10)).rejects.toThrow('it is not over after 10 ms')
  await expect(time.until(Promise.reject(new Error('no')), 10)).rejects.toThrow('no')
})
