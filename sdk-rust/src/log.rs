//! The workflow's log: each macro writes one line through WASI `fd_write`, `info!` and `debug!` to stdout, `warn!` and
//! `error!` to stderr. `info!` writes the text as is; the others prefix their name, as in
//! `warn: no data for 5 minutes`. They take what `format!` takes, and work on `wasm32-unknown-unknown`, where `println!`
//! is silent.
//!
//! ```
//! # use slung::testing::MockHost;
//! # let host = MockHost::install();
//! use slung::log;
//!
//! log::info!("started");
//! log::warn!("no data for {} minutes", 5);
//! # let lines: Vec<String> = host.take_effects().iter().map(ToString::to_string).collect();
//! # assert_eq!(lines, ["stdout started", "stderr warn: no data for 5 minutes"]);
//! ```

use crate::abi::fd_write;
use crate::region::IoVector;
use crate::text::join;
use std::fmt;

#[doc(inline)]
pub use crate::{__log_debug as debug, __log_error as error, __log_info as info, __log_warn as warn};

const STDOUT: u32 = 1;
pub(crate) const STDERR: u32 = 2;

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// For the author of the workflow.
    Debug,
    /// Normal operation.
    Info,
    /// The workflow continues, with less than it should have.
    Warn,
    /// Something did not happen.
    Error,
}

/// Writes one line; what the macros call.
// Inlined, so that a text without arguments leaves the formatting machinery out of the module.
#[inline(always)]
pub fn write(level: Level, text: fmt::Arguments<'_>) {
    match text.as_str() {
        Some(text) => write_line(level, text),
        None => write_line(level, &text.to_string()),
    }
}

/// Writes one line.
#[inline(never)]
pub fn write_line(level: Level, text: &str) {
    let (fd, prefix) = match level {
        Level::Debug => (STDOUT, "debug: "),
        Level::Info => (STDOUT, ""),
        Level::Warn => (STDERR, "warn: "),
        Level::Error => (STDERR, "error: "),
    };
    write_all(fd, &join(&[prefix, text, "\n"]));
}

/// A host that cannot take the line loses it: a log must not stop a workflow.
pub(crate) fn write_all(fd: u32, text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let vector = IoVector {
            address: rest.as_ptr(),
            length: rest.len(),
        };
        let mut written = 0;
        // SAFETY: the vector and the bytes live for longer than the call.
        let errno = unsafe { fd_write(fd, &vector, 1, &mut written) };
        match rest.get(written..) {
            Some(tail) if errno == 0 && written > 0 => rest = tail,
            _ => return,
        }
    }
}

/// Writes a line to stdout, with `debug: ` in front.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Debug, ::std::format_args!($($text)+)) };
}

/// Writes a line to stdout.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Info, ::std::format_args!($($text)+)) };
}

/// Writes a line to stderr, with `warn: ` in front.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Warn, ::std::format_args!($($text)+)) };
}

/// Writes a line to stderr, with `error: ` in front.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Error, ::std::format_args!($($text)+)) };
}
