/**
 * Notices that the `npx` that started this process is gone. A signal to it ends its shell and not the command in it,
 * which would keep the port and the data directory, with nobody left to stop it.
 */
import { readFileSync } from 'node:fs'

/** Between two looks. */
const lookMillis = 500

/**
 * Calls `onGone` once when the `npx` above this process, or the shell between them, has ended. Does nothing for a
 * process that was started in another way, which its parent may leave behind on purpose, and outside of Linux.
 *
 * @returns ends the watch
 */
export function watchNpx(onGone: () => void): () => void {
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const isShellBetween = !isNpx(parent)
  if (isShellBetween && !isNpx(grandparent)) return () => {}
  const timer = setInterval(() => {
    // A process whose parent ends gets another one.
    if (process.ppid === parent && (!isShellBetween || parentOf(parent) === grandparent)) return
    clearInterval(timer)
    onGone()
  }, lookMillis)
  return () => clearInterval(timer)
}

/** `npx` shows itself under the name of the command that it stands for. */
function isNpx(pid: number): boolean {
  return readAbout(pid, 'cmdline').startsWith('npm exec')
}

/** 0 = unknown. */
function parentOf(pid: number): number {
  // The name before it is in parentheses, and may have some itself.
  const [, parent] = /^.*\) \S (\d+)/s.exec(readAbout(pid, 'stat')) ?? []
  return Number(parent ?? 0)
}

function readAbout(pid: number, what: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1')
  } catch {
    return ''
  }
}
