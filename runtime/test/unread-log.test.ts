/** A runtime whose log nobody reads: real processes behind real pipes. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import { compileGuest } from './compile-guest.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-log-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const program = fileURLToPath(new URL('slung.ts', import.meta.url))
const patience = { timeout: 60_000, interval: 20 }

/** A pipe that is read only on request. */
class Pipe {
  readonly #reader: number
  /** For the process that writes. */
  readonly writer: number

  constructor(name: string) {
    const path = join(folder, name)
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path])
    this.#reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    this.writer = openSync(path, constants.O_WRONLY)
  }

  /** What is in it now. */
  read(): string {
    let text = ''
    for (const buffer = Buffer.alloc(65_536); ;) {
      try {
        const count = readSync(this.#reader, buffer)
        if (count === 0) return text
        text += buffer.toString('latin1', 0, count)
      } catch {
        return text
      }
    }
  }

  /** Leaves no room in it. */
  fill(): void {
    const writer = openSync(`/dev/fd/${this.writer}`, constants.O_WRONLY | constants.O_NONBLOCK)
    try {
      for (;;) writeSync(writer, 'x'.repeat(4096))
    } catch {
      closeSync(writer)
    }
  }

  close(): void {
    closeSync(this.#reader)
    closeSync(this.writer)
  }
}

test('a log that nobody reads stops nothing, and says how much was left out when it is read again', async () => {
  const workflow = join(folder, 'chatty.wasm')
  await writeFile(workflow, (await compileGuest('prints-a-lot')).get('prints-a-lot.wasm')!)
  const log = new Pipe('log')
  const child = spawn(process.execPath, [program, 'run', workflow, '--port', '0', '--log-format', 'json'], {
    stdio: ['ignore', log.writer, 'inherit'],
  })
  const exited = once(child, 'exit')
  try {
    let text = ''
    const url = await vi.waitFor(() => {
      text += log.read()
      return /listening on (http:[^\s;"]+)/.exec(text)![1]!
    }, patience)
    const socket = new WebSocket(url.replace('http', 'ws'), ['slung.ack.v1'])
    await once(socket, 'open')
    socket.send(encodeEvents([{ series: 'go', timestamp: 1, value: 1, tags: [] }]))
    await once(socket, 'message')

    const dropped = await vi.waitFor(async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      const count = Number(/^slung_log_lines_dropped_total (\d+)$/m.exec(metrics)![1])
      expect(count).toBeGreaterThan(0)
      return count
    }, patience)

    expect((await fetch(`${url}/health`)).status).toBe(200)
    socket.send(encodeEvents([{ series: 'temp', timestamp: 1, value: 1, tags: [] }]))
    const [ack] = (await once(socket, 'message')) as [Buffer]
    expect(ack.toString()).toBe('{"ack":2}')
    socket.terminate()

    await vi.waitFor(() => {
      text += log.read()
      expect(text).toMatch(/left out here.*\n/)
    }, patience)
    const lines = text.trimEnd().split('\n')
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
    const numbers = messages.flatMap((message) => /^(\d+) x/.exec(message)?.[1] ?? []).map(Number)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    const [, leftOut] = /^(\d+) lines? of the log left out here/.exec(
      messages.find((one) => one.includes('left out'))!,
    )!
    expect(Number(leftOut)).toBeGreaterThanOrEqual(dropped)

    log.fill()
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
    log.close()
  }
})

test('warnings that nobody reads do not keep it from ending', async () => {
  const [log, errors] = [new Pipe('log'), new Pipe('errors')]
  errors.fill()
  const child = spawn(process.execPath, [program, 'run', '--port', '0', '--token', 'seen-in-the-process-list'], {
    stdio: ['ignore', log.writer, errors.writer],
  })
  const exited = once(child, 'exit')
  try {
    let text = ''
    await vi.waitFor(() => expect((text += log.read())).toContain('listening on'), patience)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(text + log.read()).toContain('stopped')
  } finally {
    child.kill('SIGKILL')
    log.close()
    errors.close()
  }
})
