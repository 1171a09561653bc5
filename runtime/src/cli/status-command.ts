/** `slung status`: how a running runtime and its workflows are. */
import { Command } from 'commander'
import { printable } from '../engine/text/printable.ts'
import { grouped, plural } from '../engine/text/words.ts'
import type { WorkflowStatus } from '../staging/index.ts'
import { askRuntime } from './ask-runtime.ts'
import type { ProgramOutput } from './program-output.ts'
import { createTokenFileOption, createUrlOption, type RuntimeFlags } from './runtime-access.ts'

interface StatusFlags extends RuntimeFlags {
  readonly json?: true
}

/** What `/health` answers to those who may know. */
interface Health {
  readonly status: 'ok' | 'starting' | 'failing'
  readonly error?: string
  readonly waitingFor?: readonly string[]
  readonly shortOfMemory?: string
}

/**
 * Makes the command.
 *
 * @param finish - receives the exit code: 0 the runtime is ok, 1 it is starting or failing
 */
export function createStatusCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('status')
    .summary('show how a runtime and its workflows are')
    .description('Shows whether a runtime works, and the state of each workflow: a view of /health and /workflows.')
    .addOption(createUrlOption())
    .addOption(createTokenFileOption())
    .option('--json', 'print {"health":…,"workflows":…}')
    .addHelpText('after', '\nExit codes: 0 it is ok, 1 it is starting or failing, 2 it cannot be asked.')
    .action(async ({ json, ...flags }: StatusFlags) => {
      const verb = 'ask'
      const { body, where } = await askRuntime<{ workflows: WorkflowStatus[] }>({ ...flags, verb, path: '/workflows' })
      const { body: health } = await askRuntime<Health>({ ...flags, verb, path: '/health', answers: [200, 503] })
      const { workflows } = body
      output.out(json === true ? `${JSON.stringify({ health, workflows })}\n` : formatStatus(where, health, workflows))
      finish(health.status === 'ok' ? 0 : 1)
    })
}

/** A line for the runtime, and one for each workflow, with what went wrong below. */
function formatStatus(where: string, health: Health, workflows: readonly WorkflowStatus[]): string {
  const { status, error, waitingFor, shortOfMemory } = health
  const reason = error ?? shortOfMemory ?? (waitingFor && `it waits for ${waitingFor.join(', ')}`)
  const lines = [`${where}: ${status}${reason === undefined ? '' : `: ${reason}`}`]
  if (workflows.length === 0) lines.push('no workflows')
  const nameLength = Math.max(0, ...workflows.map(({ name }) => name.length))
  for (const { name, state, restarts, handles, delivered, writebacks, lastError } of workflows) {
    const waiting = handles.reduce((sum, handle) => sum + handle.waiting, 0)
    const written = writebacks.http + writebacks.ws + writebacks.event
    const counts = [
      `${plural(delivered, 'Event')} delivered`,
      `${grouped(waiting)} waiting`,
      plural(written, 'writeback'),
      ...(writebacks.httpFailed > 0 ? [plural(writebacks.httpFailed, 'failed request')] : []),
      ...(restarts > 0 ? [plural(restarts, 'restart')] : []),
    ]
    lines.push(`  ${name.padEnd(nameLength)}  ${state.padEnd('restarting'.length)}  ${counts.join(', ')}`)
    if (lastError !== null) lines.push(`    ${lastError.at}  ${lastError.message}`)
  }
  return lines.map((line) => `${printable(line)}\n`).join('')
}
