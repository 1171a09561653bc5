/**
 * The raw imports, each documented, with the names and types of the ABI page. Everything else in this package is built
 * on them; a workflow rarely needs them itself. A module imports only what its code can reach, so `slung.*` stays out
 * of a workflow that calls none of the extensions.
 *
 * Every `usize` named after a text is the address of a `Region`; see `region.ts` for who frees what.
 */

/** Subscribes. Returns a handle ≥ 1, or 0 = refused. */
@external("env", "u_query_live")
export declare function u_query_live(query: usize): u64

/** Evaluates once. Returns the aggregate; NaN = refused, or AVG, MIN or MAX of nothing. */
@external("env", "u_query_history")
export declare function u_query_history(query: usize): f64

/** Returns the Region of one Event as JSON, which the guest then owns, or 0 = nothing now or an unknown handle. */
@external("env", "u_poll_handle")
export declare function u_poll_handle(handle: u64): usize

/** Ends a subscription. Returns 0, or 1 for an unknown handle. */
@external("env", "u_free_handle")
export declare function u_free_handle(handle: u64): u32

/** Writes one sample: decimal µs, decimal value, tags joined by commas with `series=NAME` among them. 0, or 1 = refused. */
@external("env", "u_write_event")
export declare function u_write_event(timestamp: usize, value: usize, tags: usize): u32

/** Sends one text frame to a connection. Returns 0, or 1 for an unknown or closed one. */
@external("env", "u_writeback_ws")
export declare function u_writeback_ws(producer: u64, text: usize): u32

/** Methods: 0 GET, 1 POST, 2 PUT, 3 DELETE. Returns the Region of the body on a 2xx, which the guest owns; 0 otherwise. */
@external("env", "u_writeback_http")
export declare function u_writeback_http(url: usize, body: usize, method: u32): usize

/** Extension: µs since the Unix epoch on the host's clock. */
@external("slung", "now")
export declare function slung_now(): i64

/** Extension: the Region of the reason why the latest host call answered with its sentinel, which the guest owns; 0 = no reason. */
@external("slung", "last_error")
export declare function slung_last_error(): usize

/** Extension: status of the latest HTTP request; 0 = no response. */
@external("slung", "http_status")
export declare function slung_http_status(): u32

/** Extension: the Region of the value that the state has for a key, which the guest owns; 0 = not set, or refused. */
@external("slung", "state_get")
export declare function slung_state_get(key: usize): usize

/** Extension: sets a key of the state to any bytes. Returns 0, or 1 = refused, and then nothing has changed. */
@external("slung", "state_set")
export declare function slung_state_set(key: usize, value: usize): u32

/** Extension: deletes a key from the state. Returns 0, also when it was not set, or 1 = refused. */
@external("slung", "state_delete")
export declare function slung_state_delete(key: usize): u32

/** WASI preview 1: how many environment variables there are, and how many bytes they take. Returns an errno. */
@external("wasi_snapshot_preview1", "environ_sizes_get")
export declare function environ_sizes_get(count: usize, size: usize): u32

/** WASI preview 1: fills a list of addresses, and a buffer with a `NAME=value` at each, which ends with a NUL. Returns an errno. */
@external("wasi_snapshot_preview1", "environ_get")
export declare function environ_get(list: usize, buffer: usize): u32

/** WASI preview 1: writes a list of `{ address: u32, length: u32 }`; `written` receives the byte count. Returns an errno. */
@external("wasi_snapshot_preview1", "fd_write")
export declare function fd_write(fd: u32, vectors: usize, vectorCount: usize, written: usize): u32
