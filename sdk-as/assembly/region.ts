/**
 * How text crosses the border: as a Region, 12 bytes that hold an address, a capacity and a length.
 *
 * All of it lives in raw heap blocks outside the garbage collector. Nothing needs to be pinned, and the host may call
 * `allocate` in the middle of any import without moving or collecting anything; for the same reason no code in this
 * package keeps the address of a managed object across a host call.
 *
 *   guest → host   `lend` a text, call, `reclaim` it: the guest keeps ownership and the host copies
 *   host → guest   the host fills a Region through `allocate`; `takeText` reads it and frees both blocks
 */
import { decodeText } from './utf8'

/** The 12 bytes at the address that crosses the border. */
@unmanaged
export class Region {
  /** Address of the first byte. */
  offset: u32
  /** Bytes the block has room for. */
  capacity: u32
  /** Bytes in use, ≤ `capacity`. */
  length: u32
}

// A lent Region and its bytes share one block; 16 keeps the bytes as aligned as the block itself.
const HEADER_SIZE: usize = 16

/** Export: the address of `size` raw bytes (not of a Region), aligned to 16. A size of 0 gets its own address, too. */
export function allocate(size: usize): usize {
  return heap.alloc(size)
}

/** Export: frees a Region that the host made with `allocate`, and the bytes it points at. */
export function deallocate(region: usize): void {
  heap.free(changetype<Region>(region).offset)
  heap.free(region)
}

/** The UTF-8 of `text` in a new Region, for one host call. Yours until `reclaim`. Lone surrogates become U+FFFD. */
export function lend(text: string): usize {
  const region = lendRoom(String.UTF8.byteLength(text))
  const target = changetype<Region>(region).offset
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, target, false, String.UTF8.ErrorMode.REPLACE)
  return region
}

/** A copy of `bytes` in a new Region, for one host call. Yours until `reclaim`. */
export function lendBytes(bytes: Uint8Array): usize {
  const region = lendRoom(bytes.length)
  memory.copy(changetype<Region>(region).offset, bytes.dataStart, bytes.length)
  return region
}

/** A Region with room for `length` bytes, all in use. */
function lendRoom(length: i32): usize {
  const block = heap.alloc(HEADER_SIZE + length)
  const region = changetype<Region>(block)
  region.offset = <u32>(block + HEADER_SIZE)
  region.capacity = length
  region.length = length
  return block
}

/** Frees what `lend` and `lendBytes` made. */
export function reclaim(region: usize): void {
  heap.free(region)
}

/** Reads a Region the host made as UTF-8, and frees it. Bytes that are not UTF-8 become U+FFFD. */
export function takeText(region: usize): string {
  const source = changetype<Region>(region)
  const text = decodeText(source.offset, source.length)
  deallocate(region)
  return text
}

/** Copies the bytes of a Region the host made, and frees it. */
export function takeBytes(region: usize): Uint8Array {
  const source = changetype<Region>(region)
  const bytes = new Uint8Array(source.length)
  memory.copy(bytes.dataStart, source.offset, source.length)
  deallocate(region)
  return bytes
}
