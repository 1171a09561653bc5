/**
 * Whether the guest's thread notes when the guest does what, and about which sample (`Moment`), and keeps the bodies of HTTP.
 * That costs time and memory, so it does only while an observer wants to know.
 */
export class MomentKeeping {
  /** Shared with the guest's thread; not 0 while they are kept. */
  readonly flag: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4))
  #wantedCount = 0

  /** Has them kept from now on, over all runs. @returns what ends that again; to be called once */
  keep(): () => void {
    if (this.#wantedCount++ === 0) Atomics.store(this.flag, 0, 1)
    return () => {
      if (--this.#wantedCount === 0) Atomics.store(this.flag, 0, 0)
    }
  }
}
