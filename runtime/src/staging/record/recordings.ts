/** The current recordings: each is an observer as long as it lasts, so that without one nothing is recorded. */
import type { WebSocket } from 'ws'
import type { Observers } from '../observe/observers.ts'
import type { Clock } from '../system/clock.ts'
import { BeginPace, beginsMax } from './begin-pace.ts'
import { Recording, type RecordingWorld } from './recording.ts'
import { RecordingSocket } from './recording-socket.ts'
import type { CreateScribe } from './scribe-thread.ts'

export interface RecordingsOptions extends RecordingWorld {
  readonly observers: Observers
  readonly clock: Pick<Clock, 'elapsedMillis'>
  /** Of a connection; a recorder with eight times as much waiting for it is cut off. */
  readonly sendBufferBytesMax: number
  /** Creates what makes the messages of one recording. */
  readonly createScribe: CreateScribe
}

/** A refusal that ends by itself. */
export interface DelayedRefusal {
  readonly reason: string
  readonly retryAfterSeconds: number
}

/** The limit: each gets a copy of everything. */
const recordingsMax = 4
/** Many producers feed one recording. With the default of 8 MiB, some million samples may arrive together. */
const buffersPerRecording = 8

export class Recordings {
  readonly #options: RecordingsOptions
  readonly #open = new Map<Recording, RecordingSocket>()
  readonly #pace = new BeginPace()

  constructor(options: RecordingsOptions) {
    this.#options = options
  }

  /**
   * Why no recording can begin now. `null` = one begins, and counts as one of its address.
   *
   * @param address - of the recorder
   */
  refuse(address: string): string | DelayedRefusal | null {
    if (this.#open.size >= recordingsMax) return `${recordingsMax} recordings are already running, which is the limit`
    const now = this.#options.clock.elapsedMillis()
    const waitMillis = this.#pace.waitMillis(address, now)
    if (waitMillis > 0) {
      const retryAfterSeconds = Math.ceil(waitMillis / 1000)
      const reason = `${beginsMax} recordings of ${address} began within a minute, which is the limit; try again in ${retryAfterSeconds} s`
      return { reason, retryAfterSeconds }
    }
    this.#pace.note(address, now)
    return null
  }

  /** Begins a recording. @param url - requests earlier samples with `history=MICROSECONDS` */
  open(socket: WebSocket, url: URL): void {
    const { observers, timers, sendBufferBytesMax, createScribe } = this.#options
    const historyMicros = Number(url.searchParams.get('history') ?? 0)
    let recording: Recording | undefined
    let end = (): void => {}
    const outlet = new RecordingSocket(socket, {
      timers,
      bufferBytesMax: buffersPerRecording * sendBufferBytesMax,
      createScribe,
      hasHistory: historyMicros !== 0,
      onStop: () => void recording?.finish(),
      onSlow: () => observers.tell('recording', 'cut-off'),
      onClose: () => end(),
    })
    if (!Number.isSafeInteger(historyMicros) || historyMicros < 0) {
      const error = 'the parameter history is not a whole number of microseconds, 0 or more'
      outlet.take({ kind: 'refused', error })
      outlet.close()
      return
    }
    const opened = new Recording(outlet, historyMicros, this.#options)
    const stopObserving = observers.add(opened)
    recording = opened
    end = () => {
      opened.close()
      stopObserving()
      this.#open.delete(opened)
      observers.tell('recording', 'over')
    }
    this.#open.set(opened, outlet)
    observers.tell('recording', 'began')
  }

  checkAlive(): void {
    for (const outlet of this.#open.values()) outlet.checkAlive()
  }

  /** Ends all recordings, each with what belongs to it. */
  async finish(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((recording) => recording.finish()))
  }
}
