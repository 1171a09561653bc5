/** `slung check`: looks at a module without running it and prints everything that would prevent or disturb a run. */
import { Command } from 'commander'
import { pageBytes } from '../guest/contract/abi.ts'
import { checkModule, formatProblems } from '../guest/check/check-module.ts'
import { readGuestFile } from '../guest/load/load-guest.ts'
import type { ModuleReport } from '../guest/check/module-report.ts'
import type { ProgramOutput } from './program-output.ts'
import { shorten } from '../engine/text/quote.ts'
import { plural } from '../engine/text/words.ts'

/**
 * Makes the command.
 *
 * @param finish - receives the exit code: 0 the module can run, 1 it has problems, 2 it could not be checked
 */
export function createCheckCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('check')
    .summary('check a workflow module without running it')
    .description(
      'Checks a WebAssembly module against what a host offers and expects. Reports all problems together, and how to fix each.\n' +
        'Exit codes: 0 it can run, 1 it has problems, 2 it could not be checked.',
    )
    .argument('<file>', 'the module (.wasm)')
    .option('--json', 'print the report as one JSON object')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const { report } = checkModule(await readGuestFile(file))
      output.out(options.json === true ? `${JSON.stringify({ file, ...report })}\n` : formatReport(file, report))
      finish(exitCodeOf(report))
    })
}

function exitCodeOf({ kind, problems }: ModuleReport): number {
  if (kind === 'unknown') return 2
  return problems.length === 0 ? 0 : 1
}

/** Imports, and exports, that are listed. */
const listedMax = 100
const nameUnitsMax = 200

/** The report for people. */
function formatReport(file: string, report: ModuleReport): string {
  const { problems, warnings } = report
  const lines = [`${file}: ${problems.length === 0 ? 'ok' : plural(problems.length, 'problem')}`]
  if (problems.length > 0) lines.push(formatProblems(problems))
  if (report.kind === 'core-module') lines.push('', ...describeModule(report))
  if (warnings.length > 0) lines.push('', `${plural(warnings.length, 'warning')}:`, formatProblems(warnings))
  return `${lines.join('\n')}\n`
}

function describeModule(report: ModuleReport): string[] {
  const { byteLength, language, entry, memory, imports, importCount, exports, exportCount } = report
  const facts = [`${(byteLength / 1000).toFixed(1)} kB`]
  if (language !== null) facts.push(`probably ${language}`)
  if (entry !== null) facts.push(`entry ${entry}`)
  if (memory !== null) facts.push(`memory ${(memory.initialPages * pageBytes) / 1024} KiB at start`)
  return [
    `  ${facts.join(', ')}`,
    ...imports.slice(0, listedMax).map(({ module, name, type }) => `  import ${shown(module)}.${shown(name)} ${type}`),
    ...describeRest(importCount, 'import'),
    ...exports.slice(0, listedMax).map(({ name, type }) => `  export ${shown(name)} ${type}`),
    ...describeRest(exportCount, 'export'),
  ]
}

function describeRest(count: number, noun: string): string[] {
  return count <= listedMax ? [] : [`  … and ${plural(count - listedMax, `more ${noun}`)}`]
}

function shown(name: string): string {
  return shorten(name, nameUnitsMax)
}
