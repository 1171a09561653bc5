/** The completion scripts, in the shells that they are for. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from './main.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slung-completion-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** @returns the file of the script */
async function writeScript(shell: string): Promise<string> {
  let script = ''
  const output = { out: (text: string) => (script += text), error: (text: string) => expect.unreachable(text) }
  expect(await runProgram(['completion', shell], output)).toBe(0)
  const file = join(folder, shell)
  writeFileSync(file, script)
  return file
}

/** What bash proposes for a line that ends where the cursor is. */
async function bashProposals(line: string): Promise<string[]> {
  const words = line.split(' ')
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slung; printf '%s\n' "\${COMPREPLY[@]}"`
  const file = await writeScript('bash')
  const printed = execFileSync('bash', ['--norc', '-c', script, 'bash', file, ...words], { encoding: 'utf8' })
  return printed.split('\n').filter((proposal) => proposal !== '')
}

test.each([
  ['slung ru', ['run']],
  ['slung s', ['send', 'state', 'status', 'store']],
  ['slung store ', ['verify', 'repair']],
  ['slung store ver', ['verify']],
  ['slung run --log', ['--log-level', '--log-format']],
  ['slung run alert.wasm --da', ['--data']],
  ['slung status --j', ['--json']],
  ['slung completion ', ['bash', 'zsh', 'fish']],
  ['slung --v', ['--version']],
  // A file: bash completes it by itself.
  ['slung run al', []],
  ['slung send run', []],
])('bash completes "%s"', async (line, proposals) => {
  expect(await bashProposals(line)).toEqual(proposals)
})

test('bash completes every command and flag that the help shows', async () => {
  const commands = await bashProposals('slung ')
  expect(commands).toEqual(expect.arrayContaining(['run', 'send', 'query', 'status', 'check', 'completion']))
  for (const command of commands.filter((name) => name !== 'help')) {
    let help = ''
    await runProgram([command, '--help'], { out: (text) => (help += text), error: () => {} })
    const flags = Array.from(help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm), ([, flag]) => flag)
    expect(await bashProposals(`slung ${command} --`)).toEqual(flags)
  }
})

const hasShell = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

test.skipIf(!hasShell('zsh'))('zsh reads its script', async () => {
  const file = await writeScript('zsh')
  const script = 'autoload -Uz compinit; compinit -Du; source "$1"; print $_comps[slung]'
  expect(execFileSync('zsh', ['-fc', script, 'zsh', file], { encoding: 'utf8' })).toBe('_slung\n')
})

test.skipIf(!hasShell('fish'))('fish completes commands and flags', async () => {
  const file = await writeScript('fish')
  const propose = (line: string): string[] =>
    execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((proposal) => proposal.split('\t')[0]!)
  expect(propose('slung ru')).toEqual(['run'])
  expect(propose('slung store v')).toEqual(['verify'])
  expect(propose('slung run --log').toSorted()).toEqual(['--log-format', '--log-level'])
})

test('another shell is refused with those that there are', async () => {
  let error = ''
  expect(await runProgram(['completion', 'csh'], { out: () => {}, error: (text) => (error += text) })).toBe(2)
  expect(error).toContain('expected bash, zsh or fish')
})
