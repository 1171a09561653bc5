/** The executable: process → command → exit code. */

const args = process.argv.slice(2)
// A command loads what it needs and no more: vitest alone takes longer to load than most replays take to run.
const run =
  args[0] === 'replay'
    ? (await import('./replay-command.ts')).replayCommand(args.slice(1))
    : (await import('./test-command.ts')).testCommand(args)
process.exitCode = await run
