/**
 * What a reader without this repository does: the pages that begin with `npm install`, and `slung new`. Everything
 * comes from our packages as they would be published, by `npm pack` and `cargo package`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PackageRegistry, packCrates } from './packed-packages.ts'
import { followPage, readerEnvironment } from './page-session.ts'
import { isFollowed, readPages, repository, usesPublishedPackages, type Block, type Page } from './pages.ts'

/** With a Rust toolchain for WebAssembly; `null` without one. */
const rustPath = await findRust()
const pages = (await readPages()).filter((page) => page.blocks.some(isFollowed) && usesPublishedPackages(page))
const usesRust = ({ blocks }: Page): boolean => blocks.some(({ text }) => /^cargo /m.test(text))

let parent = ''
let registry: PackageRegistry
let environment: NodeJS.ProcessEnv = {}
beforeAll(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'slung-published-')))
  registry = await PackageRegistry.open(join(parent, 'packages'))
  const reader = readerEnvironment()
  // The workspace's, and npm's.
  const own = reader['PATH']!.split(':').filter((folder) => !folder.includes('node_modules'))
  const commands = join(parent, 'commands')
  await mkdir(commands)
  await symlink(fileURLToPath(new URL('npm.mjs', import.meta.url)), join(commands, 'npm'))
  const installs = join(parent, 'installs')
  await mkdir(installs)
  environment = {
    ...reader,
    PATH: [commands, ...(rustPath ?? []), ...own].join(':'),
    SLUNG_TEST_NPM: own.map((folder) => join(folder, 'npm')).find((path) => existsSync(path)),
    SLUNG_TEST_INSTALLS: installs,
    // Its paths are new in every run, so Node's cache for them goes, too.
    NODE_COMPILE_CACHE: join(parent, 'compiled'),
    npm_config_userconfig: registry.userConfig,
    npm_config_prefer_offline: 'true',
  }
  if (rustPath !== null) await packCrates(parent, environment)
})
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  await rm(parent, { recursive: true })
})

async function findRust(): Promise<string[] | null> {
  const child = spawn(join(repository, 'sdk-rust/toolchain.sh'), ['sh', '-c', 'echo "$PATH"'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let path = ''
  child.stdout.on('data', (chunk: Buffer) => (path += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0 ? path.split(':').slice(0, 1) : null
}

const inRust = pages.filter(usesRust)
const inAssemblyScript = pages.filter((page) => !usesRust(page))

test.each(inAssemblyScript)('$name does what it says', async (page) => {
  await expect(followPage(page, { parent, modules: null, environment })).resolves.toBeUndefined()
})

test.skipIf(rustPath === null).each(inRust)('$name does what it says', async (page) => {
  await expect(followPage(page, { parent, modules: null, environment })).resolves.toBeUndefined()
})

test('a new project in AssemblyScript builds, is tested and runs', async () => {
  await expect(followNewProject('as', 'build/my-workflow.wasm')).resolves.toBeUndefined()
})

test.skipIf(rustPath === null)('a new project in Rust builds, is tested and runs', async () => {
  const module = 'target/wasm32-unknown-unknown/release/my_workflow.wasm'

  await expect(followNewProject('rust', module)).resolves.toBeUndefined()
})

test('until the packages are published, one command in a clone stands in for what installs them', async () => {
  const page = pages.find(({ name }) => name.endsWith('getting-started-assemblyscript.md'))!
  const isReplaced = ({ text }: Block): boolean => /npm init|slung new/.test(text)
  const command = `npm run --silent --prefix '${repository}' new-project --`
  const made = 'cd made && npm test 2>&1 | grep -w Tests'
  const blocks = [
    { language: 'sh', text: `${command} . --empty\n` },
    ...page.blocks.filter((block) => !isReplaced(block)),
    { language: 'sh', text: `${command} made\n` },
    { language: 'console', text: `$ ${made}\nTests  3 passed (3)\n` },
  ].map((block) => ({ place: command, file: null, ...block }))

  await expect(followPage({ ...page, blocks }, { parent, modules: null, environment })).resolves.toBeUndefined()
})

/** In an empty folder, with nothing installed. */
async function followNewProject(lang: string, module: string): Promise<void> {
  const steps: readonly (readonly [language: string, text: string])[] = [
    ['sh', `npx --package node@24 --package @slung/runtime slung new my-workflow --lang ${lang}`],
    ['console', `$ cd my-workflow && npm install --silent && npm test 2>&1 | grep -w Tests\nTests  3 passed (3)\n`],
    ['sh', `cd my-workflow && npx slung run ${module}`],
    [
      'console',
      `$ cd my-workflow && npx slung send fixtures/hot.csv
boiler  temperature is high
boiler  temperature is normal
sent 9 rows in [..] s ([..] rows/s), all acknowledged; 2 writebacks
`,
    ],
  ]
  const blocks = steps.map(([language, text]) => ({ place: `slung new --lang ${lang}`, language, file: null, text }))
  await followPage({ name: lang, startsIn: null, continues: null, blocks }, { parent, modules: null, environment })
}
