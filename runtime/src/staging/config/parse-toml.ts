/**
 * Parses TOML, with syntax errors that show the place and hide secrets: an unquoted token is a syntax error, and the
 * code around an error ends up in terminals and logs.
 */
import { parse, TomlError, type TomlTableWithoutBigInt } from 'smol-toml'
import { ConfigError } from './config-error.ts'

/**
 * @param file - for messages
 * @param plainKeys - the keys whose values may be shown
 * @throws {ConfigError} with the position, the reason, and the lines around it
 */
export function parseToml(text: string, file: string, plainKeys: ReadonlySet<string>): TomlTableWithoutBigInt {
  try {
    return parse(text, { integersAsBigInt: false })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [reason = ''] = error.message.replace('Invalid TOML document: ', '').split('\n')
    const frame = codeFrame(text, error, plainKeys)
    // The parser's own error is not passed on as the cause: it quotes the text, secrets included.
    // oxlint-disable-next-line preserve-caught-error
    throw new ConfigError([{ where: `${file}:${error.line}:${error.column}`, message: `${reason}\n${frame}` }])
  }
}

/** The line of the error between its neighbours, a caret below it. */
function codeFrame(text: string, { line, column }: TomlError, plainKeys: ReadonlySet<string>): string {
  const lines = text.split(/\r?\n/)
  const width = String(line + 1).length
  return [line - 1, line, line + 1]
    .filter((number) => number >= 1 && number <= lines.length)
    .flatMap((number) => {
      const shown = isPlain(lines, number - 1, plainKeys) ? lines[number - 1]! : hideValue(lines[number - 1]!)
      const row = `  ${String(number).padStart(width)} | ${shown}`.trimEnd()
      const caret = ' '.repeat(width + 5 + Math.min(column - 1, shown.length))
      return number === line ? [row, `${caret}^`] : [row]
    })
    .join('\n')
}

function isPlain(lines: readonly string[], index: number, plainKeys: ReadonlySet<string>): boolean {
  const line = lines[index]!
  if (/^\s*(?:\[[^=]*)?$/.test(line)) return true
  const header = lines.slice(0, index).findLast((before) => /^\s*\[/.test(before)) ?? ''
  const [, key = ''] = /^\s*([\w-]+)\s*=/.exec(line) ?? []
  return plainKeys.has(key) && !/\b(?:env|token)\b/.test(header + line)
}

function hideValue(line: string): string {
  const [before = ''] = /^\s*(?:[\w.-]+\s*=\s*)?/.exec(line) ?? []
  return `${before}…`
}
