/**
 * What `slung-test` prints, for specs that pass, fail and cannot run, in every form that people and machines read. The
 * approved texts are beside the specs; `vitest -u` updates them, and a reader decides whether they are better.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const folder = fileURLToPath(new URL('output/', import.meta.url))

async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { VITEST: _vitest, FORCE_COLOR: _color, CI: _ci, GITHUB_ACTIONS: _actions, ...own } = process.env
  const child = spawn(process.execPath, [executable, ...args], {
    cwd: folder,
    env: { ...own, NO_COLOR: '1', ...environment },
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const parts = [`$ slung-test ${args.join(' ')}`, steady(texts.stdout), steady(texts.stderr), `exit code ${code}`]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Without what varies: durations, the time of day, versions, and the path of this checkout. */
function steady(text: string): string {
  return text
    .replaceAll(folder.slice(0, -1), '/folder')
    .replaceAll(/v\d+\.\d+\.\d+/g, 'v0.0.0')
    .replaceAll(/(?<=Start at {2})\S+/g, '00:00:00')
    .replaceAll(/(?<=Duration {2}).*/g, '0ms')
    .replaceAll(/^( [✓×❯↓ ].*) [\d.]+m?s$/gm, '$1 0ms')
    .replaceAll(/(?<=(?:time|timestamp|hostname)=")[^"]*/g, '0')
    .replaceAll(/[ \t]+$/gm, '')
    .trim()
}

test.each([
  ['passing', ['passing.slung.yaml', '--reporter', 'verbose']],
  ['failing', ['failing.slung.yaml']],
  ['malformed', ['malformed.slung.yaml']],
  ['unreadable', ['unreadable.slung.yaml']],
])('%s', async (name, args) => {
  await expect(await run(args)).toMatchFileSnapshot(`output/approved/${name}.txt`)
})

test('failing, as JUnit', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'slung-output-'))
  try {
    const file = join(temporary, 'junit.xml')
    await run(['failing.slung.yaml', '--reporter', 'junit', '--outputFile', file, '-t', 'another value'])
    await expect(steady(await readFile(file, 'utf8'))).toMatchFileSnapshot('output/approved/failing-junit.xml')
  } finally {
    await rm(temporary, { recursive: true })
  }
})

test('failing, as annotations of GitHub', async () => {
  const output = await run(['failing.slung.yaml', '-t', 'another value'], { GITHUB_ACTIONS: 'true', CI: 'true' })
  await expect(output).toMatchFileSnapshot('output/approved/failing-github.txt')
})
