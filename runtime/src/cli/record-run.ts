/** Records a runtime into files until `stop`: the recorder's side of the protocol. */
import { on } from 'node:events'
import type { WebSocket } from 'ws'
import { openSocket } from '../client/open-socket.ts'
import { formatRuntimeUrl } from '../client/runtime-url.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'
import { quote } from '../engine/text/quote.ts'
import { plural } from '../engine/text/words.ts'
import { readMessage } from '../staging/record/read-message.ts'
import { recordProtocol, stopWord, type RecordMessage } from '../staging/record/record-protocol.ts'
import { RecordingFiles, writebacksMax, type RecordingCounts } from '../staging/record/recording-files.ts'
import type { RecordingTarget } from '../staging/record/recording-paths.ts'

export interface RecordRunOptions extends RecordingTarget {
  readonly url: URL
  /** `null` = none. */
  readonly token: string | null
  /** How far back to include samples from the store. */
  readonly historyMicros: number
}

export interface Recorded {
  /** What was written, specs first; empty when nothing happened. */
  readonly paths: readonly string[]
  /** Why the end is missing; `null` = it is there. */
  readonly incomplete: string | null
  /** What looks like a secret and is in the samples. */
  readonly leftIn: ReadonlySet<string>
}

const connectTimeoutMillis = 10_000
/** The runtime reads the history first. */
const beginTimeoutMillis = 120_000
/** Workflows have ten seconds to finish; then the end is on its way. So long nothing may come after `stop`. */
const endTimeoutMillis = 20_000
/** Messages that may wait for the disk before reading from the socket pauses. */
const waitingMessagesMax = 64

export class RecordRun {
  readonly #socket: WebSocket
  readonly #messages: AsyncIterator<RecordMessage, void>
  readonly #files: RecordingFiles
  readonly #onEarlyEnd: (reason: string) => void
  #isStopped = false
  #endTimer: NodeJS.Timeout | undefined

  private constructor(
    socket: WebSocket,
    messages: AsyncIterator<RecordMessage, void>,
    files: RecordingFiles,
    onEarlyEnd: (reason: string) => void,
  ) {
    this.#socket = socket
    this.#messages = messages
    this.#files = files
    this.#onEarlyEnd = onEarlyEnd
  }

  /**
   * Begins a recording.
   *
   * @param onEarlyEnd - receives why it ends without `stop`; nothing is missing then
   * @throws {SlungError} as `openSocket`; `refused`, `unknown-workflow`, `file-exists`. On an error, nothing stays open
   */
  static async open(options: RecordRunOptions, onEarlyEnd: (reason: string) => void): Promise<RecordRun> {
    const { token, historyMicros } = options
    const where = formatRuntimeUrl(options.url)
    const url = new URL(options.url)
    url.pathname = '/record'
    url.search = new URLSearchParams({ history: String(historyMicros) }).toString()
    const socket = await openSocket({ url, token, protocol: recordProtocol, connectTimeoutMillis })
    const timer = setTimeout(() => socket.terminate(), beginTimeoutMillis)
    try {
      const messages = readMessages(socket, where)
      const next = messages.next()
      // Now there is a listener.
      socket.resume()
      const { value: first } = await next
      if (first?.kind !== 'begin') throw cannotRecord(where, describeNoBegin(first))
      return new RecordRun(socket, messages, new RecordingFiles(options, where, first), onEarlyEnd)
    } catch (error) {
      socket.terminate()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  get counts(): RecordingCounts {
    return this.#files.counts
  }

  /** Asks for the end, which comes when workflows are done with the last samples. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#socket.send(stopWord)
    // A long history may be on its way before the end.
    this.#endTimer = setTimeout(() => this.#socket.terminate(), endTimeoutMillis).unref()
  }

  /** Records until `stop`, and writes the files. Once. @throws {SlungError} `unwritable-file`, `refused` */
  async run(): Promise<Recorded> {
    const isWhole = await this.#takeAll().finally(() => this.#socket.terminate())
    const { samples, writebacks } = this.counts
    const incomplete = isWhole ? null : describeLoss(this.#isStopped)
    const { leftIn } = this.#files
    if (samples > 0 || writebacks > 0) return { paths: await this.#files.finish(incomplete), incomplete, leftIn }
    await this.#files.discard()
    return { paths: [], incomplete, leftIn }
  }

  /** @returns whether the end came */
  async #takeAll(): Promise<boolean> {
    for (;;) {
      const { value: message, done } = await this.#messages.next().catch(async (error: unknown) => {
        await this.#files.discard()
        throw error
      })
      if (done === true) return false
      await this.#files.take(message)
      this.#endTimer?.refresh()
      if (this.#files.failure !== null) {
        await this.#files.discard()
        throw this.#files.failure
      }
      if (message.kind === 'end') {
        if (!this.#isStopped) this.#onEarlyEnd('the runtime is stopping')
        return true
      }
      if (this.counts.writebacks >= writebacksMax && !this.#isStopped) {
        this.#onEarlyEnd(`there are ${plural(writebacksMax, 'writeback')}, which is the limit`)
        this.stop()
      }
    }
  }
}

/**
 * Ends when the connection does, for any reason.
 *
 * @param where - the runtime, for people
 * @throws {SlungError} `refused` for what is not a message of a runtime
 */
async function* readMessages(socket: WebSocket, where: string): AsyncGenerator<RecordMessage, void> {
  const waiting = { highWaterMark: waitingMessagesMax, lowWaterMark: waitingMessagesMax / 4 }
  try {
    for await (const [data, isBinary] of on(socket, 'message', { close: ['close'], ...waiting })) {
      const text = (data as Buffer).toString()
      const message = isBinary === true ? null : readMessage(text)
      if (message === null)
        throw cannotRecord(where, `it sent ${describeJunk(text)}, which is no part of a recording${hint}`)
      yield message
    }
  } catch (error) {
    // A broken connection has a system code. Anything else is our own bug.
    if (error instanceof SlungError || !(error instanceof Error && 'code' in error)) throw error
  }
}

const hint = '; is it a Slung runtime of this version?'

function describeNoBegin(first: RecordMessage | void): string {
  if (first === undefined) return `it sent nothing${hint}`
  return first.kind === 'refused' ? printable(first.error) : `it began with "${first.kind}"${hint}`
}

/** As much as helps to recognise it. */
function describeJunk(text: string): string {
  return text === '' ? 'an empty text' : quote(text)
}

function cannotRecord(where: string, found: string): SlungError {
  return new SlungError('refused', `cannot record ${where}: ${found}`)
}

function describeLoss(isStopped: boolean): string {
  return isStopped
    ? 'the runtime did not send the end in time'
    : 'the connection was lost, or the runtime cut it off because this recorder did not keep up'
}
