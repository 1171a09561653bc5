/**
 * Lines of the log, for people or for machines. Whoever reads them sees what guests, clients and files made up: in
 * either format, none of it can forge a line, drive a terminal or be of any length.
 */
import type { LogConfig } from '../staging/config/runtime-config.ts'
import { escapeUnprintable, printable, printableLines } from '../engine/text/printable.ts'
import { shortenAndCount } from '../engine/text/quote.ts'

/** UTF-16 units of one text: the longest line that a guest can print. */
const textUnitsMax = 65_536

/** From a line of JSON, as the logger makes it, to what is written. Both end with a line break. */
export type LogFormat = (line: string) => string

export async function createLogFormat(format: LogConfig['format'], colorize: boolean): Promise<LogFormat> {
  if (format === 'json') return (line) => `${escapeUnprintable(line.trimEnd())}\n`
  const { prettyFactory } = await import('pino-pretty')
  const prettify = prettyFactory({
    colorize,
    translateTime: "UTC:yyyy-mm-dd'T'HH:MM:ss.l'Z'",
    ignore: 'workflow,stream,frames',
    messageFormat: (log, messageKey) => {
      const { workflow, [messageKey]: message } = log as { workflow?: string; [key: string]: unknown }
      const name = workflow === undefined ? '' : `[${workflow}] `
      return `${name}${(message as string).replaceAll('\n', '\n    ')}${formatFrames(log['frames'])}`
    },
  })
  return (line) =>
    prettify(JSON.parse(line, (_key, value: unknown) => (typeof value === 'string' ? shown(value) : value)))
}

function shown(text: string): string {
  return printableLines(shortenAndCount(text, textUnitsMax))
}

/** The guest's own frames, one per line, innermost first. */
function formatFrames(frames: unknown): string {
  if (!Array.isArray(frames)) return ''
  return (frames as { function: string; location: string | null }[])
    .map(({ function: name, location }) => `\n    at ${printable(location === null ? name : `${name} (${location})`)}`)
    .join('')
}
