/** Reads spec files, and hands a parsed spec to another process as text: so a run parses each spec once. */
import { relative, resolve } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { describeFileError, mapScalars, readRegularFile, SlungError, WrittenNumber } from '@slung/runtime'
import { deepFreeze, parseSpec } from './parse-spec.ts'
import type { Spec } from './spec.ts'

interface ParsedFile {
  readonly text: string
  readonly spec: Spec
}

// By absolute path. A file whose text has changed is parsed again, as while watching.
const parsed = new Map<string, ParsedFile>()

/**
 * Reads a spec; the file is read each time, and parsed only when its text has changed.
 *
 * @param file - where it is
 * @param name - how messages name it
 * @throws {SpecError} with everything that is wrong with it; errors of `readSpecFileText` pass through
 */
export async function readSpecFile(file: string, name: string = file): Promise<Spec> {
  return readSpecText(await readSpecFileText(file), file, name)
}

/** The text of a spec. @throws {Error} as `readRegularFile` */
export async function readSpecFileText(file: string): Promise<string> {
  return (await readRegularFile(resolve(file), specBytesMax)).toString()
}

/** Some 100,000 expected writebacks; reading YAML takes seconds for as much. */
const specBytesMax = 16 * 1024 * 1024

/**
 * Reads a spec that messages name by its path from the current folder.
 *
 * @throws {SlungError} `unreadable-file`, or a `SpecError` with everything that is wrong with it
 */
export async function readSpec(file: string): Promise<Spec> {
  const name = relative(process.cwd(), file)
  try {
    return await readSpecFile(file, name)
  } catch (error) {
    if (error instanceof SlungError) throw error
    throw new SlungError('unreadable-file', `cannot read spec "${name}": ${describeFileError(error)}`, { cause: error })
  }
}

/** Reads a spec whose text the caller has. Parameters and errors as in `readSpecFile`. */
export function readSpecText(text: string, file: string, name: string = file): Spec {
  const path = resolve(file)
  const known = parsed.get(path)
  if (known?.text === text) return known.spec.file === name ? known.spec : Object.freeze({ ...known.spec, file: name })
  const spec = parseSpec(text, name)
  parsed.set(path, { text, spec })
  return spec
}

/** A spec as ASCII text. Unlike JSON, it keeps −0 and `undefined`. */
export function packSpec(spec: Spec): string {
  // A copy has no classes; sets are something else that no spec has.
  const copied = mapScalars(spec, (value) => (value instanceof WrittenNumber ? new Set([value.text]) : value))
  return serialize(copied).toString('base64')
}

/** The spec that `packSpec` made the text from, frozen. */
export function unpackSpec(packed: string): Spec {
  const copied: unknown = deserialize(Buffer.from(packed, 'base64'))
  const spec = mapScalars(copied, (value) => (value instanceof Set ? new WrittenNumber([...value].join('')) : value))
  return deepFreeze(spec as Spec)
}
