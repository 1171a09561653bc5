/** The executable: process → command → exit code. */
import { watchOutput } from './run-command.ts'

const args = process.argv.slice(2)
// An interrupted run dies of the signal, which shells report as 130; guest threads and vitest's workers end with it.
// `process.exit` would wait for threads that compile in the background, and those may wait for this one
// (nodejs/node#54918): on a busy machine, one run in some hundred hung forever.
process.once('SIGINT', () => {
  process.removeAllListeners('SIGINT')
  // After vitest's own listener, which restores the terminal's cursor.
  setImmediate(() => process.kill(process.pid, 'SIGINT'))
})
watchOutput('slung-test')
// A command loads only what it needs: vitest alone takes longer to load than most replays take to run.
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  replay: async (rest) => (await import('./replay-command.ts')).replayCommand(rest),
  init: async (rest) => (await import('./init-command.ts')).initCommand(rest),
  differ: async (rest) => (await import('./differ-command.ts')).differCommand(rest),
}
const command = (name: string): ((rest: readonly string[]) => Promise<number>) | undefined =>
  Object.hasOwn(commands, name) ? commands[name] : undefined
const test = async (rest: readonly string[]): Promise<number> => (await import('./test-command.ts')).testCommand(rest)
process.exitCode = await run(args)

async function run([name = '', ...rest]: readonly string[]): Promise<number> {
  if (name !== 'help') return await (command(name)?.(rest) ?? test(args))
  const [topic] = rest
  if (topic === undefined) return await test(['--help'])
  const known = command(topic)
  if (known !== undefined) return await known(['--help'])
  console.error(`slung-test: unknown command '${topic}'; see "slung-test --help"`)
  return 2
}
