/** The priority of the thread that calls, compared with the other threads of this process. */
import { constants, platform, setPriority } from 'node:os'

/**
 * Gives this thread the lowest priority: where others want the processor too, it has about a seventieth of what each of
 * them has. Only Linux has priorities of single threads: elsewhere, nothing changes.
 *
 * It cannot be raised again, and threads that this one starts inherit it.
 */
export function lowerThreadPriority(): void {
  if (platform() !== 'linux') return
  try {
    // There, 0 stands for the calling thread, not for the process: setpriority(2), "C library/kernel differences".
    setPriority(0, constants.priority.PRIORITY_LOW)
  } catch {
    // A sandbox may forbid it.
  }
}
