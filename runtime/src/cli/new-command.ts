/** `slung new`: makes a folder with a workflow that builds, tests and runs right away. */
import { Command, Option } from 'commander'
import { createProject, describeProject, type ProjectLanguage } from '../scaffold/create-project.ts'
import type { ProgramOutput } from './program-output.ts'

/**
 * Makes the command.
 *
 * @param finish - receives the exit code, 0; every failure throws
 */
export function createNewCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('new')
    .summary('make a project for a workflow')
    .description(
      'Makes a directory with a workflow, a fixture, tests, a CI job for GitHub and a README that says what to try.\n' +
        'Existing files are not touched.',
    )
    .argument('<directory>', 'where to make it; its name becomes the name of the workflow')
    .addOption(
      new Option('--lang <language>', 'the language: as = AssemblyScript, rust').choices(['as', 'rust']).default('as'),
    )
    .action(async (folder: string, { lang }: { readonly lang: ProjectLanguage }) => {
      output.out(describeProject(await createProject(folder, lang)))
      finish(0)
    })
}
