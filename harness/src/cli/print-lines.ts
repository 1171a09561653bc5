/** Text on its way to stdout, no faster than its reader. */
import { once } from 'node:events'

/** @param lines - with their line ends */
export async function printLines(lines: Iterable<string>): Promise<void> {
  for (const line of lines) if (!process.stdout.write(line)) await once(process.stdout, 'drain')
}
