/** Where a command prints: passed in, so that a test can read it. */
export interface ProgramOutput {
  /** Results. */
  readonly out: (text: string) => void
  /** Errors and warnings. */
  readonly error: (text: string) => void
}

/** Prints an error or a warning on its own line: `slung: cannot …`. */
export function complain(output: ProgramOutput, message: string): void {
  output.error(`slung: ${message}\n`)
}
