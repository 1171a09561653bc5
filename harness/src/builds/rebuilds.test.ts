import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Rebuilds } from './rebuilds.ts'

let folder = ''
let printed: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-rebuilds-'))
  await mkdir(join(folder, 'flow'))
  printed = []
  vi.spyOn(console, 'error').mockImplementation((text: string) => void printed.push(text))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

const inside = (name: string): string => join(folder, 'flow', name)
const source = (): string => inside('index.ts')

/** A spec whose command notes, outside its folder, that it ran, and then does the rest. */
async function writeSpec(name: string, rest: string, workflow = 'build/flow.wasm'): Promise<string> {
  const command = `echo ${name} >> ../ran.txt && mkdir -p build && ${rest}`
  const tests = 'tests: [{ name: idle, exit: drained, input: rows.csv }]'
  await writeFile(inside(`${name}.slung.yaml`), `workflow: ${workflow}\nbuild: ${JSON.stringify(command)}\n${tests}\n`)
  return inside(`${name}.slung.yaml`)
}

async function ran(): Promise<string[]> {
  return (await readFile(join(folder, 'ran.txt'), 'utf8').catch(() => '')).split('\n').slice(0, -1)
}

/** Like a watcher: reports everything that changed, then is quiet. */
async function change(rebuilds: Rebuilds, paths: Record<string, string>): Promise<string[]> {
  const built: string[] = []
  for (const [path, text] of Object.entries(paths)) {
    await writeFile(path, text)
    rebuilds.touch(path)
  }
  await rebuilds.settle((where) => built.push(where))
  return built
}

test('a changed source runs the build, and its folder is reported', async () => {
  const rebuilds = new Rebuilds([await writeSpec('one', 'cp index.ts build/flow.wasm')], {})

  expect(await change(rebuilds, { [source()]: 'a' })).toEqual([join(folder, 'flow')])
  expect(await ran()).toEqual(['one'])
})

test.each(['rows.csv', 'notes.md', 'other.test.ts', 'build/flow.wasm', '.hidden'])(
  '%s is not a source',
  async (name) => {
    const rebuilds = new Rebuilds([await writeSpec('one', 'cp index.ts build/flow.wasm')], {})
    await mkdir(inside('build'))

    await change(rebuilds, { [inside(name)]: 'a' })

    expect(await ran()).toEqual([])
  },
)

test('what is built outside "build" is not a source either, nor is anything outside the folder', async () => {
  const rebuilds = new Rebuilds([await writeSpec('one', 'true', 'flow.wasm')], {})

  await change(rebuilds, { [inside('flow.wasm')]: 'a', [inside('flow.wasm.map')]: 'a', [join(folder, 'flow.ts')]: 'a' })

  expect(await ran()).toEqual([])
})

test('specs of one folder with the same command run it once; with their own, each runs its own', async () => {
  const rest = 'cp index.ts build/flow.wasm'
  const [one, two] = [await writeSpec('one', rest), await writeSpec('two', rest)]
  await writeFile(inside('three.slung.yaml'), await readFile(one))
  const rebuilds = new Rebuilds([one, two, inside('three.slung.yaml')], {})

  await change(rebuilds, { [source()]: 'a' })

  expect(await ran()).toEqual(['one', 'two'])
})

test('a build that fails is a problem until it succeeds', async () => {
  const rebuilds = new Rebuilds([await writeSpec('one', 'grep -v BROKEN index.ts > build/flow.wasm || exit 3')], {})

  expect(await change(rebuilds, { [source()]: 'BROKEN' })).toEqual([])
  const [problem] = [...rebuilds.problems()]
  expect(problem).toContain('ended with exit code 3')
  expect(printed).toContain(`slung-test: ${problem}`)

  expect(await change(rebuilds, { [source()]: 'fine' })).toHaveLength(1)
  expect([...rebuilds.problems()]).toEqual([])
})

test('what changes during a build is built next, not at the same time', async () => {
  // The command itself changes the source while it runs, the first time.
  const rest = `cp index.ts build/flow.wasm; [ -e ../again ] || { touch ../again; echo b > index.ts; }; echo end >> ../ran.txt`
  const rebuilds = new Rebuilds([await writeSpec('one', rest)], {})
  const first = change(rebuilds, { [source()]: 'a' })
  await vi.waitFor(async () => expect(await readFile(source(), 'utf8')).toBe('b\n'), {
    timeout: 30_000,
  })
  rebuilds.touch(source())
  // A watcher that has become quiet asks again.
  await rebuilds.settle(() => {})
  await first
  await rebuilds.settle(() => {})

  expect(await ran()).toEqual(['one', 'end', 'one', 'end'])
  expect(await readFile(inside('build/flow.wasm'), 'utf8')).toBe('b\n')
})

test('a build that writes among its own sources ends', async () => {
  const rebuilds = new Rebuilds([await writeSpec('one', 'echo bindings > made.ts; cp index.ts build/flow.wasm')], {})
  await change(rebuilds, { [source()]: 'a' })

  for (let round = 0; round < 3; round++) {
    rebuilds.touch(inside('made.ts'))
    await rebuilds.settle(() => {})
  }

  expect(await ran()).toEqual(['one', 'one'])
})

test('a workflow that cannot be built on this machine is left alone', async () => {
  const spec = await writeSpec('one', 'exit 77')
  const rebuilds = new Rebuilds([spec], { [inside('build/flow.wasm')]: 'no compiler' })

  await change(rebuilds, { [source()]: 'a' })

  expect(await ran()).toEqual([])
})

test('a changed spec gets its missing workflows built, and an unreadable one waits until it can be read', async () => {
  const spec = await writeSpec('one', 'cp index.ts build/flow.wasm')
  const right = await readFile(spec, 'utf8')
  const rebuilds = new Rebuilds([spec], {})

  await change(rebuilds, { [source()]: 'a', [spec]: 'workflow: [' })
  expect(await ran()).toEqual([])

  await change(rebuilds, { [spec]: right })
  expect(await ran()).toEqual(['one'])
})
