/** Slices and turns, with a clock that counts pieces of work: each takes an eighth of a millisecond, so a slice has four. */
import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/virtual-time.ts'
import type { Slice, Steps } from '../../engine/model/steps.ts'
import { FairTurns } from './fair-turns.ts'

const pieceMillis = 0.125

function open() {
  const time = new VirtualTime(0)
  const world = { isCommitting: false, spentMillis: 0, samplesPerLook: 0, arrivedCount: 0, log: [] as string[] }
  const clock = { elapsedMillis: () => time.elapsedMillis() + world.spentMillis }
  /** At each look at the sockets, there are samples, if there are any. */
  const look = (action: () => void) => () => {
    world.arrivedCount += world.samplesPerLook
    action()
  }
  const timers = {
    after: (millis: number, action: () => void) => time.after(millis, look(action)),
    atTurnEnd: (action: () => void) => time.atTurnEnd(look(action)),
  }
  const turns = new FairTurns({
    clock,
    timers,
    arrivedCount: () => world.arrivedCount,
    isCommitting: () => world.isCommitting,
  })
  /** Work of so many pieces, each of which is logged. */
  const work = (name: string, pieceCount: number) =>
    function* (slice: Slice): Steps<string> {
      for (let piece = 0; piece < pieceCount; piece++) {
        world.log.push(name)
        world.spentMillis += pieceMillis
        if (slice.isOver) yield
      }
      return `${name} is done`
    }
  return { time, world, turns, work }
}

/** The log, with a name and a count for each run of the same name. */
function runsOf(log: readonly string[]): string {
  const runs: [name: string, count: number][] = []
  for (const name of log) {
    const last = runs.at(-1)
    if (last?.[0] === name) last[1]++
    else runs.push([name, 1])
  }
  return runs.map(([name, count]) => `${name}${count}`).join(' ')
}

test('a short answer is there with its question; a long one is given in slices, and others have their turns', async () => {
  const { time, world, turns, work } = open()
  expect(turns.createAsker().ask(work('short', 3))).toBeInstanceOf(Promise)
  expect(world.log).toHaveLength(3)
  await time.settle()
  world.log = []
  const answers = [...'abc'].map((name) => turns.createAsker().ask(work(name, 12)))
  await time.settle()
  expect(await Promise.all(answers)).toEqual(['a is done', 'b is done', 'c is done'])
  expect(runsOf(world.log)).toBe('a8 b4 c4 a4 b4 c4 b4 c4')
})

test('a thousand questions of one get no more time than one question of another', async () => {
  const { time, world, turns, work } = open()
  const [many, one] = [turns.createAsker(), turns.createAsker()]
  for (let count = 0; count < 1000; count++) void many.ask(work('many', 4))
  let pieceCount = 0
  void one.ask(work('one', 20)).then(() => (pieceCount = world.log.filter((name) => name === 'many').length))
  await time.settle()
  expect(world.log).toHaveLength(4020)
  expect(pieceCount).toBeLessThanOrEqual(28)
})

test('while samples arrive, all questions together have a twenty-fifth of the time; otherwise all of it', async () => {
  const { time, world, turns, work } = open()
  world.samplesPerLook = 1
  const answers = [turns.createAsker().ask(work('a', 1000)), turns.createAsker().ask(work('b', 1000))]
  await time.advance(500)
  const share = world.spentMillis / (time.elapsedMillis() + world.spentMillis)
  expect(share).toBeGreaterThan(0.03)
  expect(share).toBeLessThan(0.05)
  // None for a while: what was given meanwhile is not owed when there are some again.
  world.samplesPerLook = 0
  await time.until(Promise.all(answers), 40)
  world.samplesPerLook = 1
  await time.until(turns.createAsker().ask(work('c', 4)), 15)
})

test('while samples are written, questions wait as if there were further ones', async () => {
  const { time, world, turns, work } = open()
  world.isCommitting = true
  const answer = turns.createAsker().ask(work('a', 1000))
  await time.advance(500)
  const share = world.spentMillis / (time.elapsedMillis() + world.spentMillis)
  expect(share).toBeLessThan(0.05)
  world.isCommitting = false
  await time.until(answer, 40)
})

test('a question that fails, and the end of somebody who asks, concern nobody else', async () => {
  const { time, world, turns, work } = open()
  const [gone, bad, good] = [turns.createAsker(), turns.createAsker(), turns.createAsker()]
  let isCleanedUp = false
  const ended = gone.ask(function* (slice) {
    try {
      yield* work('gone', 1000)(slice)
    } finally {
      isCleanedUp = true
    }
  })
  const failing = bad.ask(function* (slice) {
    yield* work('bad', 7)(slice)
    throw new RangeError('too bad')
  })
  const answer = good.ask(work('good', 12))
  const outcomes = Promise.allSettled([ended, failing, answer])
  gone.close(new Error('it is gone'))
  expect(isCleanedUp).toBe(true)
  await time.settle()
  expect(
    (await outcomes).map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason))),
  ).toEqual(['Error: it is gone', 'RangeError: too bad', 'good is done'])
  await expect(gone.ask(work('gone', 1))).rejects.toThrow('it is gone')
  expect(world.log.filter((name) => name === 'gone')).toHaveLength(4)
})
