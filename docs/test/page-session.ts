/**
 * A page as a session: a folder in which its files are written and its commands run, in the order of the page.
 *
 * `slung run` and commands that watch keep running until the end; the next block starts once they have printed
 * something.
 */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { readPage, repository, type Block, type Page } from './pages.ts'

/** What a page finds besides what it creates. */
export interface PageWorld {
  /** The folder in which its own is created. */
  readonly parent: string
  /** Linked into its folder; `null`: the page installs its own. */
  readonly modules: string | null
  /** Complete, as from `readerEnvironment`. */
  readonly environment: NodeJS.ProcessEnv
}

/** The environment of a reader's fresh terminal: this test runs in npm and vitest, which add to theirs. */
export function readerEnvironment(): NodeJS.ProcessEnv {
  const isOurs = /^(?:npm_|VITEST|GITHUB_|SLUNG_|(?:CI|FORCE_COLOR|NODE|NODE_ENV|INIT_CWD)$)/i
  const saysHowToReachTheNetwork = /^npm_config_(?:registry|cache|cafile|.*proxy|userconfig|nodedir)$/i
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !isOurs.test(name) || saysHowToReachTheNetwork.test(name)),
  )
}

/**
 * Follows a page from top to bottom.
 *
 * @throws {AssertionError} when a command fails, or prints something other than what the page shows
 */
export async function followPage(page: Page, world: PageWorld): Promise<void> {
  await using session = await PageSession.open(page, world)
  const before = page.continues === null ? [] : readPage(page.continues).blocks
  for (const block of before.filter(({ file }) => file !== null)) await session.follow(block)
  for (const block of page.blocks) await session.follow(block)
}

class PageSession implements AsyncDisposable {
  readonly #folder: string
  readonly #port: number
  readonly #environment: NodeJS.ProcessEnv
  readonly #servers: ChildProcess[] = []

  private constructor(folder: string, port: number, environment: NodeJS.ProcessEnv) {
    this.#folder = folder
    this.#port = port
    this.#environment = environment
  }

  static async open(page: Page, world: PageWorld): Promise<PageSession> {
    const folder = await mkdtemp(join(await realpath(world.parent), 'page-'))
    if (page.startsIn !== null) {
      // With its times, by which stale builds are recognised.
      await cp(join(repository, page.startsIn), join(folder, page.startsIn), {
        recursive: true,
        preserveTimestamps: true,
      })
      await symlink(join(repository, 'sdk-rust'), join(folder, 'sdk-rust'))
    }
    if (world.modules !== null) await symlink(world.modules, join(folder, 'node_modules'))
    const port = await freePort()
    const environment = {
      ...world.environment,
      NO_COLOR: '1',
      SLUNG_URL: `ws://127.0.0.1:${port}`,
      npm_config_yes: 'true',
    }
    return new PageSession(folder, port, environment)
  }

  /** Does what a reader does with the block; skips one that is only for reading. */
  async follow(block: Block): Promise<void> {
    if (block.file !== null) await this.#write(block.file, block.text, block.place)
    else if (block.language === 'sh') await this.#run(block)
    else if (block.language === 'console') await this.#compare(block)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopServers()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 })
  }

  async #write(file: string, text: string, place: string): Promise<void> {
    const path = join(this.#folder, file)
    assert.doesNotMatch(file, /^\/|\.\./, `${place} writes outside of its folder`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text.replaceAll('2077', `${this.#port}`))
  }

  async #run({ text, place }: Block): Promise<void> {
    if (/\bslung run\b|--watch\b/.test(text)) {
      await this.#startServer(text, place)
      return
    }
    const { code, output } = await this.#execute(text)
    assert.equal(code, 0, `${place} ends with code ${code}:\n${text}\n${output}`)
  }

  async #compare({ text, place }: Block): Promise<void> {
    for (const { command, output: expected, code: expectedCode } of consoleSteps(text)) {
      const { code, output } = await this.#execute(command)
      assert.equal(output, withWildcards(expected, output), `${place}: $ ${command}`)
      assert.equal(code, expectedCode, `${place}: the code of ${command}`)
    }
  }

  async #stopServers(): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      const ended = new Promise((resolve) => server.once('close', resolve))
      // The whole group: `npx` does not forward every signal.
      if (server.exitCode === null) process.kill(-server.pid!, 'SIGKILL')
      if (server.exitCode === null) await ended
    }
  }

  #spawn(commands: string): ChildProcess {
    // The page says 2077; a test takes a free port.
    const script = commands
      .replaceAll('2077', `${this.#port}`)
      .replaceAll(/\bslung run\b(?! --help)/g, `slung run --port ${this.#port}`)
    return spawn('sh', ['-euc', script], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
  }

  async #execute(commands: string): Promise<{ code: number | null; output: string }> {
    const child = this.#spawn(commands)
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout!.on('data', collect)
    child.stderr!.on('data', collect)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    return { code, output: output.replaceAll(`${this.#port}`, '2077') }
  }

  /** One at a time: a second `slung run` on a page replaces the first. */
  async #startServer(commands: string, place: string): Promise<void> {
    await this.#stopServers()
    const child = this.#spawn(commands)
    this.#servers.push(child)
    let output = ''
    await new Promise<void>((resolve, reject) => {
      const collect = (chunk: Buffer): void => {
        output += chunk.toString()
        if (!commands.includes('slung run') || output.includes('listening')) resolve()
      }
      child.stdout!.on('data', collect)
      child.stderr!.on('data', collect)
      child.on('error', reject)
      child.once('close', (code) => reject(new Error(`${place} ended with code ${code}:\n${output}`)))
    })
  }
}

interface ConsoleStep {
  readonly command: string
  readonly output: string
  readonly code: number
}

/** `$ command`, the output below it, and `? code` where it is not 0. */
function consoleSteps(text: string): ConsoleStep[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command = '', ...lines] = step.split('\n')
      const code = lines.findLastIndex((line) => /^\? \d+$/.test(line))
      return {
        command,
        output: (code === -1 ? lines : lines.slice(0, code)).join('\n').trimEnd(),
        code: code === -1 ? 0 : Number(lines[code]!.slice(2)),
      }
    })
}

/**
 * The output if the expected text matches it, otherwise the expected text, so that a comparison shows where they
 * differ. `[..]` stands for anything within a line, a line `...` for any lines; spaces at the ends do not count.
 */
function withWildcards(expected: string, output: string): string {
  const pattern = expected
    .split('\n')
    .map((line) =>
      line === '...'
        ? String.raw`(?:.*\n)*?.*`
        : line
            .split('[..]')
            .map((part) => RegExp.escape(part))
            .join('.*?'),
    )
    .join(String.raw`[ \t]*\n`)
  return new RegExp(String.raw`^\s*${pattern}\s*$`).test(output) ? output : `${expected}\n`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
