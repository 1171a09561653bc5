/** The workflows of a simulation, following their plans: guests as functions. */
import type { LiveEvent } from '../../src/engine/model/live-event.ts'
import { HostRefusal, type GuestHost } from '../../src/guest/contract/guest-host.ts'
import type { VirtualTime } from '../virtual-time.ts'
import type { GuestRun, Ledger } from './ledger.ts'
import type { GuestPlan } from './scenario.ts'
import { GuestTrap, type ScriptedGuest } from './simulated-thread.ts'

/** The series of samples from outside, and of those that workflows write about them. */
export const [outside, written] = ['temp', 'echo'] as const

export interface GuestWorld {
  readonly time: VirtualTime
  readonly ledger: Ledger
  readonly run: GuestRun
  /** A whole number from 0 up to, but not including, a bound. */
  readonly below: (bound: number) => number
}

export function scriptedGuest(plan: GuestPlan, { time, ledger, run, below }: GuestWorld): ScriptedGuest {
  const sleep = (millis: number): Promise<void> => new Promise((resolve) => void time.after(millis, resolve))

  return async (host) => {
    const handles = [
      { series: outside, handle: await host.queryLive(`COUNT:${outside}:[]`) },
      { series: written, handle: await host.queryLive(`COUNT:${written}:[]`) },
    ]
    for (let polledCount = 0; ;) {
      // By turns: so they see all samples in order of arrival.
      for (const { series, handle } of handles) {
        if (polledCount === plan.eventsMax) return end(plan)
        const event = await host.pollHandle(handle)
        if (event === undefined) continue
        polledCount++
        ledger.polls(run, series, event)
        if (plan.thinkMillisMax > 0) await sleep(below(plan.thinkMillisMax))
        if (series === outside) await react(host, plan, run.workflow, event)
      }
    }
  }
}

async function react(host: GuestHost, plan: GuestPlan, workflow: string, event: LiveEvent): Promise<void> {
  const { timestamp, tags, producers } = event
  if (plan.writes) {
    await host.writeEvent(String(timestamp), '1', `series=${written},by=${workflow},of=${tags.join('-')}`)
  }
  if (plan.answers && producers.length > 0) {
    await unlessRefused(host.writebackWs(producers.at(-1)!, `answer ${workflow} ${timestamp}`))
  }
  if (plan.calls) {
    await unlessRefused(host.writebackHttp({ method: 'POST', url: 'https://example.com/', body: new Uint8Array(1) }))
  }
}

function end(plan: GuestPlan): Promise<number> {
  switch (plan.end) {
    case 'traps':
      throw new GuestTrap('it traps')
    case 'fails':
      return Promise.resolve(3)
    case 'returns':
      return Promise.resolve(0)
    case 'hangs':
      return new Promise(() => {})
  }
}

async function unlessRefused(call: void | Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof HostRefusal)) throw error
  }
}
