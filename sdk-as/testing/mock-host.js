/**
 * A host for unit tests: the imports of the ABI page over plain lists. It answers what a test scripted and records what
 * the workflow asked for; queries are compared as text and never evaluated. The as-pect specs of a workflow use it through
 * `assembly/testing.ts`, and `@slung/harness` is the place for tests that run a query.
 */
import { HostRefusal, parseWrittenEvent } from './written-event.js'

/** Thrown out of a poll when nothing is scripted any more: the way a host ends a run from inside the workflow. */
export class FeedDrained extends Error {
  name = 'FeedDrained'

  constructor() {
    super('cannot poll: every scripted Event was delivered and nothing is left to wait for')
  }
}

const httpMethods = ['GET', 'POST', 'PUT', 'DELETE']
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class MockHost {
  /** What `slung.now` answers: microseconds since the Unix epoch. */
  now = 0n
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
  #lastError = ''
  #lastStatus = 0
  #pendingLines = new Map()
  #exports

  constructor() {
    this.imports = {
      env: {
        u_query_live: (query) => this.#queryLive(this.readText(query)),
        u_query_history: (query) => this.#queryHistory(this.readText(query)),
        u_poll_handle: (handle) => this.#poll(handle),
        u_free_handle: (handle) => (this.#handles.delete(handle) ? 0 : 1),
        u_write_event: (timestamp, value, tags) => this.#writeEvent({ timestamp, value, tags }),
        u_writeback_ws: (producer, text) => this.#ws(producer, this.readText(text)),
        u_writeback_http: (url, body, method) =>
          this.#http(httpMethods[method], this.readText(url), this.readText(body)),
      },
      slung: {
        now: () => this.now,
        last_error: () => (this.#lastError === '' ? 0 : this.giveText(this.#lastError)),
        http_status: () => this.#lastStatus,
      },
      wasi_snapshot_preview1: {
        fd_write: (fd, vectors, count, written) => this.#fdWrite(fd, vectors, count, written),
      },
    }
  }

  /** Connects the instance whose imports these are. Call it before any export that reaches the host. */
  attach(exports) {
    this.#exports = exports
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

  /** Scripts the response to the next HTTP request. Not scripted = 200 with an empty body. */
  answerHttp(status, body) {
    this.#responses.push({ status, body })
  }

  /** Makes the host refuse the next call that it can refuse, with this reason for `slung.last_error`. */
  refuse(reason) {
    this.#refusals.push(reason)
  }

  /** How many subscriptions are open. A workflow that returns should have closed its own. */
  get openHandles() {
    return this.#handles.size
  }

  /** Forgets everything scripted and recorded. Handles stay open. */
  reset() {
    this.now = 0n
    this.effects = []
    this.#feeds.clear()
    this.#histories.clear()
    this.#responses = []
    this.#refusals = []
    this.#lastError = ''
    this.#lastStatus = 0
  }

  /** Reads a Region of the guest. */
  readText(region) {
    return strictUtf8.decode(this.#readBytes(region))
  }

  /** Gives the guest a text in a Region it owns. */
  giveText(text) {
    const bytes = new TextEncoder().encode(text)
    const address = this.#exports.allocate(bytes.length) >>> 0
    new Uint8Array(this.#exports.memory.buffer).set(bytes, address)
    const region = this.#exports.allocate(12) >>> 0
    // The memory may have grown, so views are made after the last allocation.
    const view = new DataView(this.#exports.memory.buffer)
    view.setUint32(region, address, true)
    view.setUint32(region + 4, bytes.length, true)
    view.setUint32(region + 8, bytes.length, true)
    return region
  }

  #readBytes(region) {
    const view = new DataView(this.#exports.memory.buffer)
    return new Uint8Array(view.buffer, view.getUint32(region, true), view.getUint32(region + 8, true))
  }

  /** Reads the text of a parameter. */
  #readArgument(name, region) {
    const bytes = this.#readBytes(region)
    try {
      return strictUtf8.decode(bytes)
    } catch {
      throw new HostRefusal(`${name} is not valid UTF-8`)
    }
  }

  /** Takes a scripted refusal, if there is one, as the reason of this call. */
  #refused() {
    this.#lastError = this.#refusals.shift() ?? ''
    return this.#lastError !== ''
  }

  #queryLive(query) {
    if (this.#refused()) return 0n
    this.#lastHandle += 1n
    this.#handles.set(this.#lastHandle, query)
    return this.#lastHandle
  }

  #queryHistory(query) {
    return this.#refused() ? NaN : (this.#histories.get(query) ?? NaN)
  }

  #poll(handle) {
    const query = this.#handles.get(handle)
    if (query === undefined) return 0
    const feed = this.#feeds.get(query) ?? []
    if (feed.length === 0) {
      const others = [...this.#handles.values()].some((other) => (this.#feeds.get(other) ?? []).length > 0)
      if (!others) throw new FeedDrained()
      return 0
    }
    const event = feed.shift()
    return event === null ? 0 : this.giveText(event)
  }

  #writeEvent(regions) {
    if (this.#refused()) return 1
    try {
      const texts = Object.entries(regions).map(([name, region]) => this.#readArgument(name, region))
      const event = parseWrittenEvent(...texts)
      this.effects.push({ kind: 'event', ...event, timestamp: String(event.timestamp), value: String(event.value) })
      return 0
    } catch (error) {
      if (!(error instanceof HostRefusal)) throw error
      this.#lastError = error.message
      return 1
    }
  }

  /** An i64 arrives signed; a producer is a u64. */
  #ws(producer, text) {
    if (this.#refused()) return 1
    this.effects.push({ kind: 'ws', producer: String(BigInt.asUintN(64, producer)), text })
    return 0
  }

  #http(method, url, body) {
    this.#lastStatus = 0
    if (this.#refused()) return 0
    const response = this.#responses.shift() ?? { status: 200, body: '' }
    this.#lastStatus = response.status
    this.effects.push({ kind: 'http', method, url, body, status: response.status })
    if (response.status >= 200 && response.status < 300) return this.giveText(response.body)
    this.#lastError = `the response to ${method} ${url} has status ${response.status}, a 2xx is expected`
    return 0
  }

  #fdWrite(fd, vectors, count, written) {
    const view = new DataView(this.#exports.memory.buffer)
    const chunks = []
    for (let at = vectors; at < vectors + 8 * count; at += 8) {
      chunks.push(new Uint8Array(view.buffer, view.getUint32(at, true), view.getUint32(at + 4, true)).slice())
    }
    const bytes = Buffer.concat([this.#pendingLines.get(fd) ?? Buffer.alloc(0), ...chunks])
    const end = bytes.lastIndexOf(10) + 1
    this.#pendingLines.set(fd, bytes.subarray(end))
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
    for (const text of lines) this.effects.push({ kind: 'log', stream: fd === 1 ? 'stdout' : 'stderr', text })
    view.setUint32(
      written,
      chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      true,
    )
    return 0
  }
}
