/**
 * `slung-test --watch` over a workflow with a `build:` key, as an author sees it: edit, and the tests say what changed.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linkModules } from '../../runtime/test/tools/link-modules.ts'

const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const project = fileURLToPath(new URL('../../runtime/templates/as', import.meta.url))

let folder = ''
const watches: Watch[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-watch-'))
  await cp(project, folder, { recursive: true })
  await linkModules(join(folder, 'node_modules'))
})
afterEach(async () => {
  for (const watch of watches.splice(0)) watch.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** A running `slung-test --watch`, read like a screen: output that was waited for is not read again. */
class Watch {
  readonly #child: ChildProcess
  readonly ended: Promise<unknown[]>
  #isOver = false
  #unread = ''
  #onChange: () => void = () => {}

  constructor(cwd: string) {
    // The program under test must not see this test runner's own environment variables.
    const { VITEST: _vitest, FORCE_COLOR: _color, CI: _ci, ...environment } = process.env
    const env = { ...environment, NO_COLOR: '1' }
    this.#child = spawn(process.execPath, [executable, '--watch'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.ended = once(this.#child, 'close')
    this.#child.on('close', () => {
      this.#isOver = true
      this.#onChange()
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.#unread += chunk.toString()
        this.#onChange()
      })
    }
    watches.push(this)
  }

  /** Waits until this was printed. @returns what came before it since the last time */
  async sees(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#unread)
      if (found !== null) {
        const before = this.#unread.slice(0, found.index)
        this.#unread = this.#unread.slice(found.index + found[0].length)
        return before
      }
      if (this.#isOver) throw new Error(`the watch ended before it printed ${pattern}:\n${this.#unread}`)
      await new Promise<void>((resolve) => (this.#onChange = resolve))
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

test('a change of the source builds and tests; an error of the compiler is reported, and again with every run', async () => {
  const source = join(folder, 'assembly/index.ts')
  const right = await readFile(source, 'utf8')
  const fixture = join(folder, 'fixtures/hot.csv')
  const watch = new Watch(folder)
  await watch.sees(/building build\/temperature-alert\.wasm/)
  await watch.sees(/Tests +3 passed/)
  await watch.sees(/Waiting for file changes/)

  await writeFile(source, right.replace('ALERT_ABOVE: f64 = 80', 'ALERT_ABOVE: f64 = 90'))
  await watch.sees(/building build\/temperature-alert\.wasm/)
  await watch.sees(/Tests +2 failed \| 1 passed/)

  await writeFile(source, right)
  await watch.sees(/building/)
  await watch.sees(/Tests +3 passed/)
  await watch.sees(/Waiting for file changes/)

  await writeFile(source, right.replace('let isHigh = false', 'let isHigh ='))
  await watch.sees(/building/)
  const beforeError = await watch.sees(/slung-test: cannot build the workflow of temperature-alert\.slung\.yaml: "asc /)
  expect(beforeError).not.toMatch(/RERUN|Tests/)
  await watch.sees(/ERROR TS1109: Expression expected\./)

  await writeFile(fixture, `${await readFile(fixture, 'utf8')}2026-01-01T12:03:00Z,temp,boiler,57\n`)
  await watch.sees(/slung-test: these tests run the previous workflow: cannot build/)
  await watch.sees(/ERROR TS1109/)
  await watch.sees(/Tests +3 passed/)

  await writeFile(source, right)
  await watch.sees(/building/)
  expect(await watch.sees(/Tests +3 passed/)).not.toContain('the workflow of before')

  watch.kill('SIGINT')
  expect(await watch.ended).toEqual([null, 'SIGINT'])
})

test('tests in TypeScript beside the spec also run with the new workflow', async () => {
  const source = join(folder, 'assembly/index.ts')
  await writeFile(
    join(folder, 'alert.test.ts'),
    `import { replay } from '@slung/harness'
    import { expect, test } from 'vitest'
    test('says high', async () => {
      const run = await replay('build/temperature-alert.wasm', { input: 'fixtures/hot.csv', http: 'ok' })
      expect(run.writebacks[0]).toMatchObject({ text: 'temperature is high' })
    })`,
  )
  const watch = new Watch(folder)
  await watch.sees(/Tests +4 passed/)
  await watch.sees(/Waiting for file changes/)

  await writeFile(source, (await readFile(source, 'utf8')).replace("'temperature is '", "'temp is '"))
  await watch.sees(/building/)
  expect(await watch.sees(/FAIL +alert\.test\.ts > says high/)).toContain('RERUN')
})
