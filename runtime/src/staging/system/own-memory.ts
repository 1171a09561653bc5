/** The memory of this process and of its machine, and what keeps the first small. */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Bytes that the process has for itself: on Linux its anonymous memory, without files that it has mapped; elsewhere all
 * that is resident.
 */
export function ownMemoryBytes(): number {
  try {
    const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
    if (kibibytes !== undefined) return Number(kibibytes) * 1024
  } catch {
    // Not Linux.
  }
  return process.memoryUsage.rss()
}

/** Bytes that the process can have: the limit of its cgroup (container), or the machine's memory. */
export function machineMemoryBytes(): number {
  const machine = totalmem()
  const constrained = process.constrainedMemory()
  return constrained > 0 && constrained < machine ? constrained : machine
}

/** Makes a function that frees garbage now, memory outside of the heap included. */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  return collect
}

/** Enough for the objects of one turn under full load; twice as much makes nothing faster. */
const youngBytesMax = 16 * 1024 * 1024

/**
 * Keeps the space for young objects from growing further once it has this size. By itself it grows to 96 MiB, on this
 * thread and on the writer's, and is not given back: a third of the process under load. Call it now and then.
 */
export class YoungSpace {
  #isBounded = false

  bound(): void {
    if (this.#isBounded) return
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
    if (young === undefined || young.space_size < youngBytesMax) return
    this.#isBounded = true
    // Read by V8 whenever it would grow, in all threads; those that start later begin with this size instead.
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString('--min-semi-space-size=4')
  }
}
