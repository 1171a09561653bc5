// Every way a guest can fail: the host survives and reports what happened, where, and why.
import { expect, test } from 'vitest'
import { GuestInstance } from '../src/guest/run/guest-instance.ts'
import type { GuestOutcome, GuestTrap } from '../src/guest/contract/guest-outcome.ts'
import { prepareGuest, type GuestModule } from '../src/guest/load/load-guest.ts'
import { assemble, guestText, loadTestGuest, loadTextGuest } from './compile-guest.ts'
import { makeEvent, ScriptedHost } from './scripted-host.ts'

async function trapOf(guest: GuestModule, host: ScriptedHost = new ScriptedHost()): Promise<GuestTrap> {
  const outcome: GuestOutcome = await new GuestInstance(guest, host).call()
  expect(outcome.kind).toBe('trapped')
  return (outcome as Extract<GuestOutcome, { kind: 'trapped' }>).trap
}

test('a trap names the functions of the author and their lines, innermost first', async () => {
  const trap = await trapOf(await loadTestGuest('unreachable'))
  expect(trap).toEqual({
    code: 'unreachable',
    message: 'the guest reached an "unreachable" instruction',
    frames: [
      { function: 'unreachable/inner', location: expect.stringMatching(/^unreachable\.ts:5:\d+$/) },
      { function: 'unreachable/inner', location: expect.stringMatching(/^unreachable\.ts:6:\d+$/) },
      { function: 'unreachable/outer', location: expect.stringMatching(/^unreachable\.ts:10:\d+$/) },
      { function: 'unreachable/call', location: expect.stringMatching(/^unreachable\.ts:14:\d+$/) },
    ],
  })
})

test('an abort shows its text in any alphabet and its place', async () => {
  const trap = await trapOf(await loadTestGuest('abort'))
  expect(trap.code).toBe('abort')
  expect(trap.message).toBe('the guest aborted: Pegel zu hoch: über 3 Ω (abort.ts:5:18)')
  expect(trap.frames).toEqual([
    { function: 'abort/decide', location: expect.stringMatching(/^abort\.ts:5:\d+$/) },
    { function: 'abort/call', location: expect.stringMatching(/^abort\.ts:9:\d+$/) },
  ])
})

test('a panic text on stderr is joined into the message', async () => {
  const host = new ScriptedHost()
  const trap = await trapOf(await loadTestGuest('panic'), host)
  expect(trap.code).toBe('unreachable')
  expect(trap.message).toBe(
    'the guest reached an "unreachable" instruction: thread \'main\' panicked at src/lib.rs:5:82:' +
      ' index out of bounds: the len is 3 but the index is 7',
  )
  expect(host.stderr).toHaveLength(3)
})

test.each(['endless-recursion', 'deep-recursion'])('%s is a stack overflow', async (name) => {
  const trap = await trapOf(await loadTestGuest(name))
  expect(trap.code).toBe('stack-overflow')
  expect(trap.message).toMatch(/stack: its recursion is too deep or endless$/)
  expect(trap.frames.length).toBeGreaterThan(0)
  expect(trap.frames.length).toBeLessThan(5)
  expect(trap.frames[0]!.function).toBe(`${name}/descend`)
})

test('an allocation bomb stops at the memory cap, which the message names', async () => {
  const trap = await trapOf(await loadTestGuest('allocation-bomb', { memoryPagesMax: 160 }))
  expect(trap.code).toBe('memory-exhausted')
  expect(trap.message).toMatch(/guest memory is (?:at its limit of 160 pages|near its limit: 1\d\d of 160 pages)$/)
  expect(trap.frames).toEqual([{ function: 'allocation-bomb/call', location: expect.stringMatching(/:7:\d+$/) }])
})

test('one allocation that is too large is named, although most of the memory is free', async () => {
  const trap = await trapOf(await loadTestGuest('large-allocation'))
  expect(trap.code).toBe('memory-exhausted')
  expect(trap.message).toMatch(
    /^the guest ran out of memory: an allocation failed; guest memory has \d+ of 4,096 pages: it asked for more than the rest$/,
  )
  expect(trap.frames).toEqual([{ function: 'large-allocation/call', location: expect.stringMatching(/:5:\d+$/) }])
})

test.each([
  // Moves the pointer and goes on, until the address is below 0.
  [
    '(global.set $sp (i32.sub (global.get $sp) (i32.const 4096))) (i32.store (global.get $sp) (i32.const 1)) (br $again)',
  ],
  // The last function of a chain does not move it.
  ['(global.set $sp (i32.const 512)) (i32.store (i32.sub (global.get $sp) (i32.const 4096)) (i32.const 1))'],
])('an access below the stack in memory is its overflow: %s', async (body) => {
  const sp = '(global $sp (mut i32) (i32.const 65536))'
  const trap = await trapOf(await loadTextGuest(`(loop $again ${body}) (i32.const 0)`, sp))
  expect(trap).toMatchObject({
    code: 'stack-overflow',
    message:
      'the guest overflowed its own stack of 65,536 bytes: its recursion is too deep or endless, or its local variables are too large',
  })
})

test.each([
  ['the stack is fine', '(global $sp (mut i32) (i32.const 65536))'],
  ['there is no stack', '(global $sp i32 (i32.const 0))'],
  ['the number is no pointer', '(global $sp (mut f64) (f64.const -1))'],
  ['another export has the name', '(global $sp (mut i32) (i32.const 7)) (export "slung.stack_pointer" (func $call))'],
])('%s: an access outside the memory stays one', async (_what, globals) => {
  const trap = await trapOf(await loadTextGuest('(i32.load (i32.const -4))', globals))
  expect(trap).toMatchObject({ code: 'memory-out-of-bounds', message: 'the guest read or wrote outside its memory' })
})

test('a host function that finds the stack used up reports the overflow, not itself', async () => {
  const host = new ScriptedHost()
  const descend = (): never => descend()
  host.queryHistory = descend
  const region = '(data (i32.const 8) "\\01")'
  const guest = await loadTextGuest(
    '(i32.trunc_sat_f64_s (call $history (i32.const 8)))',
    `(import "env" "u_query_history" (func $history (param i32) (result f64))) ${region}`,
  )
  expect(await trapOf(guest, host)).toMatchObject({ code: 'stack-overflow' })
  expect(host.refusals).toEqual([])
})

test.each(['host-call-at-start', 'http-at-start'])('%s is explained, with the line to move', async (name) => {
  const trap = await trapOf(await loadTestGuest(name))
  expect(trap.code).toBe('start-failed')
  expect(trap.message).toMatch(
    /^the guest called .* while starting, when host calls cannot work: move it into call\(\)$/,
  )
  expect(trap.frames[0]!.location).toMatch(new RegExp(`^${name}\\.ts:5:`))
})

test('an abort at the top level is explained too', async () => {
  const trap = await trapOf(await loadTestGuest('abort-at-start'))
  expect(trap.code).toBe('start-failed')
  expect(trap.message).toBe(
    'the guest aborted while starting, before its text could be read: move that code into call()',
  )
})

test('an allocate that returns nonsense ends the run instead of corrupting memory', async () => {
  const guest = await loadTestGuest('bad-allocate')
  const outside = new ScriptedHost()
  outside.events.push(makeEvent({ tags: [], producers: [] }))
  expect(await trapOf(guest, outside)).toMatchObject({
    code: 'memory-out-of-bounds',
    message: expect.stringMatching(
      /^the guest's allocate\(\d+\) returned 4294901760, outside its \d+ bytes of memory$/,
    ),
  })
  const none = new ScriptedHost()
  none.events.push(makeEvent({ tags: ['x'.repeat(100)] }))
  expect(await trapOf(guest, none)).toMatchObject({
    code: 'memory-exhausted',
    message: expect.stringMatching(/^the guest's allocate\(\d+\) returned 0: it has no memory for an answer$/),
  })
})

test('an error inside the host is distinguished from one of the guest', async () => {
  const host = new ScriptedHost()
  host.poll = () => {
    throw new TypeError('queue is undefined')
  }
  const trap = await trapOf(await loadTestGuest('forward'), host)
  expect(trap.code).toBe('host-failure')
  expect(trap.message).toBe('u_poll_handle failed inside the host: queue is undefined')
})

test.each([
  ['(unreachable)', 'unreachable'],
  ['(i32.load (i32.const -4))', 'memory-out-of-bounds'],
  ['(i32.div_s (i32.const 1) (i32.const 0))', 'divide-by-zero'],
  ['(i32.rem_u (i32.const 1) (i32.const 0))', 'divide-by-zero'],
  ['(i32.div_s (i32.const -2147483648) (i32.const -1))', 'integer-overflow'],
  ['(i32.trunc_f64_s (f64.const 1e300))', 'bad-conversion'],
  ['(call_indirect (type $result) (i32.const 99))', 'table-out-of-bounds'],
  ['(call_indirect (type $result) (i32.const 1))', 'bad-indirect-call'],
  ['(call_indirect (type $result) (i32.const 0))', 'bad-indirect-call'],
  ['(throw $oops)', 'unreachable'],
])('%s has the code %s', async (body, code) => {
  const trap = await trapOf(
    await loadTextGuest(
      body,
      '(type $result (func (result i32))) (table 2 funcref) (elem (i32.const 1) $other) (func $other) (tag $oops)',
    ),
  )
  expect(trap.code).toBe(code)
  expect(trap.message).toMatch(/^the guest /)
})

test('names of Rust are readable, and frames of its library are left out', async () => {
  const hash = '17h0123456789abcdefE'
  const text = guestText(
    `(call $_ZN5guest8workflow${hash})`,
    `(func $rust_begin_unwind (unreachable))
     (func $_ZN4core9panicking9panic_fmt${hash} (call $rust_begin_unwind))
     (func $_ZN5guest8workflow${hash} (result i32) (call $_ZN4core9panicking9panic_fmt${hash}) (i32.const 0))`,
  )
  const trap = await trapOf(await prepareGuest('rust.wasm', assemble(text, true)))
  expect(trap.frames).toEqual([
    { function: 'guest::workflow', location: null },
    { function: 'call', location: null },
  ])
  const unnamed = await trapOf(await prepareGuest('rust.wasm', assemble(text)))
  expect(unnamed.frames[0]!.function).toMatch(/^wasm-function\[\d+\]$/)
})

test('a guest that catches exceptions cannot go on after its run has ended', async () => {
  const guest = await loadTextGuest(
    `(try (do (call $exit (i32.const 3))) (catch_all))
     (try (do (drop (call $live (i32.const 8)))) (catch_all))
     (i32.const 0)`,
    `(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
     (import "env" "u_query_live" (func $live (param i32) (result i64)))`,
  )
  const host = new ScriptedHost()
  expect(await new GuestInstance(guest, host).call()).toEqual({ kind: 'returned', code: 3 })
  expect(host.calls).toEqual([])
})
