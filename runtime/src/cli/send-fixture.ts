/**
 * Reads the CSV of `slung send`, completely before anything is sent: a broken row must not leave half a file in a
 * store.
 */
import { createReadStream } from 'node:fs'
import { relative } from 'node:path'
import { FixtureReader, type FixtureError, type FixtureOptions } from '../engine/fixture/fixture-csv.ts'
import type { Fixture } from '../engine/fixture/fixture.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { grouped, plural } from '../engine/text/words.ts'
import { describeFileError } from '../engine/text/describe-file-error.ts'

/** More would scroll the first ones away; a file with this many is broken as a whole. */
const listedMax = 100
const chunkBytes = 1 << 20

/**
 * @param options - what fills in for columns that the file lacks
 * @throws {SlungError} `bad-fixture`, with every bad row; `bad-series`, `bad-producer` for bad options
 */
export async function readSendFixture(
  file: string,
  options: Omit<FixtureOptions, 'file' | 'onError'>,
): Promise<Fixture> {
  const name = relative(process.cwd(), file) || file
  const errors: FixtureError[] = []
  const reader = new FixtureReader({ ...options, file: name, onError: (error) => errors.push(error) })
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) reader.push(chunk as Buffer)
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw unreadable(name, error)
    throw error
  }
  const fixture = reader.finish()
  if (errors.length === 0) return fixture
  const lines = errors.slice(0, listedMax).map(({ message }) => message)
  if (errors.length > listedMax) lines.push(`and ${grouped(errors.length - listedMax)} more`)
  const problems = `${plural(errors.length, 'problem')}, so nothing was sent`
  throw new SlungError('bad-fixture', `cannot send "${name}": ${problems}\n${lines.join('\n')}`)
}

function unreadable(name: string, error: unknown): SlungError {
  return new SlungError('unreadable-file', `cannot read "${name}": ${describeFileError(error)}`, { cause: error })
}
