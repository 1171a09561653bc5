import type { ReplayRun } from '../run/replay-run.ts'
import { expect, test } from 'vitest'
import { describeNotes } from '../run/describe-notes.ts'
import { quietRun } from '../../test/quiet-run.ts'
import { describeRun } from './describe-run.ts'
import { jsonLines } from './json-lines.ts'

const cause = null
const run: ReplayRun = {
  ...quietRun,
  workflow: 'alert.wasm',
  at: 10_000_000,
  rows: 200,
  rowsTotal: 200,
  delivered: 199,
  // The keys are in a different order from the lines.
  timeline: [
    { kind: 'log', stream: 'host', text: 'warning: this\nand that', at: 0, cause },
    {
      status: 0,
      body: '{"level":"high"}',
      url: 'https://a.example/',
      method: 'POST',
      at: 7_000_000,
      kind: 'http',
      cause,
    },
    { kind: 'ws', at: 7_500_000, producer: 1, text: 'ALERT', cause },
    { kind: 'event', at: 8_000_000, timestamp: 7_000_000, series: 'hourly', value: 41.2, tags: ['a=1', 'b'], cause },
    { kind: 'log', at: 9_000_000, stream: 'stdout', text: 'done', cause },
  ],
  writebacks: [{ kind: 'ws', at: 7_500_000, producer: 1, text: 'ALERT', cause }],
}

test('a run is printed entry by entry, with a summary', () => {
  expect([...describeRun(run)].join('')).toMatchInlineSnapshot(`
    "alert.wasm: starts 1970-01-01T00:00:00Z, delivery queue, seed 1

    00:00:00      HOST warning: this
                       and that
    00:00:07      POST https://a.example/ {"level":"high"}  → no response
    00:00:07.500  WS edge-a "ALERT"
    00:00:08      EVENT hourly 41.2 {a=1,b} timestamp 00:00:07
    00:00:09      STDOUT done

    200 rows, 199 Events delivered, 1 writeback: drained
    "
  `)
})

test('the summary says what was late or coalesced, and how a run failed', () => {
  const counted: ReplayRun = { ...run, timeline: [], writebacks: [], rows: 17, late: 2, coalesced: 1 }
  const silent: ReplayRun = { ...counted, notes: describeNotes(counted) }
  expect([...describeRun({ ...silent, outcome: 'returned', code: 1 })].join('')).toMatchInlineSnapshot(`
    "alert.wasm: starts 1970-01-01T00:00:00Z, delivery queue, seed 1

    17 of 200 rows, 199 Events delivered, 0 writebacks: returned 1
    note: 1 Event coalesced into newer ones: a queue was full before it was polled
    note: 2 samples arrived behind the window of a live query
    "
  `)
  const trap = {
    code: 'unreachable',
    message: 'unreachable: the code said so',
    frames: [{ function: 'main', location: 'src/main.rs:4:2' }],
  } as const
  expect([...describeRun({ ...silent, outcome: 'trapped', trap })].join('')).toMatchInlineSnapshot(`
    "alert.wasm: starts 1970-01-01T00:00:00Z, delivery queue, seed 1

    17 of 200 rows, 199 Events delivered, 0 writebacks: trapped
    the workflow trapped after 17 of 200 rows: unreachable: the code said so
        in main (src/main.rs:4:2)
    note: 1 Event coalesced into newer ones: a queue was full before it was polled
    note: 2 samples arrived behind the window of a live query
    "
  `)
})

test('JSON lines have their keys in the promised order, and the last one is the end', () => {
  expect([...jsonLines(run)].join('')).toMatchInlineSnapshot(`
    "{"kind":"log","at":0,"stream":"host","text":"warning: this\\nand that"}
    {"kind":"http","at":7000000,"method":"POST","url":"https://a.example/","body":"{\\"level\\":\\"high\\"}","status":0}
    {"kind":"ws","at":7500000,"producer":1,"text":"ALERT"}
    {"kind":"event","at":8000000,"timestamp":7000000,"series":"hourly","value":41.2,"tags":["a=1","b"]}
    {"kind":"log","at":9000000,"stream":"stdout","text":"done"}
    {"kind":"end","at":10000000,"outcome":"drained","code":null,"rows":200,"delivered":199}
    "
  `)
  expect([...jsonLines({ ...run, timeline: [], outcome: 'returned', code: 0 })].join('')).toBe(
    '{"kind":"end","at":10000000,"outcome":"returned","code":0,"rows":200,"delivered":199}\n',
  )
})
