/**
 * Guest threads of this process, kept warm between replays: starting one costs more than most replays take.
 *
 * No more than there are processors: replays beyond that wait for one.
 */
import { availableParallelism } from 'node:os'
import { GuestThread } from '@slung/runtime'

const threadsMax = availableParallelism()
const idle: GuestThread[] = []
const waiting: ((thread: GuestThread) => void)[] = []
let threadCount = 0

/** Lends a thread that nobody else uses until `use` is done. */
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
