/** Reads a whole fixture file, chunk by chunk, before the replay: a broken row must stop the run before it starts. */
import { open } from 'node:fs/promises'
import { relative } from 'node:path'
import {
  describeFileError,
  type Fixture,
  type FixtureError,
  FixtureReader,
  plural,
  SlungError,
  type TimeUnit,
} from '@slung/runtime'

/** One input of a replay. The options stand in for columns that the CSV lacks. */
export interface FixtureSource {
  /** Path of the file; absolute, or relative to the current directory. */
  readonly csv: string
  /** Series of rows without one. */
  readonly series?: string
  /** Added to every row. */
  readonly tags?: readonly string[]
  /** Producer of rows without one. */
  readonly producer?: string
  /** Unit of integer timestamps; microseconds unless given. */
  readonly timeUnit?: TimeUnit
}

const chunkBytesMax = 1 << 20
// Pipes and the like have no size.
const chunkBytesMin = 1 << 14

/** Of what is not a file, and so may have no end. */
const streamBytesMax = 1 << 30
const tooLong = 'it is not a regular file and has more than 1 GiB, expected less; write it to a file first'

/** Rows with problems that an error lists. A file of another format has one in every row. */
const problemsShownMax = 20

/** @throws {SlungError} `bad-fixture` with every bad row, by file and line as a person would open them */
export async function readFixture(source: FixtureSource): Promise<Fixture> {
  const { csv, ...options } = source
  const file = relative(process.cwd(), csv) || csv
  const problems: FixtureError[] = []
  let problemCount = 0
  const onError = (problem: FixtureError): void => {
    if (++problemCount <= problemsShownMax) problems.push(problem)
  }
  const reader = new FixtureReader({ ...options, file, onError })
  const handle = await openFixture(csv, file)
  try {
    // Most fixtures are small, and there may be hundreds.
    const stats = await handle.stat()
    const chunk = new Uint8Array(Math.min(chunkBytesMax, Math.max(chunkBytesMin, stats.size + 1)))
    const bytesMax = stats.isFile() ? Number.POSITIVE_INFINITY : streamBytesMax
    for (let byteCount = 0; ;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length)
      if (bytesRead === 0) break
      byteCount += bytesRead
      if (byteCount > bytesMax) throw new Error(tooLong)
      reader.push(chunk.subarray(0, bytesRead))
      // No row can follow, but what comes may have no end.
      if (problemCount > 0 && !reader.hasHeader) break
    }
  } catch (error) {
    if (error instanceof SlungError) throw error
    throw unreadable(file, error)
  } finally {
    await handle.close()
  }
  const fixture = reader.finish()
  if (problemCount === 0) return fixture
  if (problemCount === 1) throw problems[0]!
  const more = problemCount - problems.length
  const lines = [...problems.map(({ message }) => message), ...(more > 0 ? [`… and ${plural(more, 'more row')}`] : [])]
  throw new SlungError('bad-fixture', lines.join('\n'))
}

async function openFixture(csv: string, file: string): ReturnType<typeof open> {
  try {
    return await open(csv)
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): SlungError {
  return new SlungError('bad-fixture', `cannot read fixture "${file}": ${describeFileError(error)}`, { cause: error })
}
