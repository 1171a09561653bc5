/** Modules whose names are an attack on whoever reads them: long, many, or made to drive a terminal. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../src/cli/main.ts'
import { checkModule } from '../src/guest/check/check-module.ts'
import type { GuestOutcome } from '../src/guest/contract/guest-outcome.ts'
import { prepareGuest } from '../src/guest/load/load-guest.ts'
import { GuestInstance } from '../src/guest/run/guest-instance.ts'
import { ByteWriter } from '../src/guest/wasm/byte-writer.ts'
import { readWasmBinary } from '../src/guest/wasm/wasm-binary.ts'
import { assemble, guestText } from './compile-guest.ts'
import { ScriptedHost } from './scripted-host.ts'

const drivesTerminal = '\u001b[2J\u001b]0;owned\u0007\r\nFAKE LOG LINE \u202e'
const hostile = drivesTerminal + 'a'.repeat(1_000_000)
// oxlint-disable-next-line no-control-regex -- that is the question
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/

/** A section with its size. */
function section(id: number, write: (payload: ByteWriter) => void): Uint8Array {
  const payload = new ByteWriter(64)
  write(payload)
  const whole = new ByteWriter(payload.length + 8)
  whole.write([id])
  whole.unsigned(payload.length)
  whole.write(payload.bytes())
  return whole.bytes()
}

function writeText(writer: ByteWriter, text: string): void {
  const bytes = Buffer.from(text)
  writer.unsigned(bytes.length)
  writer.write(bytes)
}

/** A number of a source map's mappings. */
function vlq(value: number): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  let text = ''
  for (let rest = value * 2; ; rest >>= 5) {
    text += digits[(rest & 31) | (rest > 31 ? 32 : 0)]
    if (rest <= 31) return text
  }
}

/** A module that imports so many functions that no host has. */
function importing(count: number, name: string): Uint8Array {
  const plain = assemble('(module)')
  const types = section(1, (payload) => payload.write([1, 0x60, 0, 0]))
  const imports = section(2, (payload) => {
    payload.unsigned(count)
    for (let index = 0; index < count; index++) {
      writeText(payload, `nobody${index}`)
      writeText(payload, name)
      payload.write([0, 0])
    }
  })
  return Buffer.concat([plain.subarray(0, 8), types, imports])
}

/** A module that imports a function with so many parameters. */
function importingType(parameterCount: number): Uint8Array {
  const plain = assemble('(module)')
  const types = section(1, (payload) => {
    payload.write([1, 0x60])
    payload.unsigned(parameterCount)
    payload.write(new Uint8Array(parameterCount).fill(0x7f))
    payload.write([0])
  })
  const imports = section(2, (payload) => {
    payload.write([1])
    writeText(payload, 'env')
    writeText(payload, 'u_poll_handle')
    payload.write([0, 0])
  })
  return Buffer.concat([plain.subarray(0, 8), types, imports])
}

async function check(bytes: Uint8Array, ...flags: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-names-'))
  let text = ''
  const collect = (part: string): void => void (text += part)
  try {
    const file = join(folder, 'hostile.wasm')
    await writeFile(file, bytes)
    await runProgram(['check', file, ...flags], { out: collect, error: collect })
    return text
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('the frames of a trap have names and places that are printable, and not long', async () => {
  const module = assemble(guestText('(unreachable)'))
  const start = readWasmBinary(module).bodyOffsets[2]!
  const map = { version: 3, sources: [hostile], names: [], mappings: `${vlq(start)}AAA` }
  const mapUrl = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
  const names = section(0, (payload) => {
    writeText(payload, 'name')
    const functions = section(1, (entries) => {
      entries.unsigned(1)
      entries.unsigned(2)
      writeText(entries, hostile)
    })
    payload.write(functions)
  })
  const sourceMap = section(0, (payload) => {
    writeText(payload, 'sourceMappingURL')
    writeText(payload, mapUrl)
  })
  const guest = await prepareGuest('hostile.wasm', Buffer.concat([module, names, sourceMap]))
  const outcome = (await new GuestInstance(guest, new ScriptedHost()).call()) as GuestOutcome & { kind: 'trapped' }
  const [frame] = outcome.trap.frames
  expect(frame!.function).toMatch(/^\ufffd\[2J\ufffd\]0;owned\ufffd {2}FAKE LOG LINE \ufffda{300,}…$/)
  expect(frame!.location).toMatch(/^\ufffd\[2J\ufffd\]0;owned\ufffd {2}FAKE LOG LINE \ufffda{300,}…$/)
  expect(JSON.stringify(outcome).length).toBeLessThan(2000)
})

test('an abort text is printable, line by line, and cut', async () => {
  const host = new ScriptedHost()
  const text = `abort: ${drivesTerminal}${'b'.repeat(10_000)}`
  const print = `(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const ${text.length}))
    (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (unreachable)`
  const bytes = assemble(
    guestText(
      print,
      `(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
       (data (i32.const 16) "${text.replaceAll(/[^ -~]/g, (character) => [...Buffer.from(character)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join(''))}")`,
    ),
  )
  const guest = await prepareGuest('hostile.wasm', bytes)
  const outcome = (await new GuestInstance(guest, host).call()) as GuestOutcome & { kind: 'trapped' }
  expect(outcome.trap.message).not.toMatch(unprintable)
  expect(outcome.trap.message.length).toBeLessThan(5000)
})

test('the refusal of a module with many bad imports says how many there are, and shows some', async () => {
  const { report } = checkModule(importing(300_000, drivesTerminal))
  expect(report.importCount).toBe(300_000)
  expect(report.problems.find(({ message }) => message.startsWith('…'))).toEqual({
    code: 'unknown-import',
    message: '… and 299,980 more imports that no host has, or not with that type',
    remedy: 'begin with those above',
  })
  expect(JSON.stringify(report).length).toBeLessThan(200_000)
  const printed = await check(importing(300_000, drivesTerminal))
  expect(printed).not.toMatch(unprintable)
  expect(printed).toContain('  … and 299,900 more imports\n')
  expect(printed.length).toBeLessThan(30_000)
})

test('long names make no long report', async () => {
  const bytes = importing(100, hostile)
  expect((await check(bytes)).length).toBeLessThan(100_000)
  expect((await check(bytes, '--json')).length).toBeLessThan(100_000)
})

test('a function with a million parameters has a short type', async () => {
  const printed = await check(importingType(1_000_000))
  expect(printed).toContain('i32, … and 999980 more) -> (); the host has (i64) -> i32')
  expect(printed.length).toBeLessThan(2000)
})

test('a message of a command is printable, whatever answers', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(400).end(JSON.stringify({ error: hostile }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    let text = ''
    const collect = (part: string): void => void (text += part)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await runProgram(['query', 'COUNT:temp:[]', '--url', url], { out: collect, error: collect })
    expect(text).toContain('FAKE LOG LINE')
    expect(text).not.toMatch(unprintable)
    expect(text.length).toBeLessThan(70_000)
  } finally {
    server.close()
  }
})
