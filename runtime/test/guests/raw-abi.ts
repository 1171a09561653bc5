// The raw ABI for the guests of these tests: the plain imports, and handmade Regions.

@external("env", "u_query_live") export declare function u_query_live(filter: usize): u64


@external("env", "u_query_history") export declare function u_query_history(filter: usize): f64


@external("env", "u_poll_handle") export declare function u_poll_handle(handle: u64): usize


@external("env", "u_free_handle") export declare function u_free_handle(handle: u64): u32


@external("env", "u_write_event") export declare function u_write_event(
  timestamp: usize,
  value: usize,
  tags: usize,
): u32


@external("env", "u_writeback_ws") export declare function u_writeback_ws(producer: u64, data: usize): u32


@external("env", "u_writeback_http") export declare function u_writeback_http(
  url: usize,
  data: usize,
  method: u32,
): usize


@external("slung", "now") export declare function now(): i64


@external("slung", "last_error") export declare function last_error(): usize


@external("slung", "http_status") export declare function http_status(): u32


@external("slung", "state_get") export declare function state_get(key: usize): usize


@external("slung", "state_set") export declare function state_set(key: usize, value: usize): u32


@external("slung", "state_delete") export declare function state_delete(key: usize): u32


@external("wasi_snapshot_preview1", "fd_write") export declare function fd_write(
  fd: u32,
  iovs: usize,
  count: u32,
  written: usize,
): u32


@external("wasi_snapshot_preview1", "proc_exit") export declare function proc_exit(code: u32): void

export function allocate(byteCount: i32): usize {
  return heap.alloc(max(byteCount, 1))
}

export function deallocate(region: usize): void {
  heap.free(load<u32>(region))
  heap.free(region)
}

/** A Region with any three words. Never freed: these guests are short-lived. */
export function regionOf(offset: u32, length: u32): usize {
  const region = heap.alloc(12)
  store<u32>(region, offset)
  store<u32>(region, length, 4)
  store<u32>(region, length, 8)
  return region
}

/** A Region with a text. */
export function regionFrom(text: string): usize {
  const byteCount = String.UTF8.byteLength(text)
  const bytes = heap.alloc(byteCount + 1)
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, bytes)
  return regionOf(bytes as u32, byteCount as u32)
}

/** The text of a Region from the host, which this frees. */
export function take(region: usize): string {
  const text = String.UTF8.decodeUnsafe(load<u32>(region), load<u32>(region, 8))
  deallocate(region)
  return text
}

/** The reason of the latest refusal, or an empty text. */
export function reason(): string {
  const region = last_error()
  return region == 0 ? '' : take(region)
}

/** Writes a text as it is, without a line end. */
export function print(stream: u32, text: string): void {
  const region = regionFrom(text)
  const vector = heap.alloc(12)
  store<u32>(vector, load<u32>(region))
  store<u32>(vector, load<u32>(region, 8), 4)
  fd_write(stream, vector, 1, vector + 8)
}
