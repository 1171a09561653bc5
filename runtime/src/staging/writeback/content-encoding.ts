/** Bodies that a server compressed (https://www.rfc-editor.org/rfc/rfc9110.html#section-8.4). */
import { Transform, type TransformCallback } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'

/** The value of `accept-encoding`. */
export const acceptedEncodings = 'gzip, deflate, br, zstd'

/** What turns a body into what its server compressed, in this order; nothing for a coding that is not known. */
export function decodersOf(contentEncoding: string | undefined): Transform[] {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase())
  const decoders: Transform[] = []
  for (const coding of codings.reverse()) {
    if (coding === '' || coding === 'identity') continue
    const create = creators.get(coding)
    if (create === undefined || decoders.length === decodersMax) return []
    decoders.push(create())
  }
  return decoders
}

/** More than any server applies in good faith. */
const decodersMax = 5

// As browsers do: servers are known to leave out the last bytes of a compressed body.
const zlibOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const brotliOptions = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH }

const creators: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(zlibOptions)],
  ['x-gzip', () => createGunzip(zlibOptions)],
  ['deflate', () => new Inflate()],
  ['br', () => createBrotliDecompress(brotliOptions)],
  ['zstd', () => createZstdDecompress()],
])

/** "deflate" means the zlib format, but some servers send the bare one. The first byte tells. */
class Inflate extends Transform {
  #inflate: Transform | undefined

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#inflate ??= this.#begin(chunk[0]!)
    this.#inflate.write(chunk, done)
  }

  override _flush(done: TransformCallback): void {
    if (this.#inflate === undefined) return done()
    this.#inflate.once('end', () => done())
    this.#inflate.end()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inflate?.destroy()
    done(error)
  }

  #begin(firstByte: number): Transform {
    const inflate = (firstByte & 0x0f) === 0x08 ? createInflate(zlibOptions) : createInflateRaw(zlibOptions)
    return inflate.on('data', (data) => this.push(data)).on('error', (error) => this.destroy(error))
  }
}
