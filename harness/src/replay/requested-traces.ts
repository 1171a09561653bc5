/** Who wants a trace of every replay of this process, and where; nobody by default. */

/** The file for the trace of the replay that begins now; `null` = it is not traced. */
export type NameTrace = () => string | null

let nameTrace: NameTrace = () => null

/** From now on, every replay that names no file for its trace writes it where `name` says. */
export function traceReplays(name: NameTrace): void {
  nameTrace = name
}

/** Called once for each replay. */
export function requestedTraceFile(): string | null {
  return nameTrace()
}
