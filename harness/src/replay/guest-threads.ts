/**
 * Guest threads of this process, kept warm between replays: starting one takes longer than most replays.
 *
 * There are at most as many as processors: further replays wait for one.
 */
import { availableParallelism } from 'node:os'
import { GuestThread } from '@slung/runtime'

const threadsMax = availableParallelism()
const idle: GuestThread[] = []
const waiting: ((thread: GuestThread) => void)[] = []
let threadCount = 0

/** Lends a thread exclusively until `use` is done. */
export async function withGuestThread<Result>(use: (thread: GuestThread) => Promise<Result>): Promise<Result> {
  const thread = await borrow()
  try {
    return await use(thread)
  } finally {
    const next = waiting.shift()
    if (next === undefined) idle.push(thread)
    else next(thread)
  }
}

async function borrow(): Promise<GuestThread> {
  const thread = idle.pop()
  if (thread !== undefined) return thread
  if (threadCount < threadsMax) {
    threadCount++
    return new GuestThread()
  }
  return await new Promise((lend) => waiting.push(lend))
}
