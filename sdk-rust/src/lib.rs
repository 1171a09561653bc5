//! Write [Slung](https://github.com/slunghq/slung) workflows in Rust: WebAssembly modules that subscribe to live
//! aggregates over time series, ask for historical ones, and send results out.
//!
//! ```
//! # use slung::testing::MockHost;
//! use slung::{ws, Error, Query};
//!
//! #[slung::main]
//! fn alert() -> Result<(), Error> {
//!     for event in Query::avg("temp").tag("sensor=1").live()? {
//!         let event = event?;
//!         if event.value > 100.0 {
//!             ws::broadcast(&event.producers, "ALERT: threshold exceeded");
//!         }
//!     }
//!     Ok(())
//! }
//! # let host = MockHost::install();
//! # host.deliver("AVG:temp:[sensor=1]", 1, 100.5, &["sensor=1"], &[7]);
//! # host.run(alert);
//! # assert_eq!(host.take_effects()[0].to_string(), "ws 7 ALERT: threshold exceeded");
//! ```
//!
//! The crate has two APIs over the same host. The better one is what this page begins with: a [`LiveQuery`] that frees
//! itself, typed results, an [`Error`] that says what to do. The published one is the [`prelude`]: the functions of the
//! crate `slung` 0.1 as it documents them. A workflow may use both.
//!
//! [`testing::MockHost`] is a host for `cargo test`.
#![deny(missing_docs)]

#[cfg(target_arch = "wasm32")]
mod abi;
#[cfg(not(target_arch = "wasm32"))]
#[path = "native.rs"]
mod abi;
mod big_natural;
pub mod duration;
mod entry;
pub mod env;
mod error;
mod event;
mod event_decoder;
#[cfg(any(all(target_arch = "wasm32", target_os = "unknown", feature = "heap"), test))]
mod heap;
mod history;
pub mod http;
mod json;
mod json_reader;
mod live;
pub mod log;
mod number_format;
mod number_parse;
mod number_text;
mod published;
mod query;
mod region;
mod select;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod text;
mod time;
mod write;
pub mod ws;

#[doc(hidden)]
pub use entry::enter as __enter;
pub use entry::Outcome;
pub use error::{last_error, Error};
pub use event::Event;
pub use history::history;
pub use http::{HttpError, HttpResponse};
pub use json::{Json, ToJson};
pub use live::{live, LiveQuery};
pub use published::{
    free_handle, poll_handle, poll_handle_state, query_history, query_live, unix_micros, write_event, writeback_http,
    writeback_ws, Avg, PollState, QueryHandle, WritebackMethod,
};
pub use query::{Bound, Query};
pub use select::Select;
/// `async` functions are refused, since a workflow has no executor:
///
/// ```compile_fail
/// #[slung::main]
/// async fn workflow() {}
/// ```
///
/// So are parameters, since the host passes none:
///
/// ```compile_fail
/// #[slung::main]
/// fn workflow(threshold: f64) {}
/// ```
pub use slung_sdk_macros::main;
pub use time::{now_micros, DAY, HOUR, MILLISECOND, MINUTE, SECOND, WEEK};
pub use write::EventWriter;

/// The published API: what workflows written for the crate `slung` 0.1 import, with the names that it left out.
pub mod prelude {
    pub use crate::{
        free_handle, main, poll_handle, poll_handle_state, query_history, query_live, unix_micros, write_event,
        writeback_http, writeback_ws, Avg, Event, PollState, QueryHandle, WritebackMethod,
    };
    pub use std::io::Result;
}

/// Keeps the pages and the README true: each of their blocks is a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/index.md")]
#[doc = include_str!("../../docs/getting-started-rust.md")]
#[doc = include_str!("../../docs/live-queries.md")]
#[doc = include_str!("../../docs/historical-queries.md")]
#[doc = include_str!("../../docs/writeback.md")]
#[doc = include_str!("../../docs/writing-events.md")]
#[doc = include_str!("../../docs/rust.md")]
#[doc = include_str!("../README.md")]
struct Guide;
