/** The log of `slung run`: JSON lines for machines, or lines for people. */
import { isatty } from 'node:tty'
import { pino, stdTimeFunctions, type Logger } from 'pino'
import type { LogConfig } from '../staging/config/runtime-config.ts'
import { plural } from '../engine/text/words.ts'
import { readGuestLine } from '../staging/observe/guest-line.ts'
import type { RuntimeLog, WorkflowLog } from '../staging/observe/log-writer.ts'
import { createLogFormat } from './log-format.ts'
import { LineOutput } from './line-output.ts'
import { takeWithoutWaiting } from './unblocked-descriptor.ts'

/** Bytes of lines that wait for the reader: some 8,000 of usual length. */
const waitingBytesMax = 1024 * 1024
/** How long the end waits for a reader that does not read, and for one that reads slowly. */
const patienceMillis = 1000
const drainMillisMax = 5000

export interface ClosableLog extends RuntimeLog {
  /** Waits until everything is written, but not for a reader that does not read. */
  close(): Promise<void>
}

/** Makes the log, on stdout. It never waits for its reader: lines that find no room are left out, and counted. */
export async function createRuntimeLog({ level, format }: LogConfig): Promise<ClosableLog> {
  const toLine = await createLogFormat(format, isatty(1) && process.env['NO_COLOR'] === undefined)
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const output = new LineOutput({
    take: takeWithoutWaiting(1),
    bytesMax: waitingBytesMax,
    describeGap: (count) => {
      let text = ''
      // At any level: what is missing may have been an error.
      const once = pino({ ...options, level: 'warn' }, { write: (line: string) => (text = toLine(line)) })
      once.warn(`${plural(count, 'line')} of the log left out here: nobody read them in time`)
      return text
    },
  })
  const logger = pino(options, { write: (line: string) => output.write(toLine(line)) })
  return {
    info: (message, details = {}) => logger.info(details, message),
    warn: (message, details = {}) => logger.warn(details, message),
    error: (message, details = {}) => logger.error(details, message),
    workflow: (name) => createWorkflowLog(logger.child({ workflow: name })),
    get droppedLines() {
      return output.droppedCount
    },
    close: () => output.drain(patienceMillis, drainMillisMax),
  }
}

function createWorkflowLog(logger: Logger): WorkflowLog {
  return {
    line(stream, printed) {
      const { level, text } = readGuestLine(stream, printed)
      logger[level]({ stream }, text)
    },
    debug: (message) => logger.debug(message),
    info: (message, details = {}) => logger.info(details, message),
    error: (message, details = {}) => logger.error(details, message),
  }
}
