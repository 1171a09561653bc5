/**
 * Notices that the `npx` that started this process is gone. A signal to it ends its shell and not the command in it,
 * which would keep the port and the data directory, with nobody left to stop it.
 */
import { readFileSync } from 'node:fs'

/** Between two looks. */
const lookMillis = 500

/**
 * Calls `onGone` once when the `npx` above this process, or the shell between them, has ended. Does nothing for a
 * process that was started in another way, such as by a script of `npm run`, which may leave it behind on purpose.
 *
 * @returns ends the watch
 */
export function watchNpx(
  onGone: () => void,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): () => void {
  if (environment['npm_command'] !== 'exec') return () => {}
  const shell = process.ppid
  const npx = parentOf(shell)
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npx) return
    clearInterval(timer)
    onGone()
  }, lookMillis)
  return () => clearInterval(timer)
}

/** The parent of another process; `null` where the system does not tell (outside of Linux). */
function parentOf(pid: number): string | null {
  try {
    // The name before it is in parentheses, and may have some itself.
    return /^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? null
  } catch {
    return null
  }
}
