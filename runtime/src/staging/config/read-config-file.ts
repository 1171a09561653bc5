/** Reads `slung.toml`: text → TOML values → settings, and reports all problems together, each with its position. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'
import { ConfigError } from './config-error.ts'
import { keysByTable, readRoot } from './config-keys.ts'
import type { ConfigFile } from './config-sources.ts'
import { type KeyPath, type Locate, locateKeys } from './locate-keys.ts'
import { parseToml } from './parse-toml.ts'
import { describeFileError } from '../../engine/text/describe-file-error.ts'

/**
 * @throws {ConfigError} with every problem of the file, in file order
 * @throws {SlungError} `unreadable-file`
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  return parseConfigFile(await readText(file), file)
}

/** Like `readConfigFile`, for a text in memory. @throws {ConfigError} */
export function parseConfigFile(toml: string, file: string): ConfigFile {
  const values = parseToml(toml, file, vocabulary)
  const locate = locateKeys(toml)
  const found: { readonly path: KeyPath; readonly message: string }[] = []
  const report = (path: KeyPath, message: string): void => void found.push({ path, message })
  const settings = readRoot(values, [], { directory: dirname(resolve(file)), report, homeOf }) ?? {}
  if (settings.token !== undefined && settings.tokenFile !== undefined) {
    report(['token_file'], 'both "token" and "token_file" are set; keep one of them')
  }
  if (found.length > 0) throw new ConfigError(inOrder(found, file, locate))
  return { ...settings, file, locate }
}

/** @example positionText(file, ['http', 'timeout']) // "slung.toml:12:1" */
export function positionText({ file, locate }: Pick<ConfigFile, 'file' | 'locate'>, path: KeyPath): string {
  const { line, column } = locate(path)
  return `${file}:${line}:${column}`
}

function inOrder(
  found: readonly { readonly path: KeyPath; readonly message: string }[],
  file: string,
  locate: Locate,
): { where: string; message: string }[] {
  return found
    .map(({ path, message }) => ({ path, message, ...locate(path) }))
    .sort((one, other) => one.line - other.line || one.column - other.column)
    .map(({ path, message }) => ({ where: positionText({ file, locate }, path), message }))
}

/** What a syntax error may show of the lines around it. */
const vocabulary: ReadonlySet<string> = new Set([...keysByTable.keys(), ...[...keysByTable.values()].flat()])

/** The tables that there may be several of. */
const listTables: ReadonlySet<string> = new Set(['workflow', 'http.with'])

function homeOf(key: string): string | null {
  for (const [table, keys] of keysByTable) {
    if (!keys.includes(key)) continue
    if (table === '') return 'at the top of the file, above the first table'
    return `in ${listTables.has(table) ? `[[${table}]]` : `[${table}]`}`
  }
  return null
}

async function readText(file: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw new SlungError('unreadable-file', `cannot read the configuration "${file}": ${describeFileError(error)}`, {
      cause: error,
    })
  }
  try {
    // It also drops a byte order mark: positions do not count it.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new SlungError('unreadable-file', `cannot read the configuration "${file}": it is not UTF-8 text`, {
      cause: error,
    })
  }
}
