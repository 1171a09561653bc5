/** `slung completion`: a script that teaches a shell the commands and flags of `slung`, made from their definitions. */
import { Argument, Command } from 'commander'
import { completionScripts, type CompletedCommand, type Shell } from './completion-scripts.ts'
import type { ProgramOutput } from './program-output.ts'

/**
 * Makes the command. It completes the program that it is added to.
 *
 * @param finish - receives the exit code: 0
 */
export function createCompletionCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  const command = new Command('completion')
    .summary('print a script for completion in a shell')
    .description('Prints a script that completes commands and flags. Load it where your shell starts.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(completionScripts)))
    .addHelpText(
      'after',
      `
Examples:
  source <(slung completion bash)                                     in ~/.bashrc
  source <(slung completion zsh)                                      in ~/.zshrc, after compinit
  slung completion fish > ~/.config/fish/completions/slung.fish       once`,
    )
    .action((shell: Shell) => {
      output.out(completionScripts[shell](commandsOf(command.parent!, [])))
      finish(0)
    })
  return command
}

/** A command and all below it. @param path - the names that lead to it, without that of the program */
function commandsOf(command: Command, path: readonly string[]): CompletedCommand[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  const options = help.visibleOptions(command).map(({ long, short, description, required, optional }) => ({
    long: long ?? '',
    short: short ?? null,
    description,
    takesValue: required || optional,
  }))
  const own = commands.map((each) => ({ name: each.name(), description: each.summary() || each.description() }))
  const choices = command.registeredArguments[0]?.argChoices ?? []
  const words = [...own, ...choices.map((name) => ({ name, description: '' }))]
  return [
    { path, words, options },
    ...commands.filter((each) => each.name() !== 'help').flatMap((each) => commandsOf(each, [...path, each.name()])),
  ]
}
