/** Limits the memory of processes, as a container does: a control group of Linux, version 1, which takes root. */
import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const home = '/sys/fs/cgroup/memory'

export interface MemoryGroup {
  /** A shell command: the process that runs it joins the group. */
  readonly join: string
  /** To be called when its processes have ended. */
  readonly remove: () => Promise<void>
}

/** @param bytesMax - beyond it, the kernel takes back cached files, and then ends a process of the group */
export async function createMemoryGroup(bytesMax: number): Promise<MemoryGroup> {
  const folder = join(home, `slung-${process.pid}`)
  try {
    await mkdir(folder)
    await writeFile(join(folder, 'memory.limit_in_bytes'), String(bytesMax))
  } catch (cause) {
    const remedy = 'run as root where control groups have version 1, or in a container with that limit and no --memory'
    throw new Error(`cannot limit the memory in ${folder}: ${remedy}`, { cause })
  }
  return {
    join: `echo $$ > ${join(folder, 'cgroup.procs')}`,
    async remove() {
      // The kernel notices a little later that it is empty.
      await wait(100)
      await rmdir(folder)
    },
  }
}
