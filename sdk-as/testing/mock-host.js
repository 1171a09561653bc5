/**
 * A host for unit tests: the imports of the ABI page over plain lists. It answers what a test scripted and records what
 * the workflow asked for; queries are compared as text and never evaluated. The as-pect specs of a workflow use it through
 * `assembly/testing.ts`, and `@slung/harness` is the place for tests that run a query.
 */
import { GuestMemory } from './guest-memory.js'
import { checkKey, checkRoom, stateBytesMax, stateKeyBytesMax } from './guest-state.js'
import { HostRefusal } from './host-refusal.js'
import { parseWrittenEvent } from './written-event.js'

/** Thrown out of a poll when nothing is scripted any more: the way a host ends a run from inside the workflow. */
export class FeedDrained extends Error {
  name = 'FeedDrained'

  constructor() {
    super('cannot poll: every scripted Event was delivered and nothing is left to wait for')
  }
}

const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const httpMethods = ['GET', 'POST', 'PUT', 'DELETE']

// The most bytes of each text, as in the ABI.
const queryBytesMax = 4096
const numberBytesMax = 2048
const tagsBytesMax = 131_072
const frameBytesMax = 1_048_576
const urlBytesMax = 8192
const bodyBytesMax = 16_777_216

const errnoSuccess = 0
const errnoBadf = 8

export class MockHost {
  /** What `slung.now` answers: microseconds since the Unix epoch. */
  now = 0n
  /** The workflow's environment variables. */
  environment = {}
  /** What the workflow remembers: bytes by key, as set, whether a host would have saved it yet or not. Yours to change. */
  state = new Map()
  /** Everything the workflow did, oldest first. Yours to clear. */
  effects = []
  /** The imports for `WebAssembly.instantiate`. */
  imports
  /** Events per query text, as JSON; `null` is a poll that finds nothing. */
  #feeds = new Map()
  #histories = new Map()
  #responses = []
  #refusals = []
  /** Query text per open handle. */
  #handles = new Map()
  #lastHandle = 0n
  /** What the log has about handles that are not open. */
  #reported = new Set()
  #lastError = ''
  #lastStatus = 0
  #pendingLines = new Map()
  #memory = new GuestMemory()

  constructor() {
    this.imports = {
      env: {
        u_query_live: (query) => this.#answer(0n, () => this.#queryLive(query)),
        u_query_history: (query) => this.#answer(NaN, () => this.#queryHistory(query)),
        u_poll_handle: (handle) => this.#answer(0, () => this.#poll(handle)),
        u_free_handle: (handle) => this.#answer(1, () => this.#free(handle)),
        u_write_event: (timestamp, value, tags) => this.#answer(1, () => this.#writeEvent(timestamp, value, tags)),
        u_writeback_ws: (producer, text) => this.#answer(1, () => this.#ws(producer, text)),
        u_writeback_http: (url, body, method) => this.#answer(0, () => this.#http(url, body, method)),
      },
      slung: {
        now: () => this.now,
        last_error: () => (this.#lastError === '' ? 0 : this.giveText(this.#lastError)),
        http_status: () => this.#lastStatus,
        state_get: (key) => this.#answer(0, () => this.#stateGet(key)),
        state_set: (key, value) => this.#answer(1, () => this.#stateSet(key, value)),
        state_delete: (key) => this.#answer(1, () => this.#stateDelete(key)),
      },
      wasi_snapshot_preview1: {
        environ_sizes_get: (count, size) => this.#environSizesGet(count, size),
        environ_get: (list, buffer) => this.#environGet(list, buffer),
        fd_write: (fd, vectors, count, written) => this.#fdWrite(fd, vectors, count, written),
      },
    }
  }

  /** Connects the instance whose imports these are. Call it before any export that reaches the host. */
  attach(exports) {
    this.#memory.attach(exports)
  }

  /** Scripts the next Event of a query; `event` is an object or a JSON text, `null` lets one poll find nothing. */
  deliver(query, event) {
    const text = event === null || typeof event === 'string' ? event : JSON.stringify(event)
    this.#feeds.set(query, [...(this.#feeds.get(query) ?? []), text])
  }

  /** Scripts what a historical query answers, from now on. Not scripted = NaN. */
  answerHistory(query, value) {
    this.#histories.set(query, value)
  }

  /** Scripts the response to the next HTTP request; `body` is a text or any bytes. Not scripted = 200 with an empty body. */
  answerHttp(status, body) {
    this.#responses.push({ status, body })
  }

  /**
   * Makes the host refuse the next call that it can refuse, with this reason for `slung.last_error`. Reading the state is
   * not one: it is refused for a wrong key only.
   */
  refuse(reason) {
    this.#refusals.push(reason)
  }

  /** How many subscriptions are open. A workflow that returns should have closed its own. */
  get openHandles() {
    return this.#handles.size
  }

  /** Forgets everything scripted and recorded, and the state. Handles stay open. */
  reset() {
    this.now = 0n
    this.environment = {}
    this.state.clear()
    this.effects = []
    this.#feeds.clear()
    this.#histories.clear()
    this.#responses = []
    this.#refusals = []
    this.#reported.clear()
    this.#lastError = ''
    this.#lastStatus = 0
  }

  /** Reads a Region of the guest. */
  readText(region) {
    return this.#memory.readText(region, 'text', Infinity)
  }

  /** Gives the guest a text in a Region it owns. */
  giveText(text) {
    return this.#memory.give(text)
  }

  /** Answers a host call. A refusal becomes the sentinel, and its reason is kept for `slung.last_error`. */
  #answer(sentinel, call) {
    this.#lastError = ''
    try {
      return call()
    } catch (error) {
      if (!(error instanceof HostRefusal)) throw error
      this.#lastError = error.message
      return sentinel
    }
  }

  /** Takes a scripted refusal, if there is one. An empty reason refuses, too. */
  #refuseAsScripted() {
    const reason = this.#refusals.shift()
    if (reason !== undefined) throw new HostRefusal(reason)
  }

  #queryLive(region) {
    const query = this.#memory.readText(region, 'filter', queryBytesMax)
    this.#refuseAsScripted()
    this.#lastHandle += 1n
    this.#handles.set(this.#lastHandle, query)
    return this.#lastHandle
  }

  #queryHistory(region) {
    const query = this.#memory.readText(region, 'filter', queryBytesMax)
    this.#refuseAsScripted()
    return this.#histories.get(query) ?? NaN
  }

  #poll(handle) {
    const query = this.#handles.get(handle)
    if (query === undefined) throw this.#unknown('u_poll_handle', handle)
    const feed = this.#feeds.get(query) ?? []
    if (feed.length === 0) {
      const others = [...this.#handles.values()].some((other) => (this.#feeds.get(other) ?? []).length > 0)
      if (!others) throw new FeedDrained()
      return 0
    }
    const event = feed.shift()
    return event === null ? 0 : this.giveText(event)
  }

  #free(handle) {
    if (this.#handles.delete(handle)) return 0
    throw this.#unknown('u_free_handle', handle)
  }

  /** The refusal of a handle that is not open. The log has it once: a workflow may poll in a loop. */
  #unknown(call, signedHandle) {
    const reason = `handle ${BigInt.asUintN(64, signedHandle)} is unknown, or was freed before`
    const line = `${call}: ${reason}`
    if (!this.#reported.has(line)) this.effects.push({ kind: 'log', stream: 'host', text: line })
    this.#reported.add(line)
    return new HostRefusal(reason)
  }

  #writeEvent(timestamp, value, tags) {
    const texts = [
      this.#memory.readText(timestamp, 'timestamp', numberBytesMax),
      this.#memory.readText(value, 'value', numberBytesMax),
      this.#memory.readText(tags, 'tags', tagsBytesMax),
    ]
    this.#refuseAsScripted()
    const event = parseWrittenEvent(...texts)
    this.effects.push({ kind: 'event', ...event, timestamp: String(event.timestamp), value: String(event.value) })
    return 0
  }

  #ws(signedProducer, region) {
    // An i64 arrives signed; a producer is a u64. Connections are counted from 1, and no number beyond 2^53 − 1 is one.
    const producer = BigInt.asUintN(64, signedProducer)
    if (producer === 0n || producer > Number.MAX_SAFE_INTEGER) {
      throw new HostRefusal(`connection ${producer} is unknown`)
    }
    const text = this.#memory.readText(region, 'data', frameBytesMax)
    this.#refuseAsScripted()
    this.effects.push({ kind: 'ws', producer: String(producer), text })
    return 0
  }

  #http(urlRegion, bodyRegion, methodNumber) {
    this.#lastStatus = 0
    const method = httpMethods[methodNumber >>> 0]
    if (method === undefined) {
      throw new HostRefusal(
        `method ${methodNumber >>> 0} is unknown; expected 0 (GET), 1 (POST), 2 (PUT) or 3 (DELETE)`,
      )
    }
    const url = this.#memory.readText(urlRegion, 'url', urlBytesMax)
    // Any bytes may be sent; an effect shows them as text.
    const body = lenientUtf8.decode(this.#memory.readRegion(bodyRegion, 'data', bodyBytesMax))
    this.#refuseAsScripted()
    const response = this.#responses.shift() ?? { status: 200, body: '' }
    this.#lastStatus = response.status
    this.effects.push({ kind: 'http', method, url, body, status: response.status })
    if (response.status >= 200 && response.status < 300) return this.#memory.give(response.body)
    throw new HostRefusal(`the server answered with status ${response.status}`)
  }

  #stateGet(keyRegion) {
    const key = this.#readKey('get', keyRegion)
    const value = this.state.get(key)
    return value === undefined ? 0 : this.#memory.give(value)
  }

  #stateSet(keyRegion, valueRegion) {
    const key = this.#memory.readText(keyRegion, 'key', stateKeyBytesMax)
    const value = this.#memory.readRegion(valueRegion, 'value', stateBytesMax).slice()
    checkKey('set', key)
    this.#refuseAsScripted()
    checkRoom(this.state, key, value)
    this.state.set(key, value)
    return 0
  }

  #stateDelete(keyRegion) {
    const key = this.#readKey('delete', keyRegion)
    this.#refuseAsScripted()
    this.state.delete(key)
    return 0
  }

  #readKey(verb, region) {
    const key = this.#memory.readText(region, 'key', stateKeyBytesMax)
    checkKey(verb, key)
    return key
  }

  /** `NAME=value` of each variable, with the NUL at its end. */
  #variables() {
    return Object.entries(this.environment).map(([name, value]) => Buffer.from(`${name}=${value}\0`))
  }

  #environSizesGet(count, size) {
    const variables = this.#variables()
    const { view } = this.#memory
    view.setUint32(count, variables.length, true)
    view.setUint32(size, Buffer.concat(variables).length, true)
    return errnoSuccess
  }

  #environGet(list, buffer) {
    const { view } = this.#memory
    for (const variable of this.#variables()) {
      view.setUint32(list, buffer, true)
      new Uint8Array(view.buffer).set(variable, buffer)
      list += 4
      buffer += variable.length
    }
    return errnoSuccess
  }

  #fdWrite(fd, vectors, count, written) {
    if (fd !== 1 && fd !== 2) return errnoBadf
    const { view } = this.#memory
    const chunks = []
    for (let at = vectors; at < vectors + 8 * count; at += 8) {
      chunks.push(new Uint8Array(view.buffer, view.getUint32(at, true), view.getUint32(at + 4, true)).slice())
    }
    const bytes = Buffer.concat([this.#pendingLines.get(fd) ?? Buffer.alloc(0), ...chunks])
    const end = bytes.lastIndexOf(10) + 1
    this.#pendingLines.set(fd, bytes.subarray(end))
    const lines = bytes.subarray(0, end).toString('utf8').split(/\r?\n/).slice(0, -1)
    for (const text of lines) this.effects.push({ kind: 'log', stream: fd === 1 ? 'stdout' : 'stderr', text })
    view.setUint32(
      written,
      chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      true,
    )
    return errnoSuccess
  }
}
