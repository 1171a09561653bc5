/**
 * `npm run fuzz -- log`: the log never waits for its reader, loses no line without counting it, keeps their order, and
 * no text of a guest or a client forges a line.
 */
import { createLogFormat, type LogFormat } from '../../src/cli/log-format.ts'
import { LineOutput } from '../../src/cli/line-output.ts'
import type { SeededRandom } from '../../src/testing/seeded-random.ts'
import { searchUntil } from './search-until.ts'

const bytesMax = 400

/** Writes lines to a reader that takes what it likes, when it likes. @returns what is wrong; `null` = nothing */
export async function readingProblem(random: SeededRandom): Promise<string | null> {
  let read = ''
  let room = 0
  let calls = 0
  const output = new LineOutput({
    bytesMax,
    describeGap: (count) => `gap ${count}\n`,
    take(bytes) {
      calls++
      const taken = bytes.subarray(0, random.below(3) === 0 ? 0 : Math.min(room, 1 + random.below(bytes.length)))
      room -= taken.length
      read += Buffer.from(taken).toString('latin1')
      return taken.length
    },
  })
  const writtenCount = random.below(200)
  for (let line = 0; line < writtenCount; line++) {
    if (random.below(4) === 0) room += random.below(300)
    const before = calls
    output.write(`${line} ${'x'.repeat(random.below(random.below(10) === 0 ? 600 : 30))}\n`)
    // One for each byte, as slow as the reader is.
    if (calls - before > bytesMax + 2) return `one line asked ${calls - before} times`
    if (random.below(5) === 0) output.flush()
  }
  room = 1e9
  await output.drain(1000, 5000)
  return lineProblem(read, writtenCount, output.droppedCount)
}

function lineProblem(read: string, writtenCount: number, droppedCount: number): string | null {
  let next = 0
  let gaps = 0
  for (const line of read.split('\n').slice(0, -1)) {
    const [, gap] = /^gap (\d+)$/.exec(line) ?? []
    if (gap !== undefined) {
      next += Number(gap)
      gaps += Number(gap)
    } else if (!new RegExp(`^${next++} x*$`).test(line)) {
      return `line ${next - 1} is missing or torn: ${line}`
    }
  }
  if (next !== writtenCount) return `${writtenCount} lines were written, and ${next} are accounted for`
  return gaps === droppedCount ? null : `${droppedCount} lines were left out, and ${gaps} told of`
}

const pieces = [
  '\u001b[2J',
  '\u001b]0;x\u0007',
  '\r',
  '\n',
  '\r\n',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u009b',
  '\0',
  '\ud800',
  '\t',
  '[00:00:00.000] INFO: forged',
  '{"level":30}',
  '    at x',
  'text',
  '"',
  '\\',
  '\\u001b',
  '%s',
  '\u{1f600}',
]

/** Formats an entry of hostile texts. @returns what is wrong; `null` = nothing */
export function formatProblem(toText: LogFormat, toJson: LogFormat, random: SeededRandom): string | null {
  const text = (): string => Array.from({ length: random.below(8) }, () => pieces[random.below(pieces.length)]).join('')
  const frames = [{ function: text(), location: random.below(2) === 0 ? null : text() }]
  const entry = { level: 30, time: '2026-01-01T00:00:00.000Z', workflow: 'w', status: text(), frames, msg: text() }
  const line = `${JSON.stringify(entry)}\n`
  const lines = toText(line).trimEnd().split('\n')
  // oxlint-disable-next-line no-control-regex -- that is the question
  const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/
  if (lines.some((one) => unprintable.test(one))) return `it prints control characters: ${JSON.stringify(lines)}`
  if (lines.slice(1).some((one) => /^\S/.test(one))) return `it forges a line: ${JSON.stringify(lines)}`
  const json = toJson(line)
  if (unprintable.test(json.slice(0, -1))) return `JSON has control characters: ${JSON.stringify(json)}`
  return JSON.stringify(JSON.parse(json)) === JSON.stringify(entry) ? null : `JSON has another text: ${json}`
}

/** @returns the exit code */
export async function fuzz(args: readonly string[]): Promise<number> {
  const [toText, toJson] = await Promise.all([createLogFormat('text', false), createLogFormat('json', false)])
  return searchUntil(
    'log',
    args,
    async (random) => formatProblem(toText, toJson, random) ?? (await readingProblem(random)),
  )
}
