/** Where a command prints: passed in, so that a test can read it. */
import { printableLines } from '../engine/text/printable.ts'
import { shortenAndCount } from '../engine/text/quote.ts'

export interface ProgramOutput {
  /** Results. */
  readonly out: (text: string) => void
  /** Errors and warnings. */
  readonly error: (text: string) => void
}

/** UTF-16 units of a message: a module can have many problems. */
const messageUnitsMax = 65_536

/**
 * Prints an error or a warning on its own line: `slung: cannot …`. It may quote a file, a server or a module: so what
 * could drive the terminal is replaced.
 */
export function complain(output: ProgramOutput, message: string): void {
  output.error(`slung: ${printableLines(shortenAndCount(message, messageUnitsMax))}\n`)
}
