/** Guest threads of this process, kept warm between replays: starting one costs more than most replays. */
import { GuestThread } from '@slung/runtime'

const idle: GuestThread[] = []

/** Lends a thread that nobody else uses until `use` is done. */
export async function withGuestThread<Result>(use: (thread: GuestThread) => Promise<Result>): Promise<Result> {
  const thread = idle.pop() ?? new GuestThread()
  try {
    return await use(thread)
  } finally {
    idle.push(thread)
  }
}
