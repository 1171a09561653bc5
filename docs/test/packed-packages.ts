/** Our packages as they would be published, where a test's npm and cargo get them: nothing is linked to the workspace. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repository } from './pages.ts'

const run = promisify(execFile)

interface PackedPackage {
  readonly filename: string
  readonly integrity: string
  readonly name: string
  readonly version: string
}

/** A registry that has only `@slung/…`; npm asks it for this scope alone. */
export class PackageRegistry implements AsyncDisposable {
  readonly #server: Server
  /** For npm's environment: a settings file that names this registry. */
  readonly userConfig: string

  private constructor(server: Server, userConfig: string) {
    this.#server = server
    this.userConfig = userConfig
  }

  /** @param folder - where the packages go, empty or missing */
  static async open(folder: string): Promise<PackageRegistry> {
    const packed = await packPackages(folder)
    const server = createServer((request, response) => {
      answer(
        decodeURIComponent(request.url ?? ''),
        `http://${request.headers.host}`,
        { packed, folder },
        response,
      ).catch((error: unknown) => response.writeHead(500).end(String(error)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo

    // The user's own settings stay, such as where all other packages come from.
    const own = await readFile(process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc'), 'utf8').catch(
      () => '',
    )
    const userConfig = join(folder, 'npmrc')
    await writeFile(userConfig, `${own}\n@slung:registry=http://127.0.0.1:${port}/\n`)
    return new PackageRegistry(server, userConfig)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Packs our packages into a folder, and creates it: npm writes into existing folders only. */
export async function packPackages(folder: string): Promise<PackedPackage[]> {
  await mkdir(folder, { recursive: true })
  const workspaces = ['runtime', 'harness', 'sdk-as'].map((name) => `--workspace=${name}`)
  // The build exists: `npm test` makes it first.
  const args = ['pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`, ...workspaces]
  const { stdout } = await run('npm', args, { cwd: repository })
  return listOf(JSON.parse(stdout))
}

/** npm prints a list, or an object by name, depending on its version. */
function listOf(packed: PackedPackage[] | Record<string, PackedPackage>): PackedPackage[] {
  return Array.isArray(packed) ? packed : Object.values(packed)
}

async function answer(
  path: string,
  origin: string,
  { packed, folder }: { packed: readonly PackedPackage[]; folder: string },
  response: ServerResponse,
): Promise<void> {
  const tarball = packed.find(({ filename }) => path === `/${filename}`)
  if (tarball !== undefined) {
    response.end(await readFile(join(folder, tarball.filename)))
    return
  }
  const found = packed.find(({ name }) => path === `/${name}`)
  if (found === undefined) {
    response.writeHead(404).end('{}')
    return
  }
  const { name, version, filename, integrity } = found
  // The tarball's, not the workspace's.
  const { stdout } = await run('tar', ['-xzOf', join(folder, filename), 'package/package.json'])
  const manifest = { ...(JSON.parse(stdout) as object), dist: { tarball: `${origin}/${filename}`, integrity } }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: manifest } }))
}

/**
 * Packs the crates, builds each from its package alone, and tells cargo to use these packages in place of those on
 * crates.io.
 *
 * @param folder - cargo reads its settings from there in every folder below
 * @param cargo - environment with cargo in its PATH
 */
export async function packCrates(folder: string, cargo: NodeJS.ProcessEnv): Promise<void> {
  const source = join(folder, 'crates')
  const target = join(folder, 'crates-target')
  await mkdir(join(folder, '.cargo'), { recursive: true })
  await mkdir(source)
  const settings = [
    '[source.crates-io]',
    'replace-with = "packed"',
    '[source.packed]',
    `directory = ${JSON.stringify(source)}`,
  ]
  const config = join(folder, '.cargo/config.toml')
  await writeFile(config, [...settings, ''].join('\n'))

  // The second depends on the first, as packaged.
  for (const name of ['slung-sdk-macros', 'slung-sdk']) {
    const args = [
      'package',
      '--offline',
      '--allow-dirty',
      '--package',
      name,
      '--target-dir',
      target,
      '--config',
      config,
    ]
    await run('cargo', args, { cwd: join(repository, 'sdk-rust'), env: cargo })
    const { stdout } = await run('ls', [join(target, 'package')])
    const crate = stdout.split('\n').find((file) => file.startsWith(`${name}-0`) && file.endsWith('.crate'))!
    await run('tar', ['-xzf', join(target, 'package', crate), '-C', source])
    const checksum = createHash('sha256')
      .update(await readFile(join(target, 'package', crate)))
      .digest('hex')
    const unpacked = join(source, crate.replace(/\.crate$/, ''))
    await writeFile(join(unpacked, '.cargo-checksum.json'), JSON.stringify({ files: {}, package: checksum }))
  }
}
