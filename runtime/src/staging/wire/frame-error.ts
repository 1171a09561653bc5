/** A frame that is no sequence of events. */
import { SlungError } from '../../engine/model/slung-error.ts'

export class FrameError extends SlungError {
  /** Byte of the frame from which on it is wrong. */
  readonly offset: number
  /** Events before the fault that were taken. */
  readonly taken: number

  constructor(message: string, offset: number, taken: number) {
    super('bad-frame', message)
    this.name = 'FrameError'
    this.offset = offset
    this.taken = taken
  }
}
