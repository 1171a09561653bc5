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
/** By how much the heap grows, in percent of its size, before V8 looks for garbage; and where memory is small. */
const [growth, growthOfSmall] = [100, 50]
const smallBelow = 2 * 1024 * 1024 * 1024
/** The versions of Node that are known to have `accountingFlag`: V8 complains about others. */
const [nodeMajorMin, nodeMajorMax] = [24, 26]
const accountingFlag = '--external-memory-accounted-in-global-limit'

/**
 * Sets up V8 for a process that has most of its data outside of the heap: samples are in buffers.
 *
 * By itself, V8 decides how far the heap may grow by what is added to the heap, but counts buffers towards the limit.
 * Where they are as large as the heap, it looks for garbage again and again: five times a second with 80,000 series and
 * a flood of samples, which took half of the processor's time.
 *
 * @param bytesMax - what the process may have
 */
export function setHeapGrowth(bytesMax: number): void {
  // Read by V8 whenever it has looked for garbage, in all threads.
  setFlagsFromString(`--heap-growing-percent=${bytesMax < smallBelow ? growthOfSmall : growth}`)
  const nodeMajor = Number.parseInt(process.versions.node, 10)
  if (nodeMajor >= nodeMajorMin && nodeMajor <= nodeMajorMax) setFlagsFromString(accountingFlag)
}

/** Bounds the space for young objects as soon as it has some size. To be updated now and then. */
export class YoungSpace {
  #isBounded = false

  /**
   * By itself it grows to 96 MiB, on this thread and on the writer's, and is not given back: a third of the process
   * under load.
   */
  update(): void {
    if (this.#isBounded) return
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
    if (young === undefined || young.space_size < youngBytesMax) return
    this.#isBounded = true
    // Read by V8 whenever it would grow, in all threads; those that start later begin with this size instead.
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString('--min-semi-space-size=4')
  }
}
