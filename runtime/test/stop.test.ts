/** How a real process ends: by a signal, and when what started it is gone. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spawnRuntime } from './spawn-runtime.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-stop-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('SIGHUP stops it in order, and the log says what it does not do', async () => {
  const runtime = await spawnRuntime(['--data', join(folder, 'data')])
  const closed = once(runtime.process, 'close')
  runtime.process.kill('SIGHUP')
  expect(await closed).toEqual([0, null])
  expect(runtime.output()).toContain('stopping on SIGHUP: it cannot read its configuration again while it runs')
  expect(runtime.output()).toContain('"msg":"stopped"')
})

test('a slung.toml that is not used is mentioned once, and one that is used is not', async () => {
  await writeFile(join(folder, 'slung.toml'), '[limits]\nconnections = 7\n')
  for (const flags of [[], ['--config', 'slung.toml']]) {
    const runtime = await spawnRuntime(flags, { before: `cd '${folder}'` })
    expect(await runtime.stop()).toBe(0)
    const hints = runtime.output().match(/^slung: there is a slung\.toml here, and it is not used; .*$/gm)
    expect(hints?.length ?? 0).toBe(flags.length === 0 ? 1 : 0)
  }
})

/** As npx does: it shows itself as npm, starts a shell, which starts the command and waits for it. */
const npx = `
  process.title = 'npm exec slung run'
  const { spawn } = require('node:child_process')
  const shell = spawn('sh', ['-c', '"$@"; exit $?', 'sh', ...process.argv.slice(1)], { stdio: 'inherit' })
  process.on('SIGTERM', () => { shell.kill('SIGTERM'); setTimeout(() => process.exit(), 10) })
`

/** Starts a runtime below a program of Node, and waits until it listens. */
async function spawnBelow(program: string) {
  const command = [process.execPath, join(import.meta.dirname, 'slung.ts'), 'run', '--port', '0']
  const parent = spawn(process.execPath, ['-e', program, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const listening = Promise.withResolvers<string>()
  parent.stdout.on('data', (data: Buffer) => {
    output += data.toString()
    const [, url] = /listening on (http:[^\s;]+)/.exec(output) ?? []
    if (url !== undefined) listening.resolve(url)
  })
  // Closed when nobody is left who could write to it.
  const closed = once(parent.stdout, 'close')
  return { parent, closed, url: await listening.promise, output: () => output }
}

const isLinux = process.platform === 'linux'

test.skipIf(!isLinux).each(['SIGTERM', 'SIGKILL'] as const)(
  'when npx is ended by %s, the runtime that it started stops in order',
  async (signal) => {
    const { parent, closed, output } = await spawnBelow(npx)
    parent.kill(signal)
    await closed
    expect(output()).toMatch(/ INFO: stopping: the npx that started it is gone\n.* INFO: stopped\n$/)
  },
)

test.skipIf(!isLinux)('a runtime that another program leaves behind goes on', async () => {
  const leaving = `
    const { spawn } = require('node:child_process')
    const [command, ...words] = process.argv.slice(1)
    console.log('pid ' + spawn(command, words, { stdio: 'inherit', detached: true }).pid + ' ')
  `
  const { parent, closed, url, output } = await spawnBelow(leaving)
  const ended = once(parent, 'exit')
  parent.kill('SIGKILL')
  await ended
  // Long enough for it to look for its parent.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect((await fetch(`${url}/health`)).status).toBe(200)
  process.kill(Number(/pid (\d+) /.exec(output())![1]), 'SIGTERM')
  await closed
  expect(output()).toContain('stopping on SIGTERM')
})
