/** The current recordings: each is an observer as long as it lasts, so that without one nothing is recorded. */
import type { WebSocket } from 'ws'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Observers } from '../observe/observers.ts'
import { Recording, type RecordingWorld } from './recording.ts'
import { RecordingSocket } from './recording-socket.ts'

export interface RecordingsOptions extends RecordingWorld {
  readonly observers: Observers
  /** Of a connection; a recorder with eight times as much waiting for it is cut off. */
  readonly sendBufferBytesMax: number
}

/** The limit: each gets a copy of everything. */
const recordingsMax = 4
/** Many producers feed one recording. With the default of 8 MiB, some million samples may arrive together. */
const buffersPerRecording = 8

export class Recordings {
  readonly #options: RecordingsOptions
  readonly #open = new Map<Recording, RecordingSocket>()

  constructor(options: RecordingsOptions) {
    this.#options = options
  }

  /** Why no recording can begin now; `null` = one can. */
  refuse(): string | null {
    return this.#open.size < recordingsMax
      ? null
      : `${recordingsMax} recordings are already running, which is the limit`
  }

  /** Begins a recording. @param url - requests earlier samples with `history=MICROSECONDS` */
  open(socket: WebSocket, url: URL): void {
    const { observers, timers, sendBufferBytesMax } = this.#options
    const outlet = new RecordingSocket(socket, {
      timers,
      bufferBytesMax: buffersPerRecording * sendBufferBytesMax,
      onStop: () => void recording?.finish(),
      onSlow: () => observers.tell('recording', 'cut-off'),
      onClose: () => {
        if (recording === undefined) return
        recording.close()
        stopObserving()
        this.#open.delete(recording)
        observers.tell('recording', 'over')
      },
    })
    const recording = this.#begin(outlet, url)
    if (recording === undefined) return
    const stopObserving = observers.add(recording)
    this.#open.set(recording, outlet)
    observers.tell('recording', 'began')
  }

  checkAlive(): void {
    for (const outlet of this.#open.values()) outlet.checkAlive()
  }

  /** Ends all recordings, each with what belongs to it. */
  async finish(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((recording) => recording.finish()))
  }

  #begin(outlet: RecordingSocket, url: URL): Recording | undefined {
    try {
      const history = Number(url.searchParams.get('history') ?? 0)
      if (!Number.isSafeInteger(history) || history < 0) {
        throw new SlungError('bad-parameter', 'the parameter history is not a whole number of microseconds, 0 or more')
      }
      return new Recording(outlet, history, this.#options)
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      outlet.send({ kind: 'refused', error: error.message })
      outlet.close()
      return undefined
    }
  }
}
