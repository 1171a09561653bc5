/** The beginning of a body of HTTP: what observers get of it. */

/** What is kept of one body. */
export const bodyBytesMax: number = 64 * 1024

export interface CutBody {
  /** At most `bodyBytesMax`. */
  readonly bytes: Uint8Array
  /** Of all of it. */
  readonly byteLength: number
}

/** Copies what is kept: the rest may be large, and belongs to others. */
export function cutBody(bytes: Uint8Array): CutBody {
  return { bytes: bytes.slice(0, bodyBytesMax), byteLength: bytes.length }
}
