/** Reads the `[[workflow]]` tables. */
import type { TomlValueWithoutBigInt as TomlValue } from 'smol-toml'
import { pageBytes } from '../../guest/contract/abi.ts'
import { parseVariableName, parseVariableValue } from '../../guest/contract/variables.ts'
import { quote } from '../../engine/text/quote.ts'
import type { WorkflowSettings } from './config-sources.ts'
import type { KeyPath } from './locate-keys.ts'
import { tableOf, type TableKeys } from './read-table.ts'
import {
  byteSize,
  describeKind,
  describePath,
  describeValue,
  durationMillis,
  filePath,
  isTable,
  listOf,
  parsedText,
  type Reader,
  type Reading,
} from './read-value.ts'
import { nameFromFile, parseWorkflowName } from './workflow-name.ts'

export const workflowKeys: TableKeys<Required<WorkflowSettings>> = {
  file: ['file', filePath('the path of a .wasm file')],
  name: ['name', parsedText(parseWorkflowName)],
  environment: ['env', readVariables],
  environmentFrom: ['env_from', listOf(parsedText(parseVariableName))],
  // From one page to all that 32 bits can address.
  memoryPagesMax: ['memory', memoryPages(byteSize('64KiB', '4GiB'))],
  // The watchdog checks every 5 ms at most; a Node timer cannot be longer than 24.8 days.
  watchdogMillis: ['watchdog', durationMillis('10ms', '24d')],
  tickMillis: ['tick', durationMillis('1ms', '24d')],
}

const readSettings = tableOf(workflowKeys)

/** The workflows that could be read; reports two with the same name. */
export function readWorkflows(
  value: TomlValue,
  path: KeyPath,
  reading: Reading,
): readonly WorkflowSettings[] | undefined {
  if (!Array.isArray(value)) {
    const hint = isTable(value) ? ': write [[workflow]], with two brackets on each side' : ', expected [[workflow]]'
    reading.report(path, `${describePath(path)} is ${describeValue(value)}${hint}`)
    return undefined
  }
  const names = new Set<string>()
  return value.flatMap((table, index) => {
    const workflow = readWorkflow(table, [...path, index], reading)
    if (workflow === undefined) return []
    if (names.has(workflow.name)) {
      reading.report(
        [...path, index],
        `a second workflow is called ${quote(workflow.name)}; set "name" to tell them apart`,
      )
    }
    names.add(workflow.name)
    return [workflow]
  })
}

function readWorkflow(table: TomlValue, path: KeyPath, reading: Reading): WorkflowSettings | undefined {
  const settings = readSettings(table, path, reading)
  if (settings === undefined) return undefined
  const { file, environment = {}, environmentFrom = [] } = settings
  for (const variable of environmentFrom) {
    if (!Object.hasOwn(environment, variable)) continue
    reading.report([...path, 'env', variable], `"env_from" also has the variable ${quote(variable)}; keep one of them`)
  }
  if (file === undefined) {
    // An unusable "file" has already been reported.
    if (isTable(table) && !Object.hasOwn(table, 'file')) {
      reading.report(path, 'the workflow has no "file", expected the path of a .wasm file')
    }
    return undefined
  }
  return { ...settings, file, name: settings.name ?? nameFromFile(file), environmentFrom }
}

function readVariables(
  value: TomlValue,
  path: KeyPath,
  reading: Reading,
): Readonly<Record<string, string>> | undefined {
  if (!isTable(value)) {
    reading.report(path, `${describePath(path)} is ${describeKind(value)}, expected a table such as { KEY = "value" }`)
    return undefined
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, written]) => {
      const variable = readName(name, [...path, name], reading)
      const text = readText(written, [...path, name], reading)
      return variable === undefined || text === undefined ? [] : [[variable, text]]
    }),
  )
}

const readName = parsedText(parseVariableName)
const readText = parsedText(parseVariableValue)

function memoryPages(readBytes: Reader<number>): Reader<number> {
  return (value, path, reading) => {
    const bytes = readBytes(value, path, reading)
    return bytes === undefined ? undefined : Math.floor(bytes / pageBytes)
  }
}
