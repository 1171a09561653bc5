/** `slung state`: what a workflow of a running runtime remembers. */
import { Command } from 'commander'
import { escapeUnprintable } from '../engine/text/printable.ts'
import type { RememberedValue, StateAnswer } from '../staging/index.ts'
import { askRuntime } from './ask-runtime.ts'
import type { ProgramOutput } from './program-output.ts'
import { createTokenFileOption, createUrlOption, type RuntimeFlags } from './runtime-access.ts'

interface StateFlags extends RuntimeFlags {
  readonly json?: true
}

/** Makes the command. @param finish - receives the exit code */
export function createStateCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('state')
    .summary('show what a workflow remembers')
    .description('Shows what a workflow of a running runtime remembers over restarts, as it was saved last.')
    .argument('<name>', 'the workflow, as "slung status" shows it')
    .addOption(createUrlOption())
    .addOption(createTokenFileOption())
    .option('--json', 'print {"workflow":…,"bytes":…,"values":[{"key":…,"text":…},…]}')
    .action(async (name: string, { json, ...flags }: StateFlags) => {
      const path = `/workflows/${encodeURIComponent(name)}/state`
      const { body } = await askRuntime<StateAnswer>({ ...flags, verb: 'ask', path })
      output.out(json === true ? `${JSON.stringify(body)}\n` : formatState(body))
      finish(0)
    })
}

function formatState({ workflow, values }: StateAnswer): string {
  if (values.length === 0) return `${escapeUnprintable(workflow)} remembers nothing\n`
  return values.map((value) => `${escapeUnprintable(value.key)}\t${formatValue(value)}\n`).join('')
}

function formatValue(value: RememberedValue): string {
  return 'text' in value ? escapeUnprintable(value.text) : `base64:${value.base64}`
}
