//! The raw imports, each documented, with the names and types of the ABI page. Everything else in this crate is built
//! on them. A module imports only what its code can reach, so `slung.*` stays out of a workflow that calls none of the
//! extensions. `native.rs` has the same functions for tests.
//!
//! Every `usize` named after a text is the address of a `Region`; see `region.rs` for who frees what.

use crate::region::IoVector;

#[link(wasm_import_module = "env")]
extern "C" {
    /// Subscribes. Returns a handle ≥ 1, or 0 = refused.
    pub fn u_query_live(query: usize) -> u64;

    /// Evaluates once. Returns the aggregate; NaN = refused, or AVG, MIN or MAX of nothing.
    pub fn u_query_history(query: usize) -> f64;

    /// Returns the Region of one Event as JSON, which the guest then owns, or 0 = nothing now or an unknown handle.
    pub fn u_poll_handle(handle: u64) -> usize;

    /// Ends a subscription. Returns 0, or 1 for an unknown handle.
    pub fn u_free_handle(handle: u64) -> u32;

    /// Writes one sample: decimal µs, decimal value, tags joined by commas with `series=NAME` among them. 0, or 1 = refused.
    pub fn u_write_event(timestamp: usize, value: usize, tags: usize) -> u32;

    /// Sends one text frame to a connection. Returns 0, or 1 for an unknown or closed one.
    pub fn u_writeback_ws(producer: u64, text: usize) -> u32;

    /// Methods: 0 GET, 1 POST, 2 PUT, 3 DELETE. Returns the Region of the body on a 2xx, which the guest owns; 0 otherwise.
    pub fn u_writeback_http(url: usize, body: usize, method: u32) -> usize;
}

#[link(wasm_import_module = "slung")]
extern "C" {
    /// Extension: µs since the Unix epoch on the host's clock.
    #[link_name = "now"]
    pub fn slung_now() -> i64;

    /// Extension: the Region of the reason why the latest host call answered with its sentinel, which the guest owns; 0
    /// = no reason.
    #[link_name = "last_error"]
    pub fn slung_last_error() -> usize;

    /// Extension: status of the latest HTTP request; 0 = no response.
    #[link_name = "http_status"]
    pub fn slung_http_status() -> u32;

    /// Extension: the Region of the value that the state has for a key, which the guest owns; 0 = not set, or refused.
    #[link_name = "state_get"]
    pub fn slung_state_get(key: usize) -> usize;

    /// Extension: sets a key of the state to any bytes. Returns 0, or 1 = refused, and then nothing has changed.
    #[link_name = "state_set"]
    pub fn slung_state_set(key: usize, value: usize) -> u32;

    /// Extension: deletes a key from the state. Returns 0, also when it was not set, or 1 = refused.
    #[link_name = "state_delete"]
    pub fn slung_state_delete(key: usize) -> u32;
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    /// WASI preview 1: how many environment variables there are, and how many bytes they take. Returns an errno.
    pub fn environ_sizes_get(count: *mut usize, size: *mut usize) -> u32;

    /// WASI preview 1: fills a list of addresses, and a buffer with a `NAME=value` at each, one after the other, each with
    /// a NUL at its end. Returns an errno.
    pub fn environ_get(list: *mut *mut u8, buffer: *mut u8) -> u32;

    /// WASI preview 1: writes a list of vectors; `written` receives the byte count. Returns an errno.
    pub fn fd_write(fd: u32, vectors: *const IoVector, vector_count: usize, written: *mut usize) -> u32;

    /// WASI preview 1: a clock in ns, 0 being the time since the Unix epoch. Returns an errno.
    pub fn clock_time_get(clock: u32, precision: u64, time: *mut u64) -> u32;
}
