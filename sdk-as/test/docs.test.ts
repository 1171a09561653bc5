/** Keeps `docs/assemblyscript.md` and the README true: every `ts` block compiles, and the project they describe tests itself. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuestProject, type GuestProject, startGuest } from './guest-project.ts'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

interface CodeBlock {
  readonly language: string
  /** What stands behind the language: the path of the file, or nothing. */
  readonly path: string
  readonly text: string
  readonly line: number
}

async function readBlocks(page: string): Promise<CodeBlock[]> {
  const text = await readFile(join(import.meta.dirname, page), 'utf8')
  return [...text.matchAll(/^```(\w+) *(\S*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1]!,
    path: match[2]!,
    text: match[3]!,
    line: text.slice(0, match.index).split('\n').length,
  }))
}

const guide = await readBlocks('../../docs/assemblyscript.md')
const readme = await readBlocks('../README.md')

let project: GuestProject

beforeAll(async () => {
  project = await createGuestProject()
})

afterAll(async () => {
  await project[Symbol.asyncDispose]()
})

const workflows = [...guide, ...readme].filter(({ language, path }) => language === 'ts' && !path.endsWith('.spec.ts'))

test.each(workflows)('the workflow at line $line compiles without warnings', async ({ text }) => {
  const { output } = await project.compile(text, ['--target', 'debug'])

  expect(output).toBe('')
})

test('the queries the guide prints are the ones it shows', async () => {
  const block = guide.find(({ language, text }) => language === 'ts' && text.includes('// AVG:temp:'))!
  const shown = [...block.text.matchAll(/^ +\/\/ (.+)$/gm)].map((match) => match[1])

  const { binary } = await project.compile(block.text, ['--target', 'debug'])
  const { exports, host } = await startGuest(binary)
  exports.call()

  expect(host.effects.map((effect) => (effect.kind === 'log' ? effect.text : effect.kind))).toEqual(shown)
})

test('the project of the guide passes its as-pect spec as described', async () => {
  for (const { path, text } of guide.filter((block) => block.path !== '')) {
    await mkdir(dirname(join(project.folder, path)), { recursive: true })
    await writeFile(join(project.folder, path), text)
  }
  for (const name of ['@as-pect', 'assemblyscript']) {
    const installed = dirname(require.resolve(name === '@as-pect' ? '@as-pect/cli' : `${name}/package.json`))
    const target = name === '@as-pect' ? join(installed, '../..') : installed
    await symlink(target, join(project.folder, 'node_modules', name))
  }
  const asp = join(dirname(require.resolve('@as-pect/cli')), '../bin/asp.js')

  // as-pect starts `node` by its name.
  const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`
  const { stdout } = await run(process.execPath, [asp, '--summary'], {
    cwd: project.folder,
    env: { ...process.env, PATH: path },
  })

  expect(stripVTControlCharacters(stdout)).toContain('[Tests]: 2 / 2')
})
