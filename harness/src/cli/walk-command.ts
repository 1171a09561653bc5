/** `slung-test replay --trace FILE`: walks through a trace, to a time or call by call. */
import { createInterface } from 'node:readline/promises'
import { formatTimestamp, type Micros } from '@slung/runtime'
import { resolveTime, type TimeOrOffset } from '../run/time-or-offset.ts'
import { countLinesUntil, describeTraceLine, describeTraceState } from '../report/describe-trace.ts'
import { createTimePrinter } from '../report/time-printer.ts'
import { readTrace, type FiledLine, type TraceFile } from '../trace/trace-file.ts'
import { exitCodes, printLines } from './run-command.ts'

export interface WalkFlags {
  readonly trace: string
  readonly until?: TimeOrOffset
  readonly step?: true
}

/** @returns the exit code */
export async function walkTrace({ trace: file, until, step }: WalkFlags): Promise<number> {
  const trace = await readTrace(file)
  const times = createTimePrinter(trace.lines.map(({ at }) => at))
  const describe = (line: FiledLine): string => `${describeTraceLine(line, times)}\n`
  const count = until === undefined ? trace.lines.length : countLinesUntil(trace, resolveTime(until, startOf(trace)))
  const start = trace.end === null ? '' : `, starts ${formatTimestamp(trace.end.modes.start)}`
  await printLines([`${trace.head.workflow}${start}\n\n`])
  // With --step, the walk begins where --until says, or else at the start.
  const from = step === true && until === undefined ? 0 : count
  await printLines(trace.lines.slice(0, from).map(describe))
  const shown = step === true ? await stepOn(trace, from, describe) : from
  await printLines(['\n', ...describeTraceState(trace, shown, times).map((line) => `${line}\n`)])
  return exitCodes.passed
}

/** One line for each Enter; `q` or the end of the input stops. @returns how many lines were shown in all */
async function stepOn({ lines }: TraceFile, from: number, describe: (line: FiledLine) => string): Promise<number> {
  if (process.stdin.isTTY) console.error('Enter shows the next line, q ends')
  const input = createInterface({ input: process.stdin })
  let shown = from
  for await (const answer of input) {
    if (answer.trim() === 'q') break
    if (shown < lines.length) await printLines([describe(lines[shown++]!)])
    if (shown >= lines.length) break
  }
  input.close()
  return shown
}

/** A trace that was cut off does not say when its run started, but begins then. */
function startOf({ lines, end }: TraceFile): Micros {
  return end?.modes.start ?? lines[0]?.at ?? 0
}
