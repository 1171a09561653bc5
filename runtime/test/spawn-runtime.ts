/** `slung run` as a separate process, for what a test cannot do to itself: being killed, running out of disk. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface SpawnedRuntime {
  readonly process: ChildProcess
  readonly url: string
  /** Its log so far, as JSON lines. */
  readonly output: () => string
  /** Asks it to stop, and resolves with its exit code. */
  readonly stop: () => Promise<number | null>
  /** Like a power cut: without a flush or a warning. */
  readonly kill: () => Promise<void>
}

export interface SpawnOptions {
  /** Maximum size of any file it writes, rounded down to whole KiB; a full disk in miniature. */
  readonly fileBytesMax?: number
  /** Shell commands that its process runs before it becomes the runtime, such as for limits. */
  readonly before?: string
  /** The build instead of the source, whose types Node strips in every thread: that takes 10 MB in each, and time. */
  readonly isBuilt?: boolean
}

const source = fileURLToPath(new URL('slung.ts', import.meta.url))
const build = fileURLToPath(new URL('../bin/slung.js', import.meta.url))

/** Starts it on a free port and waits until it listens. @throws {Error} with its output when it ends before that */
export async function spawnRuntime(
  parameters: readonly string[],
  { fileBytesMax, before = '', isBuilt = false }: SpawnOptions = {},
): Promise<SpawnedRuntime> {
  const command = [
    process.execPath,
    isBuilt ? build : source,
    'run',
    ...parameters,
    '--port',
    '0',
    '--log-format',
    'json',
  ]
  // A write beyond the limit raises a signal; only when that is ignored does the write fail instead.
  const limit = fileBytesMax === undefined ? '' : `trap '' XFSZ; ulimit -f ${Math.floor(fileBytesMax / 512)}; `
  const child = spawn('sh', ['-c', `${limit}${before}\nexec "$@"`, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
  const collect = (data: Buffer): void => {
    output += data.toString()
    const [, url] = /listening on (http:[^\s;"]+)/.exec(output) ?? []
    if (url !== undefined) resolve(url)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const closed = once(child, 'close') as Promise<[number | null]>
  void closed.then(([code]) => reject(new Error(`slung run ended with code ${code}:\n${output}`)))
  const url = await listening
  return {
    process: child,
    url,
    output: () => output,
    async stop() {
      child.kill('SIGINT')
      return (await closed)[0]
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
