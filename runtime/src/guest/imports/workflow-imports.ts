/** The imports of module `env` that workflows are made of: queries, Events, writebacks. Signatures are in `abi.ts`. */
import type { LiveEvent } from '../../engine/model/live-event.ts'
import type { HttpMethod } from '../../engine/model/timeline.ts'
import {
  bodyBytesMax,
  frameBytesMax,
  numberBytesMax,
  queryBytesMax,
  tagsBytesMax,
  urlBytesMax,
} from '../contract/abi.ts'
import type { GuestContext } from './guest-context.ts'
import { HandleLedger } from './handle-ledger.ts'
import { HostRefusal, type GuestHttpRequest, type GuestHttpResponse } from '../contract/guest-host.ts'
import type { Pulse } from '../contract/pulse.ts'
import { wasmEngine } from '../wasm/wasm-engine.ts'

const methods: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'DELETE']

/** Makes the import functions of one instance. `pulse` beats at each poll. */
export function createWorkflowImports(context: GuestContext, pulse: Pulse): Record<string, unknown> {
  const { host, memory, events } = context
  const handles = new HandleLedger()

  /** Asks the host; a refusal becomes the sentinel, and its reason is kept for the guest. */
  function ask<Answer, Result>(
    name: string,
    sentinel: Result,
    question: () => Answer | Promise<Answer>,
    toResult: (answer: Answer) => Result,
  ): Result | Promise<Result> {
    context.enter(name)
    const accept = (answer: Answer): Result => {
      context.lastError = ''
      return toResult(answer)
    }
    const refuse = (error: unknown): Result => {
      context.refuse(name, error)
      return sentinel
    }
    let answer: Answer | Promise<Answer>
    try {
      answer = question()
    } catch (error) {
      return refuse(error)
    }
    return answer instanceof Promise ? answer.then(accept, refuse) : accept(answer)
  }

  /** What the module receives: a function that may wait has to be wrapped. */
  const waitable = (call: (...parameters: never[]) => unknown): unknown =>
    host.waits ? new wasmEngine.Suspending(call) : call

  function answerPoll(event: LiveEvent | undefined): number {
    if (event === undefined) return 0
    const byteCount = events.encode(event)
    return context.give(events.bytes, byteCount)
  }

  // The hot path: no closures.
  function pollHandle(handle: bigint): number | Promise<number> {
    context.enter('u_poll_handle')
    pulse.beat()
    context.lastError = ''
    try {
      const id = toIdentifier(handle)
      const event = host.pollHandle(id)
      if (event === undefined && !handles.isOpen(id)) return refuseHandle('u_poll_handle', handle, 0)
      if (!(event instanceof Promise)) return answerPoll(event)
      if (handles.isOpen(id)) return event.then(answerPoll, refusePoll)
      return event.then(
        (found) => (found === undefined ? refuseHandle('u_poll_handle', handle, 0) : answerPoll(found)),
        refusePoll,
      )
    } catch (error) {
      return refusePoll(error)
    }
  }

  /** Of a handle that is not open, the guest hears each time, and the log once. */
  function refuseHandle(name: string, handle: bigint, sentinel: number): number {
    const number = BigInt.asUintN(64, handle)
    context.lastError = `handle ${number} is unknown, or was freed before`
    if (handles.isNews(name, number)) context.log('host', `${name}: ${context.lastError}`)
    return sentinel
  }

  function refusePoll(error: unknown): number {
    context.refuse('u_poll_handle', error)
    return 0
  }

  function sendHttp(url: number, data: number, method: number): number | Promise<number> {
    context.httpStatus = 0
    const question = async (request: GuestHttpRequest): Promise<GuestHttpResponse> => host.writebackHttp(request)
    return ask('u_writeback_http', 0, () => question(readRequest(url, data, method)), answerHttp)
  }

  function readRequest(url: number, data: number, method: number): GuestHttpRequest {
    const name = methods[method >>> 0]
    if (name === undefined) {
      throw new HostRefusal(`method ${method >>> 0} is unknown; expected 0 (GET), 1 (POST), 2 (PUT) or 3 (DELETE)`)
    }
    return {
      method: name,
      url: memory.readText(url, 'url', urlBytesMax),
      body: memory.readRegion(data, 'data', bodyBytesMax),
    }
  }

  function answerHttp({ status, body }: GuestHttpResponse): number {
    const ok = status >= 200 && status <= 299
    context.httpStatus = status
    context.lastError = ok ? '' : `the server answered with status ${status}`
    return ok ? context.give(body, body.length) : 0
  }

  return {
    u_query_live: waitable((filter: number) =>
      ask(
        'u_query_live',
        0n,
        () => host.queryLive(memory.readText(filter, 'filter', queryBytesMax)),
        (handle) => {
          handles.open(handle)
          return BigInt(handle)
        },
      ),
    ),

    u_query_history: waitable((filter: number) =>
      ask(
        'u_query_history',
        Number.NaN,
        () => host.queryHistory(memory.readText(filter, 'filter', queryBytesMax)),
        (value) => value,
      ),
    ),

    u_poll_handle: waitable(pollHandle),

    u_free_handle: (handle: bigint) =>
      ask(
        'u_free_handle',
        1,
        () => host.freeHandle(toIdentifier(handle)),
        (isFreed) => {
          if (!isFreed) return refuseHandle('u_free_handle', handle, 1)
          handles.free(toIdentifier(handle))
          return 0
        },
      ),

    u_write_event: waitable((timestamp: number, value: number, tags: number) =>
      ask(
        'u_write_event',
        1,
        () =>
          host.writeEvent(
            memory.readText(timestamp, 'timestamp', numberBytesMax),
            memory.readText(value, 'value', numberBytesMax),
            memory.readText(tags, 'tags', tagsBytesMax),
          ),
        () => 0,
      ),
    ),

    u_writeback_ws: waitable((producer: bigint, data: number) =>
      ask(
        'u_writeback_ws',
        1,
        () => {
          const id = toIdentifier(producer)
          if (id === 0) throw new HostRefusal(`connection ${BigInt.asUintN(64, producer)} is unknown`)
          return host.writebackWs(id, memory.readText(data, 'data', frameBytesMax))
        },
        () => 0,
      ),
    ),

    u_writeback_http: new wasmEngine.Suspending(sendHttp),
  }
}

/** A u64 as a number. No identifier is beyond 2^53 − 1, so larger ones become 0, which is not an identifier either. */
function toIdentifier(value: bigint): number {
  const identifier = Number(value)
  return identifier >= 0 && identifier <= Number.MAX_SAFE_INTEGER ? identifier : 0
}
