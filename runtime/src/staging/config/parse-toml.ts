/**
 * Parses TOML, with syntax errors that show the place and hide secrets: an unquoted token is a syntax error, and the
 * code around an error ends up in terminals and logs.
 */
import { parse, TomlError, type TomlTableWithoutBigInt } from 'smol-toml'
import { ConfigError } from './config-error.ts'

/**
 * @param file - for messages
 * @param vocabulary - the names of keys and tables, which may be shown; other words may be pieces of a secret
 * @throws {ConfigError} with the position, the reason, and the lines around it
 */
export function parseToml(text: string, file: string, vocabulary: ReadonlySet<string>): TomlTableWithoutBigInt {
  try {
    return parse(text, { integersAsBigInt: false })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [reason = ''] = error.message.replace('Invalid TOML document: ', '').split('\n')
    const frame = codeFrame(text, error, vocabulary)
    // The parser's own error is not passed on as the cause: it quotes the text, secrets included.
    // oxlint-disable-next-line preserve-caught-error
    throw new ConfigError([{ where: `${file}:${error.line}:${error.column}`, message: `${reason}\n${frame}` }])
  }
}

/** The line of the error between its neighbours, a caret below it. */
function codeFrame(text: string, { line, column }: TomlError, vocabulary: ReadonlySet<string>): string {
  const lines = text.split(/\r?\n/)
  const width = String(line + 1).length
  return [line - 1, line, line + 1]
    .filter((number) => number >= 1 && number <= lines.length)
    .flatMap((number) => {
      const shown = showLine(lines[number - 1]!, vocabulary)
      const row = `  ${String(number).padStart(width)} | ${shown}`.trimEnd()
      const caret = ' '.repeat(width + 5 + Math.min(column - 1, shown.length))
      return number === line ? [row, `${caret}^`] : [row]
    })
    .join('\n')
}

/**
 * A line without what may be secret: a slip of the hand can put a token, or a piece of it, behind any key, into a header
 * or on a line of its own. So it shows known names, and values without other words.
 */
function showLine(line: string, vocabulary: ReadonlySet<string>): string {
  const [, before = '', name = '', value = ''] = /^(\s*\[*)([\w-]*)(.*)$/s.exec(line) ?? []
  if (name === '' ? before.trim() !== '' || value !== '' : !vocabulary.has(name)) return '…'
  return `${before}${name}${isHarmless(value, vocabulary) ? value : `${/^\s*=\s*/.exec(value)?.[0] ?? ''}…`}`
}

/** Whether a text has no words but those that are known, and otherwise numbers, units and marks. */
function isHarmless(text: string, vocabulary: ReadonlySet<string>): boolean {
  const words = text.match(/[^\s.,:=+"'[\]{}-]+/g) ?? []
  return (
    words.every((word) => vocabulary.has(word) || /^[\d_]{1,7}[a-zA-Z]{0,3}$/.test(word)) &&
    text.replaceAll(/\D/g, '').length <= digitsMax
  )
}

/** An address and a port have that many; longer numbers may be secrets. */
const digitsMax = 17
