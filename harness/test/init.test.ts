/** `slung-test init`, from an empty folder to green tests: what a newcomer types first must work as is. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linkModules } from '../../runtime/test/tools/link-modules.ts'

const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const vitestCommand = fileURLToPath(new URL('./vitest.mjs', import.meta.resolve('vitest/package.json')))
const workspace = fileURLToPath(new URL('../../', import.meta.url))
const templates = fileURLToPath(new URL('../../runtime/templates/as', import.meta.url))

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-init-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Finished {
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Promise<Finished> {
  // The program under test must not see the environment variables of this test runner and CI.
  const { VITEST: _vitest, FORCE_COLOR: _color, GITHUB_ACTIONS: _github, CI: _ci, ...environment } = process.env
  const env = { ...environment, NO_COLOR: '1', ...variables }
  return new Promise((done) => {
    execFile(command, args, { cwd, env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : (error.code ?? null), stdout, stderr }),
    )
  })
}

function slungTest(args: string[], cwd: string, variables: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return run(process.execPath, [executable, ...args], cwd, variables)
}

async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

interface PackageJson {
  readonly version: string
  readonly engines: object
  readonly devDependencies: Readonly<Record<string, string>>
}

async function readPackage(at: string): Promise<PackageJson> {
  return JSON.parse(await readFile(join(at, 'package.json'), 'utf8')) as PackageJson
}

test('a new folder gets every template, and its tests pass right away', async () => {
  const made = await slungTest(['init', 'alerts'], folder)

  expect(made).toMatchObject({ code: 0, stderr: '' })
  const project = join(folder, 'alerts')
  const names = (await filesOf(templates))
    .map((name) => name.replace(/^gitignore$/, '.gitignore').replace('temperature-alert', 'alerts'))
    .sort()
  expect(await filesOf(project)).toEqual(names)
  expect(made.stdout).toBe(
    ['Made in alerts:', ...names.map((name) => `  ${name}`), '', 'Next:', '  cd alerts', '  npm install']
      .concat('  npx slung-test', '')
      .join('\n'),
  )

  await linkModules(join(project, 'node_modules'))
  const tested = await slungTest([], project)
  expect(tested.stdout).toContain('3 passed (3)')
  expect(tested.stderr).toContain('building build/alerts.wasm')
  expect(tested.code).toBe(0)

  const replayed = await slungTest(['replay', 'build/alerts.wasm', 'fixtures/hot.csv', '--http', 'ok'], project)
  expect(replayed.stdout).toContain('WS boiler "temperature is high"')
  expect(replayed).toMatchObject({ code: 0, stderr: '' })
})

test('what the readme suggests to try fails, and on GitHub the failure is at its line of the spec', async () => {
  await slungTest(['init', 'alerts'], folder)
  const project = join(folder, 'alerts')
  await linkModules(join(project, 'node_modules'))
  const source = join(project, 'assembly/index.ts')
  const text = await readFile(source, 'utf8')
  await writeFile(source, text.replace('ALERT_ABOVE: f64 = 80', 'ALERT_ABOVE: f64 = 90'))

  const { code, stdout } = await slungTest([], project, { GITHUB_ACTIONS: 'true' })

  expect(code).toBe(1)
  expect(stdout).toMatch(/^::error file=.*alerts\.slung\.yaml,title=[^\n]*line=\d+/m)
})

test('vitest itself lists the tests of a new project with their places, builds, and runs one of them', async () => {
  await slungTest(['init', 'alerts'], folder)
  const project = join(folder, 'alerts')
  await linkModules(join(project, 'node_modules'))
  const vitest = (...args: string[]): Promise<Finished> => run(process.execPath, [vitestCommand, ...args], project)

  const listed = await vitest('list', '--json')
  const spec = (await readFile(join(project, 'alerts.slung.yaml'), 'utf8')).split('\n')
  const lines = [...spec.keys()].filter((index) => spec[index]!.startsWith('  - name: '))
  const file = join(await realpath(project), 'alerts.slung.yaml')
  expect(JSON.parse(listed.stdout)).toEqual(
    lines.map((index) => ({
      name: spec[index]!.slice('  - name: '.length),
      file,
      location: { line: index + 1, column: 5 },
    })),
  )
  expect(await filesOf(project)).not.toContain('build/alerts.wasm')

  expect(await vitest('run')).toMatchObject({ code: 0, stdout: expect.stringContaining('3 passed (3)') })
  const one = await vitest('run', '--includeTaskLocation', `alerts.slung.yaml:${lines[1]! + 1}`)
  expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining('1 passed | 2 skipped') })

  await writeFile(join(project, 'assembly/index.ts'), 'nonsense')
  const { code, stderr } = await vitest('run')
  expect(code).toBe(1)
  expect(stderr).toMatch(/cannot build the workflow of alerts\.slung\.yaml: .* ended with exit code 1\n.*nonsense/s)
})

test('a project with its own configuration of vitest keeps it, and hears what to add', async () => {
  await writeFile(join(folder, 'vite.config.mjs'), 'export default {}')
  const { code, stdout } = await slungTest(['init'], folder)
  expect(code).toBe(0)
  expect(stdout).toContain("add slung() from '@slung/harness/vitest' to its plugins")
  expect(await filesOf(folder)).not.toContain('vitest.config.ts')
})

test('a folder that has one of the files keeps it and gets no others, and the message names it', async () => {
  await mkdir(join(folder, 'fixtures'))
  await writeFile(join(folder, 'fixtures/hot.csv'), 'mine')
  await writeFile(join(folder, 'README.md'), 'mine')

  const { code, stdout, stderr } = await slungTest(['init'], folder)

  expect(stderr).toBe(
    'slung-test: cannot put a workflow into ".": README.md, fixtures/hot.csv already exist; ' +
      'nothing was written, expected an empty directory\n',
  )
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(await filesOf(folder)).toEqual(['README.md', 'fixtures/hot.csv'])
  expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('mine')
})

test('an existing package.json stays as it is, and commands are printed for what it lacks', async () => {
  const text = '{ "scripts": { "test": "vitest" }, "dependencies": { "@slung/harness": "*", "vitest": "5.0.0" } }'
  await writeFile(join(folder, 'package.json'), text)

  const { code, stdout } = await slungTest(['init'], folder)

  expect(code).toBe(0)
  expect(await readFile(join(folder, 'package.json'), 'utf8')).toBe(text)
  const { version } = await readPackage(join(workspace, 'harness'))
  expect(stdout).toMatch(
    new RegExp(
      `  npm install --save-dev @slung/runtime@${version} @slung/sdk-as@${version} assemblyscript@\\S+ msw@\\S+ node@\\S+\n`,
    ),
  )
  expect(stdout).toContain('  npm pkg set scripts.test=slung-test "engines.node=>=24.20"\n')
})

test('a package.json that has everything needs only the usual commands', async () => {
  await writeFile(join(folder, 'package.json'), await readFile(join(templates, 'package.json')))

  const { stdout } = await slungTest(['init'], folder)

  expect(stdout).toMatch(/\nNext:\n {2}npm install\n {2}npx slung-test\n$/)
})

test.each([
  ['a package.json that is not a JSON object', 'package.json', 'its package.json is not a JSON object'],
  ['a file where a folder must be', 'assembly', 'ENOTDIR'],
])('%s stops it before anything is written', async (_what, name, message) => {
  await writeFile(join(folder, name), '{')

  const { code, stderr } = await slungTest(['init'], folder)

  expect(stderr).toContain('cannot put a workflow into "')
  expect(stderr).toContain(message)
  expect(code).toBe(2)
  expect(await filesOf(folder)).toEqual([name])
})

test('a project in Rust has a crate named after its folder, and a file name to match', async () => {
  const made = await slungTest(['init', 'Boiler Room', '--lang', 'rust'], folder)

  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(made.stdout).toContain("\n  cd 'Boiler Room'\n  rustup target add wasm32-unknown-unknown ")
  const project = join(folder, 'Boiler Room')
  expect(await filesOf(project)).toEqual(expect.arrayContaining(['.gitignore', 'boiler-room.slung.yaml', 'src/lib.rs']))
  expect(await readFile(join(project, 'Cargo.toml'), 'utf8')).toContain('name = "boiler-room"')
  expect(await readFile(join(project, 'boiler-room.slung.yaml'), 'utf8')).toContain('/boiler_room.wasm')
})

test('a folder without a name is not this one', async () => {
  const { code, stderr } = await slungTest(['init', ''], folder)

  expect(stderr).toContain('expected the name of a directory')
  expect(code).toBe(2)
  expect(await filesOf(folder)).toEqual([])
})

test('a new project depends on the packages that this repository is tested with', async () => {
  const root = await readPackage(workspace)
  const runtime = await readPackage(join(workspace, 'runtime'))
  const harness = await readPackage(join(workspace, 'harness'))
  const sdk = await readPackage(join(workspace, 'sdk-as'))
  const packages = {
    '@slung/harness': harness.version,
    '@slung/runtime': runtime.version,
    msw: harness.devDependencies['msw'],
    node: root.devDependencies['node'],
    vitest: root.devDependencies['vitest'],
  }

  const inAssemblyScript = await readPackage(templates)
  expect(inAssemblyScript.devDependencies).toEqual({
    ...packages,
    '@slung/sdk-as': sdk.version,
    assemblyscript: root.devDependencies['assemblyscript'],
  })
  expect(inAssemblyScript.engines).toEqual(harness.engines)
  const inRust = await readPackage(join(workspace, 'runtime/templates/rust'))
  expect(inRust.devDependencies).toEqual(packages)
  expect(inRust.engines).toEqual(harness.engines)
})
