/** Completion scripts for three shells, from a list of commands. Where nothing of ours fits, they complete file names. */

export interface CompletedCommand {
  /** Its name after those that lead to it; empty = the program. */
  readonly path: readonly string[]
  /** The commands below it, or the choices of its argument. */
  readonly words: readonly Completion[]
  readonly options: readonly CompletedOption[]
}

export interface Completion {
  readonly name: string
  readonly description: string
}

export interface CompletedOption {
  readonly long: string
  readonly short: string | null
  readonly description: string
  readonly takesValue: boolean
}

export type Shell = 'bash' | 'zsh' | 'fish'

export const completionScripts: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: (commands) => `_slung() {
  local current=\${COMP_WORDS[COMP_CWORD]} chosen='' word names='' flags=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$chosen $word" in
      ${patternsOf(commands)}) chosen="$chosen $word" ;;
    esac
  done
  case "$chosen" in
${commands.map(bashCase).join('\n')}
  esac
  if [[ $current == -* ]]; then names=$flags; fi
  COMPREPLY=($(compgen -W "$names" -- "$current"))
}
complete -o default -F _slung slung
`,
  zsh: (commands) => `#compdef slung
_slung() {
  local chosen='' word
  local -a names flags
  for word in \${words[2,CURRENT-1]}; do
    case "$chosen $word" in
      (${patternsOf(commands)}) chosen="$chosen $word" ;;
    esac
  done
  case "$chosen" in
${commands.map(zshCase).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe flag flags
  elif (( \${#names} )); then
    _describe command names
  else
    _files
  fi
}
compdef _slung slung
`,
  fish: (commands) => `${commands.flatMap((command) => fishLines(command, commands)).join('\n')}\n`,
}

/** How the names of a command stand in the variable `chosen`: each after a space. */
function chosenOf({ path }: CompletedCommand): string {
  return path.map((name) => ` ${name}`).join('')
}

function patternsOf(commands: readonly CompletedCommand[]): string {
  return commands.flatMap((command) => (command.path.length === 0 ? [] : `'${chosenOf(command)}'`)).join(' | ')
}

function bashCase(command: CompletedCommand): string {
  const names = command.words.map(({ name }) => name).join(' ')
  return `    '${chosenOf(command)}') names='${names}' flags='${command.options.map(({ long }) => long).join(' ')}' ;;`
}

function zshCase(command: CompletedCommand): string {
  const describe = (name: string, text: string): string => quoted(`${name.replaceAll(':', '\\:')}:${text}`)
  const names = command.words.map(({ name, description }) => describe(name, description)).join(' ')
  const flags = command.options.map(({ long, description }) => describe(long, description)).join(' ')
  return `    ('${chosenOf(command)}') names=(${names}) flags=(${flags}) ;;`
}

function fishLines({ path, words, options }: CompletedCommand, all: readonly CompletedCommand[]): string[] {
  const below = all.filter(
    (other) => other.path.length === path.length + 1 && path.every((name, at) => name === other.path[at]),
  )
  const isBelow = below.map((other) => other.path.at(-1)!).join(' ')
  const isHere = [
    ...path.map((name) => `__fish_seen_subcommand_from ${name}`),
    ...(isBelow === '' ? [] : [`not __fish_seen_subcommand_from ${isBelow}`]),
  ].join('; and ')
  const start = `complete -c slung -n ${quoted(isHere)}`
  return [
    ...words.map(({ name, description }) => `${start} -f -a ${name} -d ${quoted(description)}`),
    ...options.map(({ long, short, description, takesValue }) => {
      const flags = `-l ${long.slice(2)}${short === null ? '' : ` -s ${short.slice(1)}`}${takesValue ? ' -r' : ''}`
      return `${start} ${flags} -d ${quoted(description)}`
    }),
  ]
}

/** In single quotes. No description has one: fish and the other shells escape it differently. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`
}
