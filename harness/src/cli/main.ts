/** The executable: process → command → exit code. */

const args = process.argv.slice(2)
// Guest threads and vitest's workers end with this process. 130 = interrupted, as shells have it.
process.once('SIGINT', () => process.exit(130))
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has seen enough, as in `| head`.
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`slung-test: cannot write the output: ${error.message}\n`)
    process.exit(2)
  })
}
// A command loads what it needs and no more: vitest alone takes longer to load than most replays take to run.
const run =
  args[0] === 'replay'
    ? (await import('./replay-command.ts')).replayCommand(args.slice(1))
    : (await import('./test-command.ts')).testCommand(args)
process.exitCode = await run
