/** A thread that runs guests: the side inside the worker. It runs one job after the other and never ends on its own. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { EndOfRun, HostRefusal, LimitExceeded } from '../contract/guest-host.ts'
import { GuestInstance } from './guest-instance.ts'
import type { GuestOutcome } from '../contract/guest-outcome.ts'
import type { CreateGuestHost, HostPort } from './guest-thread.ts'
import type { GuestModule } from '../load/load-guest.ts'
import { Pulse } from '../contract/pulse.ts'
import type { FromWorker, ThreadFailure, ToWorker, WorkerData } from './thread-messages.ts'

// This file is the worker's entry, so there is a port.
const port: MessagePort = parentPort!
const pulse = new Pulse((workerData as WorkerData).pulse)
const pending = new Map<number, PromiseWithResolvers<unknown>>()
let requestCount = 0
let loaded: GuestModule

// Library frames between the author's code and the trap use up the default of 10.
Error.stackTraceLimit = 100

port.on('message', (message: ToWorker) => {
  if (message.kind === 'run') {
    void run(message)
    return
  }
  const request = pending.get(message.request)
  pending.delete(message.request)
  if (message.kind === 'answer') request?.resolve(message.value)
  else request?.reject(rebuildFailure(message.failure))
})

async function run({ run: id, module, host }: Extract<ToWorker, { kind: 'run' }>): Promise<void> {
  if (module !== null) loaded = module
  let done = false
  /** The first outcome counts: a guest that outlived its run may return after all, before its thread is gone. */
  function finish(outcome: GuestOutcome, outlived: boolean, makeReport: () => unknown): void {
    if (done) return
    done = true
    pulse.stop()
    try {
      send({ kind: 'done', run: id, outcome, report: makeReport(), outlived })
    } catch (error) {
      send({ kind: 'done', run: id, outcome: hostFailure(host.module, error), report: undefined, outlived })
    }
  }
  try {
    const { createGuestHost } = (await import(host.module)) as { createGuestHost: CreateGuestHost }
    const guestHost = createGuestHost(host.options, createPort(id))
    const makeReport = (): unknown => guestHost.finish?.(instance.remains)
    const onOutlived = (outcome: GuestOutcome): void => finish(outcome, true, makeReport)
    const instance = new GuestInstance(loaded, guestHost, { pulse, onOutlived })
    pulse.start()
    finish(await instance.call(), false, makeReport)
  } catch (error) {
    finish(hostFailure(host.module, error), false, () => undefined)
  }
}

function createPort(runId: number): HostPort {
  return {
    post(message) {
      send({ kind: 'message', run: runId, message })
    },
    request(request) {
      const id = ++requestCount
      send({ kind: 'request', run: runId, id, request })
      const resolvers = Promise.withResolvers<unknown>()
      pending.set(id, resolvers)
      return resolvers.promise
    },
  }
}

function send(message: FromWorker): void {
  port.postMessage(message)
}

function hostFailure(module: string, error: unknown): GuestOutcome {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    kind: 'trapped',
    trap: { code: 'host-failure', message: `the host "${module}" failed: ${reason}`, frames: [] },
  }
}

function rebuildFailure({ kind, text }: ThreadFailure): Error {
  if (kind === 'refusal') return new HostRefusal(text)
  if (kind === 'limit') return new LimitExceeded(text)
  return kind === 'end' ? new EndOfRun(text) : new Error(text)
}
