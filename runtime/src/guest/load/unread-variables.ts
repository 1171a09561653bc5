/** Variables that a module cannot read: its author looks for the mistake elsewhere. */
import { escapeUnprintable } from '../../engine/text/printable.ts'
import { listWords, plural } from '../../engine/text/words.ts'
import type { GuestModule } from './load-guest.ts'

/** That a workflow has variables which its module cannot read, as a sentence about it; `null` when nothing is wrong. */
export function describeUnreadVariables(
  guest: Pick<GuestModule, 'report'>,
  environment: Readonly<Record<string, string>>,
): string | null {
  const names = Object.keys(environment)
  if (names.length === 0 || guest.report.imports.some(({ name }) => name === 'environ_get')) return null
  const found = `${plural(names.length, 'environment variable')} (${listWords(names.map(escapeUnprintable))})`
  return `it has ${found}, but its module imports no environ_get: read them with "env" of the SDK, or leave them out`
}
