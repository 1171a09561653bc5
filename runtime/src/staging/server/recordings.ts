/** Who records at the moment: the runtime tells what happens, and while nobody does, that costs nothing. */
import type { WebSocket } from 'ws'
import type { ProducerId } from '../../engine/model/live-event.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Intake } from '../intake.ts'
import { Recording, type RecordingWorld } from './recording.ts'
import { RecordingSocket } from './recording-socket.ts'

export interface RecordingsOptions extends RecordingWorld {
  readonly intake: Intake
  /** Of a connection; a recorder that lets eight times as much wait is cut off. */
  readonly sendBufferBytesMax: number
  readonly log: { info(message: string): void; warn(message: string): void }
}

/** Each gets a copy of everything. */
const recordingsMax = 4
/** Many producers make one recording. At the default of 8 MiB it is some million samples that come at once. */
const buffersPerRecording = 8

export class Recordings {
  readonly #options: RecordingsOptions
  readonly #open = new Map<Recording, RecordingSocket>()

  constructor(options: RecordingsOptions) {
    this.#options = options
  }

  /** Why no recording can begin now; `null` when one can. */
  refuse(): string | null {
    return this.#open.size < recordingsMax ? null : `${recordingsMax} recordings run already, which is the limit`
  }

  /** Begins a recording. @param url - asks with `history=MICROSECONDS` for samples from before */
  open(socket: WebSocket, url: URL): void {
    const { intake, sendBufferBytesMax, log } = this.#options
    const outlet = new RecordingSocket(socket, {
      bufferBytesMax: buffersPerRecording * sendBufferBytesMax,
      onStop: () => void recording?.finish(),
      onSlow: () => log.warn('cut off a recording: its recorder does not keep up'),
      onClose: () => {
        if (recording === undefined) return
        recording.close()
        this.#open.delete(recording)
        if (this.#open.size === 0) intake.tap = null
        log.info('a recording is over')
      },
    })
    const recording = this.#begin(outlet, url)
    if (recording === undefined) return
    this.#open.set(recording, outlet)
    intake.tap = (batch, writer) => {
      for (const open of this.#open.keys()) open.take(batch, writer)
    }
    log.info('a recording begins')
  }

  /** To be called after samples were appended. */
  flush(): void {
    for (const recording of this.#open.keys()) recording.flush()
  }

  closeProducer(id: ProducerId): void {
    for (const recording of this.#open.keys()) recording.closeProducer(id)
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
        throw new SlungError('bad-parameter', 'the parameter history is no whole number of microseconds from 0')
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
