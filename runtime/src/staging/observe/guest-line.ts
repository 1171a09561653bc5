/** The level of a line that a workflow printed, as the log functions of the SDKs write it. */
import type { LogStream } from '../../engine/model/timeline.ts'

export interface GuestLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Without the prefix that stands for the level. */
  readonly text: string
}

/**
 * Reads the prefix that `log.debug`, `log.warn` and `log.error` of the SDKs write: `debug: ` on stdout, `warn: ` and
 * `error: ` on stderr. Other lines are `info` on stdout and `warn` on stderr, and so are messages of the host.
 *
 * @example readGuestLine('stderr', 'error: no route') // { level: 'error', text: 'no route' }
 */
export function readGuestLine(stream: LogStream, text: string): GuestLine {
  if (stream === 'stdout') return withPrefix(text, 'debug') ?? { level: 'info', text }
  if (stream === 'host') return { level: 'warn', text }
  return withPrefix(text, 'error') ?? withPrefix(text, 'warn') ?? { level: 'warn', text }
}

function withPrefix(text: string, level: GuestLine['level']): GuestLine | undefined {
  const prefix = `${level}: `
  return text.startsWith(prefix) ? { level, text: text.slice(prefix.length) } : undefined
}
