import { expect, test } from 'vitest'
import { createSeries } from '../model/series.ts'
import { parseQuery } from '../query/parse-query.ts'
import { HandleTable } from './handle-table.ts'
import { SerialWorld, type Ahead } from './serial-world.ts'

const [temp, load, other] = [0, 1, 2]
const allSeries = [createSeries('temp', []), createSeries('load', []), createSeries('other', [])]

function open(rows: readonly (readonly [at: number, series: number])[], tick = Number.POSITIVE_INFINITY) {
  const handles = new HandleTable((id) => allSeries[id]!)
  let next = 0
  const ahead: Ahead = {
    get nextAt() {
      return rows[next]?.[0]
    },
    reveal: () => {
      const [at, series] = rows[next++]!
      return handles.offer(series, at, 1, 0, at)
    },
  }
  const world = new SerialWorld(handles, ahead, 0, tick)
  const subscribe = (text: string): number => {
    const query = parseQuery(text)
    return handles.add(query, { kind: 'running' })
  }
  /** What a poll returns: the timestamp of an Event, `null` for nothing, `dry` when the input is over. */
  const poll = (handle: number): number | null | 'dry' => {
    const event = world.take(handle)
    if (event !== undefined) return event.timestamp
    if (!world.mayReveal()) return null
    if (world.step() === 'dry') return 'dry'
    return world.take(handle)?.timestamp ?? null
  }
  return { world, handles, subscribe, poll }
}

test('three handles polled in turn keep up with one another', () => {
  const rows = Array.from({ length: 300 }, (_, index) => [index, index % 3 === 2 ? load : temp] as const)
  const { world, subscribe, poll } = open(rows)
  const handles = [subscribe('COUNT:temp:[]'), subscribe('COUNT:load:[]'), subscribe('COUNT:temp,load:[]')]
  const seen: number[][] = [[], [], []]
  for (let turn = 0; turn < 5000; turn++) {
    const event = poll(handles[turn % 3]!)
    if (event === 'dry') break
    if (event !== null) seen[turn % 3]!.push(event)
    // No handle is more than one sample behind another.
    const newest = Math.max(...seen.map((events) => events.at(-1) ?? 0))
    if (event !== null) expect(newest - event).toBeLessThanOrEqual(1)
  }
  expect(seen.map(({ length }) => length)).toEqual([200, 100, 300])
  expect(world.lags).toEqual([])
})

test('samples that make no Event take up no poll, and do not move the time', () => {
  const { world, subscribe, poll } = open([
    [1, other],
    [2, other],
    [3, temp],
    [9, other],
  ])
  const handle = subscribe('COUNT:temp:[]')
  expect(poll(handle)).toBe(3)
  expect(world.now).toBe(3)
  expect(poll(handle)).toBe('dry')
  expect(world.now).toBe(3)
})

test('a handle that is never polled holds the others up for 64 polls, and is named', () => {
  const { world, subscribe, poll } = open([
    [1, temp],
    [2, load],
    [3, load],
  ])
  subscribe('COUNT:temp:[]')
  const polled = subscribe('COUNT:load:[]')
  const answers = Array.from({ length: 132 }, () => poll(polled))
  // The first poll reveals what the other handle has.
  expect(answers.slice(0, 66)).toEqual([...Array.from({ length: 65 }, () => null), 2])
  expect(answers.indexOf(3)).toBe(66 + 64)
  expect(world.lags).toEqual([{ query: 'COUNT:temp:[]', events: 1, micros: 1 }])
})

test('a tick is over one tick after the position, whatever arrives that makes no Event', () => {
  const { world, subscribe, poll } = open(
    [
      [5, temp],
      [12, other],
      [26, temp],
    ],
    10,
  )
  const handle = subscribe('COUNT:temp:[]')
  expect(poll(handle)).toBe(5)
  expect([poll(handle), world.now, world.tickedAt]).toEqual([null, 15, 15])
  expect([poll(handle), world.now]).toEqual([null, 25])
  expect([poll(handle), world.now]).toEqual([26, 26])
  world.moveTo(100)
  expect([world.now, world.nextTick]).toEqual([100, 110])
})
