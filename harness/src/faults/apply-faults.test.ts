import { SlungError } from '@slung/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FeedColumns } from '../run/feed-columns.ts'
import { readYaml } from '../spec-file/located.ts'
import { applyFaults, type DisturbedInput, type FaultContext } from './apply-faults.ts'
import { parseFaults } from '../spec-file/parse-faults.ts'
import type { Fault } from './fault.ts'

/** What a spec says under `faults:`. */
function faultsOf(text: string): Fault[] {
  const report = (_at: unknown, message: string): never => {
    throw new Error(message)
  }
  return parseFaults(readYaml(text, report)!, report)
}

const second = 1_000_000

/** A row each second: three producers in turn, of which the third has no connection; `temp` and `hum` in turn. */
function inputOf(rowCount: number): FeedColumns {
  const rows = Array.from({ length: rowCount }, (_, row) => row)
  return {
    count: rowCount,
    timestamps: Float64Array.from(rows, (row) => row * second),
    arrives: Float64Array.from(rows, (row) => row * second),
    values: Float64Array.from(rows),
    series: Uint32Array.from(rows, (row) => row % 2),
    producers: Float64Array.from(rows, (row) => [1, 3, 0][row % 3]!),
    lines: Uint32Array.from(rows, (row) => row + 1),
    fixtureIndexes: new Uint32Array(rowCount),
  }
}

const context: FaultContext = {
  start: 0,
  until: null,
  seed: 1,
  producerIds: new Map([
    ['edge-a', 1],
    ['edge-b', 3],
  ]),
  seriesTable: [
    { name: 'temp', tags: ['sensor=1'] },
    { name: 'hum', tags: [] },
  ],
}

function disturb(rowCount: number, faults: string, options: Partial<FaultContext> = {}): DisturbedInput {
  return applyFaults(inputOf(rowCount), faultsOf(faults), { ...context, ...options })
}

/** The rows as `row@arrival/producer`, times in seconds. A row measures its own position. */
function show({ columns }: DisturbedInput): string {
  const { values, arrives, producers } = columns
  return Array.from(values, (value, row) => `${value}@${arrives[row]! / second}/${producers[row]}`).join(' ')
}

function refusal(rowCount: number, faults: string, options?: Partial<FaultContext>): string {
  try {
    disturb(rowCount, faults, options)
  } catch (error) {
    if (error instanceof SlungError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'it is not refused'
}

const seeds = fc.integer()
const rowCounts = fc.integer({ min: 1, max: 200 })

test('without faults an input stays as it is', () => {
  const columns = inputOf(3)
  expect(applyFaults(columns, [], context)).toEqual({ columns, closings: [], reopened: new Map() })
})

test('duplicate: the copy comes right behind its row', () => {
  expect(show(disturb(3, '[{ duplicate: 100% }]'))).toBe('0@0/1 0@0/1 1@1/3 1@1/3 2@2/0 2@2/0')
  fc.assert(
    fc.property(rowCounts, seeds, (rowCount, seed) => {
      const { lines } = disturb(rowCount, '[{ duplicate: 30% }]', { seed }).columns
      const copies = [...lines].filter((line, row) => line === lines[row - 1])
      expect(lines).toHaveLength(rowCount + copies.length)
      expect([...new Set(lines)]).toEqual([...inputOf(rowCount).lines])
    }),
  )
})

test('faults that repeat rows do not repeat them without end', () => {
  const twice = Array(30).fill('{ duplicate: 100% }').join()
  expect(refusal(2, `[${twice}]`)).toBe(
    'bad-fault: cannot apply the fault { duplicate: 100% }: it makes more than 1,000,000 rows of the 2 of the input, ' +
      'expected fewer faults that repeat rows',
  )
})

test('late: rows arrive later by this, and keep the time at which they were measured', () => {
  expect(show(disturb(4, '[{ late: 2s, producer: edge-a }]'))).toBe('1@1/3 0@2/1 2@2/0 3@5/1')
  fc.assert(
    fc.property(rowCounts, seeds, (rowCount, seed) => {
      const { arrives, timestamps } = disturb(rowCount, '[{ late: 2500ms, of: 30% }]', { seed }).columns
      expect(arrives).toHaveLength(rowCount)
      for (const [row, time] of arrives.entries()) expect([0, 2.5 * second]).toContain(time - timestamps[row]!)
    }),
  )
})

test('reorder: rows arrive later by up to this', () => {
  const { lines } = disturb(1000, '[{ reorder: 10s, of: 50% }]').columns
  expect([...lines].filter((line, row) => row > 0 && line < lines[row - 1]!).length).toBeGreaterThan(100)
  fc.assert(
    fc.property(rowCounts, seeds, (rowCount, seed) => {
      const { columns } = disturb(rowCount, '[{ reorder: 10s, of: 50% }]', { seed })
      expect(columns.lines.toSorted()).toEqual(inputOf(rowCount).lines)
      for (const [row, time] of columns.arrives.entries()) {
        const delay = time - columns.timestamps[row]!
        expect(delay >= 0 && delay <= 10 * second && Number.isInteger(delay)).toBe(true)
      }
    }),
  )
})

test('drop: rows are lost, the others stay', () => {
  expect(show(disturb(3, '[{ drop: 100%, series: temp }]'))).toBe('1@1/3')
  fc.assert(
    fc.property(rowCounts, seeds, (rowCount, seed) => {
      const { lines } = disturb(rowCount, '[{ drop: 30% }]', { seed }).columns
      expect([...lines]).toEqual([...new Set(lines)].toSorted((one, other) => one - other))
      expect(lines.every((line) => line <= rowCount)).toBe(true)
    }),
  )
})

test('shares are those of many rows', () => {
  const { length } = disturb(10_000, '[{ drop: 10% }]').columns.lines
  expect(length).toBeGreaterThan(8_800)
  expect(length).toBeLessThan(9_200)
  expect(disturb(100, '[{ drop: 0% }]').columns.lines).toHaveLength(100)
})

test('gap: what arrives from its start until before its end is lost', () => {
  expect(show(disturb(6, '[{ gap: 2s, at: +2s }]'))).toBe('0@0/1 1@1/3 4@4/3 5@5/0')
  expect(show(disturb(6, '[{ gap: 2s, at: +2s, producer: edge-a }]', { start: second }))).toBe(
    '0@0/1 1@1/3 2@2/0 4@4/3 5@5/0',
  )
  expect(show(disturb(4, '[{ gap: 1s, at: 1970-01-01 00:00:02 }]', { start: second }))).toBe('0@0/1 1@1/3 3@3/1')
})

test('burst: what arrives in it comes together at its end, before what arrives then', () => {
  expect(show(disturb(5, '[{ burst: 2s, at: +1s }]'))).toBe('0@0/1 1@3/3 2@3/0 3@3/1 4@4/3')
})

test('skew: timestamps are off, arrivals are not', () => {
  const { columns } = disturb(4, '[{ skew: -2s, producer: edge-a }]')
  expect([...columns.timestamps]).toEqual([-2 * second, second, 2 * second, second])
  expect(columns.arrives).toEqual(inputOf(4).arrives)
})

test('disconnect: the connection closes, and what was measured meanwhile comes over a new one', () => {
  const input = disturb(13, '[{ disconnect: edge-a, at: +3s, for: 5s }]')
  expect(show(input)).toBe('0@0/1 1@1/3 2@2/0 4@4/3 5@5/0 7@7/3 3@8/2 6@8/2 8@8/0 9@9/2 10@10/3 11@11/0 12@12/2')
  expect(input.closings).toEqual([{ at: 3 * second, producer: 1 }])
  expect(input.reopened).toEqual(new Map([[2, 'edge-a']]))
})

test('close: the connection closes, and later rows never come', () => {
  const input = disturb(7, '[{ close: edge-a, at: +3s }]')
  expect(show(input)).toBe('0@0/1 1@1/3 2@2/0 4@4/3 5@5/0')
  expect(input.closings).toEqual([{ at: 3 * second, producer: 1 }])
  expect(input.reopened).toEqual(new Map())
})

test('a producer may be away more than once, in any order of listing', () => {
  const twice = ['{ disconnect: edge-a, at: +3s, for: 1s }', '{ disconnect: edge-a, at: +9s, for: 0s }']
  const input = disturb(13, `[${twice.join()}, { close: edge-b, at: +2s }]`)
  expect(show(input)).toBe('0@0/1 1@1/3 2@2/0 3@4/2 5@5/0 6@6/2 8@8/0 9@9/4 11@11/0 12@12/4')
  expect(input.closings).toEqual([
    { at: 2 * second, producer: 3 },
    { at: 3 * second, producer: 1 },
    { at: 9 * second, producer: 2 },
  ])
  expect(input.reopened).toEqual(new Map([2, 4].map((id) => [id, 'edge-a'])))
  const reversed = disturb(13, `[${twice.toReversed().join()}]`)
  expect(reversed.closings).toEqual([
    { at: 3 * second, producer: 1 },
    { at: 9 * second, producer: 4 },
  ])
  expect(show(reversed)).toMatch('3@4/4 4@4/3 5@5/0 6@6/4 7@7/3 8@8/0 9@9/2')
})

test('a later fault also reaches a producer over its new connection', () => {
  const disconnect = '{ disconnect: edge-a, at: +3s, for: 1s }'
  expect(show(disturb(7, `[${disconnect}, { drop: 100%, producer: edge-a }]`))).toBe('1@1/3 2@2/0 4@4/3 5@5/0')
})

test('what a later fault delays comes over the connection that is open then, or never', () => {
  expect(show(disturb(7, '[{ disconnect: edge-a, at: +2s, for: 3s }, { late: 3s, producer: edge-a }]'))).toBe(
    '1@1/3 2@2/0 4@4/3 0@5/2 5@5/0 3@8/2 6@9/2',
  )
  expect(show(disturb(4, '[{ close: edge-a, at: +2s }, { late: 3s, producer: edge-a }]'))).toBe('1@1/3 2@2/0')
})

test('law: no row arrives over a connection that is closed or not open yet', () => {
  const connection = fc.constantFrom('disconnect: edge-a', 'disconnect: edge-b')
  const time = fc.integer({ min: 0, max: 60 })
  const fault = fc.oneof(
    fc.tuple(connection, time, time).map(([what, at, length]) => `{ ${what}, at: +${at}s, for: ${length}s }`),
    time.map((at) => `{ close: edge-b, at: +${at}s }`),
    fc.constantFrom('{ late: 7s, of: 50% }', '{ reorder: 20s }', '{ duplicate: 20% }', '{ burst: 60s, at: +0s }'),
  )
  fc.assert(
    fc.property(fc.array(fault, { minLength: 1, maxLength: 5 }), seeds, (faults, seed) => {
      let input: DisturbedInput
      try {
        input = disturb(61, `[${faults.join()}]`, { seed })
      } catch (error) {
        // Faults that contradict each other.
        expect(error).toBeInstanceOf(SlungError)
        return
      }
      const { columns, closings, reopened } = input
      const closedAt = new Map(closings.map(({ at, producer }) => [producer, at]))
      expect(closings.map(({ at }) => at)).toEqual(closings.map(({ at }) => at).toSorted((one, other) => one - other))
      for (const [row, arrives] of columns.arrives.entries()) {
        const producer = columns.producers[row]!
        expect(arrives).toBeLessThan(closedAt.get(producer) ?? Number.POSITIVE_INFINITY)
        expect(arrives).toBeGreaterThanOrEqual(columns.arrives[row - 1] ?? 0)
        const name = reopened.get(producer) ?? { 0: null, 1: 'edge-a', 3: 'edge-b' }[producer]
        expect(name).toBe([null, 'edge-a', 'edge-b'][[1, 2, 0][columns.values[row]! % 3]!])
      }
    }),
  )
})

test('the same seed does the same, another seed something else', () => {
  const faults = '[{ duplicate: 5% }, { late: 30s, of: 10% }, { reorder: 10s, of: 50% }, { drop: 2% }]'
  fc.assert(
    fc.property(seeds, seeds, (seed, other) => {
      const shown = show(disturb(1000, faults, { seed }))
      expect(show(disturb(1000, faults, { seed }))).toBe(shown)
      if (seed !== other) expect(show(disturb(1000, faults, { seed: other }))).not.toBe(shown)
    }),
    { numRuns: 20 },
  )
})

test('a seed keeps its meaning from version to version', () => {
  expect(show(disturb(8, '[{ drop: 30% }, { duplicate: 30% }, { reorder: 4s }]', { seed: 7 }))).toMatchInlineSnapshot(
    `"0@1.542227/1 0@2.837353/1 1@3.606237/3 2@3.961699/0 5@5.048512/0 3@5.582712/1 4@6.451146/3 6@7.773551/1 6@8.606317/1"`,
  )
})

test('chance does not depend on the other faults', () => {
  /** Which rows are late. */
  const late = (faults: string): number[] => {
    const { columns } = disturb(1000, faults)
    return [...columns.values].filter((_, row) => columns.arrives[row] !== columns.timestamps[row])
  }
  const alone = late('[{ late: 1ms, of: 10% }]')
  const { values: left } = disturb(1000, '[{ drop: 20% }]').columns
  const both = alone.filter((value) => left.includes(value))
  expect(both.length).toBeLessThan(alone.length)
  expect(late('[{ drop: 20% }, { late: 1ms, of: 10% }]')).toEqual(both)
  expect(late('[{ late: 1ms, of: 10% }, { drop: 20% }]')).toEqual(both)
  // A larger share includes the smaller one, and a second fault of the same kind is independent.
  expect(late('[{ late: 1ms, of: 20% }]')).toEqual(expect.arrayContaining(alone))
  expect(late('[{ late: 1ms, of: 10% }, { late: 1ms, of: 10% }]').length).toBeGreaterThan(alone.length * 1.5)
})

test('copies have their own chance', () => {
  const { lines } = disturb(1000, '[{ duplicate: 100% }, { drop: 50% }]').columns
  const counts = Map.groupBy(lines, (line) => line)
  const left = [...counts.values()].map(({ length }) => length)
  expect(left.filter((count) => count === 1).length).toBeGreaterThan(400)
  expect(left.filter((count) => count === 2).length).toBeGreaterThan(150)
})

test('the input itself is not changed', () => {
  const columns = inputOf(50)
  const faults = faultsOf(
    '[{ skew: 2s }, { late: 1s }, { burst: 9s, at: +9s }, { disconnect: edge-a, at: +3s, for: 2s }]',
  )
  applyFaults(columns, faults, context)
  expect(columns).toEqual(inputOf(50))
})

test('a fault that touches no row is an error', () => {
  expect([
    refusal(6, '[{ gap: 5m, at: +10m }]'),
    refusal(6, '[{ burst: 1s, at: +500ms, producer: edge-a }]'),
    refusal(6, '[{ drop: 100%, series: hum }, { late: 30s, of: 10%, series: hum }]'),
    refusal(0, '[{ duplicate: 5% }]'),
    refusal(6, '[{ close: edge-a, at: +10s }]'),
    refusal(0, '[{ disconnect: edge-a, at: +10s, for: 1s }]'),
  ]).toMatchInlineSnapshot(`
    [
      "bad-fault: cannot apply the fault { gap: 5m, at: +10m }: it touches no row of the input: no row arrives from 1970-01-01T00:10:00Z on and before 1970-01-01T00:15:00Z",
      "bad-fault: cannot apply the fault { burst: 1s, at: +500ms, producer: edge-a }: it touches no row of the input: no row arrives from 1970-01-01T00:00:00.500Z on and before 1970-01-01T00:00:01.500Z",
      "bad-fault: cannot apply the fault { late: 30s, of: 10%, series: hum }: it touches no row of the input: no row is left that it could affect",
      "bad-fault: cannot apply the fault { duplicate: 5% }: it touches no row of the input: no row is left that it could affect",
      "bad-fault: cannot apply the fault { close: edge-a, at: +10s }: it touches no row of the input: the last time is 1970-01-01T00:00:05Z",
      "bad-fault: cannot apply the fault { disconnect: edge-a, at: +10s, for: 1s }: it touches no row of the input: the input is empty",
    ]
  `)
  // The run continues, so a writeback may find the producer gone.
  expect(disturb(6, '[{ close: edge-a, at: +10s }]', { until: { at: 20 * second } }).closings).toHaveLength(1)
})

test('a name that is not in the input is an error that lists the names that are', () => {
  expect([
    refusal(6, '[{ close: edge-x, at: +1s }]'),
    refusal(6, '[{ drop: 2%, producer: gateway }]'),
    refusal(6, '[{ drop: 2%, series: tmp }]'),
    refusal(6, '[{ close: edge-a, at: +1s }]', { producerIds: new Map() }),
    refusal(6, '[{ drop: 2%, producer: x }]', {
      producerIds: new Map(Array.from({ length: 100 }, (_, index) => [`p${index}`, index + 1])),
    }),
  ]).toMatchInlineSnapshot(`
    [
      "bad-fault: cannot apply the fault { close: edge-x, at: +1s }: there is no producer "edge-x" in the input; did you mean "edge-a"? known producers: edge-a, edge-b",
      "bad-fault: cannot apply the fault { drop: 2%, producer: gateway }: there is no producer "gateway" in the input; known producers: edge-a, edge-b",
      "bad-fault: cannot apply the fault { drop: 2%, series: tmp }: there is no series "tmp" in the input; did you mean "temp"? known series: temp, hum",
      "bad-fault: cannot apply the fault { close: edge-a, at: +1s }: there is no producer "edge-a" in the input; it has none",
      "bad-fault: cannot apply the fault { drop: 2%, producer: x }: there is no producer "x" in the input; known producers: p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17, p18, p19, and 80 more",
    ]
  `)
})

test('faults that contradict each other are an error, and so are times out of range', () => {
  const twice = (one: string, other: string): string => refusal(30, `[{ ${one} }, { ${other} }]`)
  expect([
    twice('close: edge-a, at: +3s', 'close: edge-a, at: +4s'),
    twice('disconnect: edge-a, at: +3s, for: 5s', 'close: edge-a, at: +4s'),
    twice('disconnect: edge-a, at: +9s, for: 5s', 'disconnect: edge-a, at: +4s, for: 7s'),
    twice('disconnect: edge-a, at: +9s, for: 5s', 'close: edge-a, at: +4s'),
    refusal(6, '[{ late: 104249d }, { late: 1d }]'),
  ]).toMatchInlineSnapshot(`
    [
      "bad-fault: cannot apply the fault { close: edge-a, at: +4s }: another fault has closed the connection of edge-a by 1970-01-01T00:00:04Z",
      "bad-fault: cannot apply the fault { close: edge-a, at: +4s }: another fault has closed the connection of edge-a by 1970-01-01T00:00:04Z",
      "bad-fault: cannot apply the fault { disconnect: edge-a, at: +4s, for: 7s }: edge-a would still be away at 1970-01-01T00:00:09Z, when another fault closes its connection",
      "bad-fault: cannot apply the fault { close: edge-a, at: +4s }: edge-a would still be away at 1970-01-01T00:00:09Z, when another fault closes its connection",
      "bad-fault: cannot apply the fault { late: 1d }: it leads to times beyond the year 2255, expected less",
    ]
  `)
})
