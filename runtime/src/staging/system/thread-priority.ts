/** The priority of the thread that calls, compared with the other threads of this process. */
import { constants, getPriority, platform, setPriority } from 'node:os'
import { pid } from 'node:process'

/** Where others want the processor too, a thread that is nicer by this has about a seventieth of what each of them has. */
const nicer = 19

/**
 * Lowers the priority of this thread. Only Linux has priorities of single threads: elsewhere, nothing changes.
 *
 * It cannot be raised again, and threads that this one starts inherit it.
 */
export function lowerThreadPriority(): void {
  if (platform() !== 'linux') return
  try {
    // There, 0 stands for the calling thread, not for the process: setpriority(2), "C library/kernel differences".
    // And the id of the process stands for its main thread.
    setPriority(0, Math.min(getPriority(pid) + nicer, constants.priority.PRIORITY_LOW))
  } catch {
    // A sandbox may forbid it.
  }
}
