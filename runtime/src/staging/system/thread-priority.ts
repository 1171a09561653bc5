/** The priority of the thread that calls, compared with the other threads of this process. */
import { platform, setPriority } from 'node:os'

/** Niceness of 15: where others want the processor too, a thread with this has about a thirtieth of what they have. */
const lowNiceness = 15

/**
 * Lowers the priority of this thread. Only Linux has priorities of single threads: elsewhere, nothing changes.
 *
 * It cannot be raised again, and threads that this one starts inherit it.
 */
export function lowerThreadPriority(): void {
  if (platform() !== 'linux') return
  try {
    // There, 0 stands for the calling thread, not for the process: setpriority(2), "C library/kernel differences".
    setPriority(0, lowNiceness)
  } catch {
    // A sandbox may forbid it.
  }
}
