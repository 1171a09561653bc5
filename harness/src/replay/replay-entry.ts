/** Where a run starts on the guest's thread: the module that the thread loads for its host. */
import type { FinishedGuest, GuestHost, HostPort } from '@slung/runtime'
import { ReplayHost } from './replay-host.ts'
import type { ReplayHostOptions, ReplayReport } from './replay-messages.ts'
import { TracingHost } from './tracing-host.ts'

/** Called on the guest's thread, once per run. */
export function createGuestHost(
  options: unknown,
  port: HostPort,
): GuestHost & { finish(guest: FinishedGuest): ReplayReport } {
  const { watched, ...world } = options as ReplayHostOptions
  const host = new ReplayHost({ watched, ...world }, port)
  return watched.calls ? new TracingHost(host, port) : host
}
