import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readYaml, type Report } from './located.ts'
import { describeFault } from '../faults/describe-fault.ts'
import type { Fault } from '../faults/fault.ts'
import { parseFaults } from './parse-faults.ts'

/** Reads the items of a list. */
function parse(...items: readonly string[]): { faults: Fault[]; problems: string[] } {
  const problems: string[] = []
  const report: Report = ({ line, column }, message) => problems.push(`${line}:${column}: ${message}`)
  const located = readYaml(items.map((item) => `- ${item}`).join('\n'), report)
  return { faults: located === null ? [] : parseFaults(located, report), problems }
}

const all = { series: null, producer: null }

test('every fault is read', () => {
  const { faults, problems } = parse(
    '{ duplicate: 5% }',
    '{ late: 30s, of: 10% }',
    '{ reorder: 10s }',
    '{ drop: 0.02, series: temp, producer: edge-a }',
    '{ gap: 5m, at: +10m }',
    '{ skew: -2s, producer: 7 }',
    '{ burst: 1 min, at: 1970-01-01T00:00:07Z }',
    '{ disconnect: edge-a, at: +5m, for: 2m }',
    '{ close: 7, at: 7000000 }',
  )
  expect(problems).toEqual([])
  expect(faults).toEqual([
    { kind: 'duplicate', share: 0.05, ...all },
    { kind: 'late', micros: 30_000_000, share: 0.1, ...all },
    { kind: 'reorder', micros: 10_000_000, share: 1, ...all },
    { kind: 'drop', share: 0.02, series: 'temp', producer: 'edge-a' },
    { kind: 'gap', micros: 300_000_000, at: { offset: 600_000_000 }, ...all },
    { kind: 'skew', micros: -2_000_000, series: null, producer: '7' },
    { kind: 'burst', micros: 60_000_000, at: { at: 7_000_000 }, ...all },
    { kind: 'disconnect', producer: 'edge-a', at: { offset: 300_000_000 }, micros: 120_000_000 },
    { kind: 'close', producer: '7', at: { at: 7_000_000 } },
  ])
})

test('a described fault reads as the same fault', () => {
  const micros = fc.integer({ min: 1, max: 1_000_000_000 }).map((millis) => millis * 1000)
  const at = fc.oneof(
    micros.map((offset) => ({ offset })),
    fc.integer({ min: -1e12, max: 1e15 }).map((time) => ({ at: time })),
  )
  const share = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
    fc.nat(10_000).map((hundredths) => hundredths / 10_000),
  )
  const name = fc.oneof(
    fc.constantFrom(
      'edge-a',
      '7',
      '07',
      'true',
      'Null',
      '1e3',
      '-',
      'a: b',
      '# x',
      '{',
      "it's",
      '"',
      'a, b',
      '~',
      'yes',
    ),
    fc.string({ minLength: 1 }),
  )
  const narrowed = { series: fc.option(name.filter((text) => !/^[1-9]\d*$/.test(text))), producer: fc.option(name) }
  const skew = fc.oneof(
    micros,
    micros.map((each) => -each),
  )
  const away = fc.oneof(fc.constant(0), micros)
  const fault: fc.Arbitrary<Fault> = fc.oneof(
    fc.record({ kind: fc.constantFrom('duplicate', 'drop'), share, ...narrowed }),
    fc.record({ kind: fc.constantFrom('late', 'reorder'), micros, share, ...narrowed }),
    fc.record({ kind: fc.constantFrom('gap', 'burst'), micros, at, ...narrowed }),
    fc.record({ kind: fc.constant('skew'), micros: skew, ...narrowed }),
    fc.record({ kind: fc.constant('disconnect'), producer: name, at, micros: away }),
    fc.record({ kind: fc.constant('close'), producer: name, at }),
  )
  fc.assert(
    fc.property(fault, (written) => {
      const text = describeFault(written)
      expect(text).not.toMatch(/[\r\n]/)
      expect(parse(text)).toEqual({ faults: [written], problems: [] })
    }),
  )
})

test('a fault is described as people write it', () => {
  const texts = [
    '{ duplicate: 7% }',
    '{ late: 30s, of: 10%, series: temp }',
    '{ reorder: 250ms }',
    '{ drop: 0.1%, producer: 7 }',
    '{ gap: 5m, at: +10m }',
    '{ skew: -2s }',
    '{ burst: 1d, at: 2026-01-01T00:00:07Z }',
    '{ disconnect: edge-a, at: +0s, for: 0s }',
    '{ close: "edge a", at: +90s }',
  ]
  expect(parse(...texts).faults.map(describeFault)).toEqual(texts)
})

test('what is not a fault is reported with its place', () => {
  expect(
    parse(
      'drop',
      '{}',
      '{ of: 10% }',
      '{ duplcate: 5% }',
      '{ drop: 2%, late: 30s }',
      '{ drop: 2%, of: 10% }',
      '{ drop: 101% }',
      '{ drop: 5 }',
      '{ late: 0s }',
      '{ late: 30 }',
      '{ skew: -0s }',
      '{ gap: 5m }',
      '{ burst: 1m, at: soon }',
      '{ disconnect: edge-a }',
      '{ disconnect: , at: +5m, for: 2m }',
      '{ close: edge-a, at: +5m, series: temp }',
      '{ drop: 2%, series: 7, producer: [] }',
    ).problems,
  ).toMatchInlineSnapshot(`
    [
      "1:3: a fault is the string "drop", expected a mapping such as { drop: 2% }, with one of duplicate, late, reorder, drop, gap, skew, disconnect, burst or close",
      "2:3: a fault does not say what happens: expected one of duplicate, late, reorder, drop, gap, skew, disconnect, burst or close",
      "3:3: a fault does not say what happens: expected one of duplicate, late, reorder, drop, gap, skew, disconnect, burst or close",
      "4:5: unknown key "duplcate" in a fault; did you mean "duplicate"? known keys: duplicate, late, reorder, drop, gap, skew, disconnect, burst, close, of, at, for, series, producer",
      "5:3: a fault has both "late" and "drop": expected a separate item for each",
      "6:15: unknown key "of" in a drop fault; known keys: drop, series, producer",
      "7:11: "drop" of a fault is the string "101%", expected a share of the rows: 0% to 100%, or a number from 0 to 1",
      "8:11: "drop" of a fault is number 5, expected a share of the rows: 0% to 100%, or a number from 0 to 1",
      "9:11: "late" of a fault is 0, which changes nothing: expected a duration such as 30s",
      "10:11: "late" of a fault is number 30, expected a duration such as 250ms, 10s or 2h",
      "11:11: "skew" of a fault is 0, which changes nothing: expected a duration such as 30s",
      "12:3: a gap fault has no "at": expected when it happens, such as +10m",
      "13:20: "at" of a burst fault is the string "soon", expected a time: 2026-01-01T00:00:07Z, 2026-01-01 00:00:07 (UTC) or microseconds since 1970; or +10m",
      "14:3: a disconnect fault has no "at": expected when it happens, such as +10m",
      "14:3: a disconnect fault has no "for": expected how long it is away, such as 2m",
      "15:17: "disconnect" of a fault is empty, expected a string",
      "16:29: unknown key "series" in a close fault; known keys: close, at",
      "17:23: "series" of a fault is number 7, expected a string (in quotes: "7")",
      "17:36: "producer" of a fault is a list, expected a string",
    ]
  `)
})

test('faults are a list', () => {
  const problems: string[] = []
  const report: Report = (_at, message) => problems.push(message)
  expect(parseFaults(readYaml('drop: 2%', report)!, report)).toEqual([])
  expect(problems).toMatchInlineSnapshot(`
    [
      ""faults" is a mapping, expected a list such as [{ drop: 2% }, { late: 30s, of: 10% }]",
    ]
  `)
})
