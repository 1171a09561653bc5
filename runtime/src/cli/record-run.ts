/** Records a runtime into files until `stop`: the recorder's side of the protocol. */
import { on } from 'node:events'
import type { WebSocket } from 'ws'
import { openSocket } from '../client/open-socket.ts'
import { formatRuntimeUrl } from '../client/runtime-url.ts'
import { parseJson } from '../engine/model/json.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'
import { plural } from '../engine/text/words.ts'
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
    try {
      const messages = readMessages(socket)
      const next = messages.next()
      // Now there is a listener.
      socket.resume()
      const { value: first } = await next
      if (first?.kind !== 'begin') {
        const found = first?.kind === 'refused' ? printable(first.error) : 'it sent nothing'
        throw new SlungError('refused', `cannot record ${where}: ${found}`)
      }
      return new RecordRun(socket, messages, new RecordingFiles(options, where, first), onEarlyEnd)
    } catch (error) {
      socket.terminate()
      throw error
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

  /** Records until `stop`, and writes the files. Once. @throws {SlungError} `unwritable-file` */
  async run(): Promise<Recorded> {
    const isWhole = await this.#takeAll()
    this.#socket.terminate()
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
      const { value: message, done } = await this.#messages.next()
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

/** Ends when the connection does, for any reason. */
async function* readMessages(socket: WebSocket): AsyncGenerator<RecordMessage, void> {
  const waiting = { highWaterMark: waitingMessagesMax, lowWaterMark: waitingMessagesMax / 4 }
  try {
    for await (const [data] of on(socket, 'message', { close: ['close'], ...waiting })) {
      yield readMessage((data as Buffer).toString())
    }
  } catch (error) {
    // A broken connection has a system code. Anything else is our own bug.
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

/** Bodies keep their numbers as they are written; samples are doubles, and many. */
function readMessage(text: string): RecordMessage {
  const message = JSON.parse(text) as RecordMessage
  return message.kind === 'writeback' ? (parseJson(text) as RecordMessage) : message
}

function describeLoss(isStopped: boolean): string {
  return isStopped
    ? 'the runtime did not send the end in time'
    : 'the connection was lost, or the runtime cut it off because this recorder did not keep up'
}
