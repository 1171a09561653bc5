/**
 * A sign of life that another thread can watch: one shared word that changes with every poll of a running guest.
 * 0 means that no guest is running; while one is, the word is odd, so wrapping around never reads as 0.
 */
export class Pulse {
  /** Send this to the other thread and make a `Pulse` from it there. */
  readonly buffer: SharedArrayBuffer
  readonly #word: Int32Array<SharedArrayBuffer>

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.buffer = buffer
    this.#word = new Int32Array(buffer)
  }

  /** A guest begins to run. */
  start(): void {
    Atomics.store(this.#word, 0, 1)
  }

  /** The guest polled. */
  beat(): void {
    Atomics.add(this.#word, 0, 2)
  }

  /** The guest has ended. */
  stop(): void {
    Atomics.store(this.#word, 0, 0)
  }

  /** The word as it is now. */
  read(): number {
    return Atomics.load(this.#word, 0)
  }
}
