/** The executable: process → command → exit code. */
import { replayCommand } from './replay-command.ts'
import { testCommand } from './test-command.ts'

/** 0 passed, 1 failed, 2 could not run, 130 interrupted. */
const [first, ...rest] = process.argv.slice(2)
process.exitCode = first === 'replay' ? await replayCommand(rest) : await testCommand(process.argv.slice(2))
