/** The imports of module `env` that make a workflow: queries, Events, writebacks. Signatures are in `abi.ts`. */
import { assert } from '../model/assert.ts'
import type { LiveEvent } from '../model/live-event.ts'
import type { HttpMethod } from '../model/timeline.ts'
import { bodyBytesMax, frameBytesMax, numberBytesMax, queryBytesMax, tagsBytesMax, urlBytesMax } from './abi.ts'
import type { GuestContext } from './guest-context.ts'
import { HostRefusal, type GuestHttpRequest, type GuestHttpResponse } from './guest-host.ts'
import type { Pulse } from './pulse.ts'
import { wasmEngine } from './wasm-engine.ts'

const methods: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'DELETE']

/** Makes the import functions of one instance. `pulse` beats at each poll. */
export function createWorkflowImports(context: GuestContext, pulse: Pulse): Record<string, unknown> {
  const { host, memory, events } = context

  function answerPoll(event: LiveEvent | undefined): number {
    if (event === undefined) return 0
    const byteCount = events.encode(event)
    return context.give(events.bytes, byteCount)
  }

  function startPoll(handle: bigint): LiveEvent | undefined | Promise<LiveEvent | undefined> {
    context.enter('u_poll_handle')
    pulse.beat()
    context.lastError = ''
    try {
      return host.pollHandle(toIdentifier(handle))
    } catch (error) {
      context.refuse('u_poll_handle', error)
      return undefined
    }
  }

  function pollAtOnce(handle: bigint): number {
    const event = startPoll(handle)
    assert(!(event instanceof Promise), 'a host that says pollWaits: false answers polls at once')
    return answerPoll(event)
  }

  function pollAndWait(handle: bigint): number | Promise<number> {
    const event = startPoll(handle)
    if (!(event instanceof Promise)) return answerPoll(event)
    return event.then(answerPoll, (error: unknown) => {
      context.refuse('u_poll_handle', error)
      return 0
    })
  }

  function sendHttp(url: number, data: number, method: number): number | Promise<number> {
    context.enter('u_writeback_http')
    context.httpStatus = 0
    try {
      const name = methods[method >>> 0]
      if (name === undefined) {
        throw new HostRefusal(`method ${method >>> 0} is unknown; expected 0 (GET), 1 (POST), 2 (PUT) or 3 (DELETE)`)
      }
      return answerHttp({
        method: name,
        url: memory.readText(url, 'url', urlBytesMax),
        body: memory.readRegion(data, 'data', bodyBytesMax),
      })
    } catch (error) {
      context.refuse('u_writeback_http', error)
      return 0
    }
  }

  async function answerHttp(request: GuestHttpRequest): Promise<number> {
    let response: GuestHttpResponse
    try {
      response = await host.writebackHttp(request)
    } catch (error) {
      context.refuse('u_writeback_http', error)
      return 0
    }
    const { status, body } = response
    const ok = status >= 200 && status <= 299
    context.httpStatus = status
    context.lastError = ok ? '' : `the server answered with status ${status}`
    return ok ? context.give(body, body.length) : 0
  }

  return {
    u_query_live(filter: number): bigint {
      context.enter('u_query_live')
      try {
        const handle = host.queryLive(memory.readText(filter, 'filter', queryBytesMax))
        context.lastError = ''
        return BigInt(handle)
      } catch (error) {
        context.refuse('u_query_live', error)
        return 0n
      }
    },

    u_query_history(filter: number): number {
      context.enter('u_query_history')
      try {
        const value = host.queryHistory(memory.readText(filter, 'filter', queryBytesMax))
        context.lastError = ''
        return value
      } catch (error) {
        context.refuse('u_query_history', error)
        return Number.NaN
      }
    },

    u_poll_handle: host.pollWaits ? new wasmEngine.Suspending(pollAndWait) : pollAtOnce,

    u_free_handle(handle: bigint): number {
      context.enter('u_free_handle')
      try {
        if (!host.freeHandle(toIdentifier(handle))) {
          throw new HostRefusal(`handle ${BigInt.asUintN(64, handle)} is unknown, or was freed before`)
        }
        context.lastError = ''
        return 0
      } catch (error) {
        context.refuse('u_free_handle', error)
        return 1
      }
    },

    u_write_event(timestamp: number, value: number, tags: number): number {
      context.enter('u_write_event')
      try {
        host.writeEvent(
          memory.readText(timestamp, 'timestamp', numberBytesMax),
          memory.readText(value, 'value', numberBytesMax),
          memory.readText(tags, 'tags', tagsBytesMax),
        )
        context.lastError = ''
        return 0
      } catch (error) {
        context.refuse('u_write_event', error)
        return 1
      }
    },

    u_writeback_ws(producer: bigint, data: number): number {
      context.enter('u_writeback_ws')
      try {
        const id = toIdentifier(producer)
        if (id === 0) throw new HostRefusal(`connection ${BigInt.asUintN(64, producer)} is unknown`)
        host.writebackWs(id, memory.readText(data, 'data', frameBytesMax))
        context.lastError = ''
        return 0
      } catch (error) {
        context.refuse('u_writeback_ws', error)
        return 1
      }
    },

    u_writeback_http: new wasmEngine.Suspending(sendHttp),
  }
}

/** A u64 as a number. Nothing has an identifier beyond 2^53 − 1, so those become 0, which nothing has either. */
function toIdentifier(value: bigint): number {
  const identifier = Number(value)
  return identifier >= 0 && identifier <= Number.MAX_SAFE_INTEGER ? identifier : 0
}
