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

/** As npx does: it starts a shell, which starts the command and waits for it. */
const npx = `
  const { spawn } = require('node:child_process')
  const shell = spawn('sh', ['-c', '"$@"; exit $?', 'sh', ...process.argv.slice(1)], { stdio: 'inherit' })
  process.on('SIGTERM', () => { shell.kill('SIGTERM'); setTimeout(() => process.exit(), 10) })
`

test.skipIf(process.platform !== 'linux').each(['SIGTERM', 'SIGKILL'] as const)(
  'when npx is ended by %s, the runtime that it started stops in order',
  async (signal) => {
    const command = [process.execPath, join(import.meta.dirname, 'slung.ts'), 'run', '--port', '0']
    const parent = spawn(process.execPath, ['-e', npx, ...command], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_command: 'exec' },
    })
    let output = ''
    const listening = Promise.withResolvers<void>()
    parent.stdout.on('data', (data: Buffer) => {
      output += data.toString()
      if (output.includes('listening on')) listening.resolve()
    })
    // Closed when nobody is left who could write to it.
    const closed = once(parent.stdout, 'close')
    await listening.promise
    parent.kill(signal)
    await closed
    expect(output).toMatch(/ INFO: stopping: the npx that started it is gone\n.* INFO: stopped\n$/)
  },
)
