/** The log of `slung run`: JSON lines for machines, or lines for people. */
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import type { LogConfig } from '../staging/config/runtime-config.ts'
import { printable } from '../engine/text/printable.ts'
import type { RuntimeLog, WorkflowLog } from '../staging/observe/log-writer.ts'

/** Makes the log, on stdout. */
export async function createRuntimeLog({ level, format }: LogConfig): Promise<RuntimeLog> {
  const logger = pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, await openDestination(format))
  return {
    info: (message, details = {}) => logger.info(details, message),
    warn: (message, details = {}) => logger.warn(details, message),
    error: (message, details = {}) => logger.error(details, message),
    workflow: (name) => createWorkflowLog(logger.child({ workflow: name })),
  }
}

function createWorkflowLog(logger: Logger): WorkflowLog {
  return {
    line(stream, text) {
      if (stream === 'stdout') logger.info({ stream }, text)
      else logger.warn({ stream }, text)
    },
    debug: (message) => logger.debug(message),
    info: (message, details = {}) => logger.info(details, message),
    error: (message, details = {}) => logger.error(details, message),
  }
}

async function openDestination(format: LogConfig['format']): Promise<DestinationStream> {
  if (format === 'json') return pino.destination({ fd: 1, sync: true })
  const { default: pretty } = await import('pino-pretty')
  return pretty({
    sync: true,
    colorize: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    translateTime: 'UTC:HH:MM:ss.l',
    ignore: 'workflow,stream,frames',
    messageFormat: (log, messageKey) => {
      const { workflow, [messageKey]: message } = log as { workflow?: string; [key: string]: unknown }
      const name = workflow === undefined ? '' : `[${workflow}] `
      // A guest may print anything, including terminal control sequences.
      const lines = (message as string).split('\n').map(printable)
      return `${name}${lines.join('\n    ')}${formatFrames(log['frames'])}`
    },
  })
}

/** The guest's own frames, one per line, innermost first. */
function formatFrames(frames: unknown): string {
  if (!Array.isArray(frames)) return ''
  return (frames as { function: string; location: string | null }[])
    .map(({ function: name, location }) => `\n    at ${name}${location === null ? '' : ` (${location})`}`)
    .join('')
}
