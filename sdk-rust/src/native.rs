//! The functions of `abi.rs` outside WebAssembly, where the host is the [`MockHost`](crate::testing::MockHost) of the
//! running test. Texts cross in Regions here, too, so a test exercises the code that a workflow runs.

use crate::region::{allocate, IoVector, Region};
use crate::testing::{has_host, with_host};

pub unsafe fn u_query_live(query: usize) -> u64 {
    let query = read_text(query);
    with_host(|host| host.query_live(query))
}

pub unsafe fn u_query_history(query: usize) -> f64 {
    let query = read_text(query);
    with_host(|host| host.query_history(&query))
}

pub unsafe fn u_poll_handle(handle: u64) -> usize {
    // The host may end the run here, so the borrow has to end before.
    match with_host(|host| host.poll(handle)) {
        Ok(Some(event)) => give(event.as_bytes()),
        Ok(None) => 0,
        Err(end) => end.unwind(),
    }
}

pub unsafe fn u_free_handle(handle: u64) -> u32 {
    // A failing test may drop its host before a live query, and a second panic would abort all tests.
    if std::thread::panicking() && !has_host() {
        return 1;
    }
    with_host(|host| u32::from(!host.free(handle)))
}

pub unsafe fn u_write_event(timestamp: usize, value: usize, tags: usize) -> u32 {
    let (timestamp, value, tags) = (read_text(timestamp), read_text(value), read_text(tags));
    with_host(|host| u32::from(!host.write_event(&timestamp, &value, &tags)))
}

pub unsafe fn u_writeback_ws(producer: u64, text: usize) -> u32 {
    let text = read_text(text);
    with_host(|host| u32::from(!host.writeback_ws(producer, text)))
}

pub unsafe fn u_writeback_http(url: usize, body: usize, method: u32) -> usize {
    let (url, body) = (read_text(url), read_text(body));
    match with_host(|host| host.writeback_http(method, url, body)) {
        Some(body) => give(&body),
        None => 0,
    }
}

pub unsafe fn slung_now() -> i64 {
    with_host(|host| host.now)
}

pub unsafe fn slung_last_error() -> usize {
    match with_host(|host| host.last_error.clone()) {
        reason if reason.is_empty() => 0,
        reason => give(reason.as_bytes()),
    }
}

pub unsafe fn slung_http_status() -> u32 {
    with_host(|host| host.last_status)
}

pub unsafe fn slung_state_get(key: usize) -> usize {
    let key = read_text(key);
    match with_host(|host| host.state_get(&key)) {
        Some(value) => give(&value),
        None => 0,
    }
}

pub unsafe fn slung_state_set(key: usize, value: usize) -> u32 {
    let (key, value) = (read_text(key), read_bytes(value));
    with_host(|host| u32::from(!host.state_set(key, value)))
}

pub unsafe fn slung_state_delete(key: usize) -> u32 {
    let key = read_text(key);
    with_host(|host| u32::from(!host.state_delete(&key)))
}

pub unsafe fn fd_write(fd: u32, vectors: *const IoVector, vector_count: usize, written: *mut usize) -> u32 {
    let mut bytes = Vec::new();
    for vector in std::slice::from_raw_parts(vectors, vector_count) {
        bytes.extend_from_slice(std::slice::from_raw_parts(vector.address, vector.length));
    }
    *written = bytes.len();
    with_host(|host| host.write_log(fd, &bytes));
    0
}

pub unsafe fn environ_sizes_get(count: *mut usize, size: *mut usize) -> u32 {
    let variables = with_host(|host| host.variables());
    *count = variables.len();
    *size = variables.iter().map(String::len).sum();
    0
}

pub unsafe fn environ_get(list: *mut *mut u8, buffer: *mut u8) -> u32 {
    let mut at = buffer;
    for (index, variable) in with_host(|host| host.variables()).iter().enumerate() {
        *list.add(index) = at;
        std::ptr::copy_nonoverlapping(variable.as_ptr(), at, variable.len());
        at = at.add(variable.len());
    }
    0
}

pub unsafe fn clock_time_get(_clock: u32, _precision: u64, time: *mut u64) -> u32 {
    *time = with_host(|host| host.now as u64 * 1000);
    0
}

/// Reads a Region of the guest.
unsafe fn read_text(address: usize) -> String {
    String::from_utf8(read_bytes(address)).expect("a text at the border is UTF-8")
}

unsafe fn read_bytes(address: usize) -> Vec<u8> {
    let region = &*(address as *const Region);
    std::slice::from_raw_parts(region.offset as *const u8, region.length).to_vec()
}

/// Gives the guest bytes in a Region it owns.
unsafe fn give(bytes: &[u8]) -> usize {
    let address = allocate(bytes.len());
    std::ptr::copy_nonoverlapping(bytes.as_ptr(), address as *mut u8, bytes.len());
    let region = allocate(std::mem::size_of::<Region>()) as *mut Region;
    region.write(Region {
        offset: address,
        capacity: bytes.len(),
        length: bytes.len(),
    });
    region as usize
}
