/**
 * `slung-test init [DIRECTORY]`: puts a workflow with its fixture, its tests and a CI job into a folder, as `slung new`
 * does.
 */
import { createProject, describeProject, type ProjectLanguage } from '@slung/runtime'
import { Option } from 'commander'
import { createCommand, exitCodes, printLines, runCommand } from './run-command.ts'

/** @returns the exit code: 0 when all files are written, 2 when none is */
export async function initCommand(args: readonly string[]): Promise<number> {
  const command = createCommand('slung-test init')
    .description('Puts a workflow with its fixture, its tests and a CI job into an empty directory.')
    .argument('[directory]', 'where; created if it does not exist', '.')
    .addOption(
      new Option('--lang <language>', 'the language: as = AssemblyScript, rust').choices(['as', 'rust']).default('as'),
    )
  return await runCommand(command, args, async () => {
    const { lang } = command.opts<{ lang: ProjectLanguage }>()
    await printLines([describeProject(await createProject(command.args[0] ?? '.', lang))])
    return exitCodes.passed
  })
}
