//! The published API of Slung workflows: what the crate `slung` 0.1 exports, so that a workflow for that one builds after
//! changing one line of its `Cargo.toml`, whatever it does with an [`Event`]:
//!
//! ```toml
//! [dependencies]
//! slung = { package = "slung-sdk-published", version = "0.1" }
//! ```
//!
//! Everything is that of the crate `slung-sdk`, which has no dependencies and whose better API is here, too. Only the types
//! that the published crate can serialise are its own.
//!
//! ```
//! # use slung::testing::MockHost;
//! # let host = MockHost::install();
//! # host.deliver("AVG:temp:[]", 1, 100.5, &["sensor=1"], &[7]);
//! use slung::prelude::*;
//!
//! fn forward(event: Event, _: ()) -> Result<()> {
//!     writeback_ws(7, &serde_json::to_string(&event)?)
//! }
//!
//! #[main]
//! fn workflow() -> Result<()> {
//!     let handle = query_live("AVG:temp:[]")?;
//!     poll_handle(handle, forward, ())?;
//!     Ok(())
//! }
//! # host.run(workflow);
//! # let sent = r#"ws 7 {"timestamp":1,"value":100.5,"tags":["sensor=1"],"producers":[7]}"#;
//! # assert_eq!(host.take_effects()[0].to_string(), sent);
//! ```
#![deny(missing_docs)]

use serde::{Deserialize, Serialize};
use std::io::Result;

pub use sdk::*;

/// An update of a live query, as [`poll_handle`] hands it to a callback.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// In µs since the Unix epoch.
    pub timestamp: i64,
    /// The aggregate after this update.
    pub value: f64,
    /// The tags of the sample that caused it.
    pub tags: Vec<String>,
    /// Who can be written back to.
    pub producers: Vec<u64>,
}

impl From<sdk::Event> for Event {
    fn from(event: sdk::Event) -> Event {
        Event {
            timestamp: event.timestamp,
            value: event.value,
            tags: event.tags,
            producers: event.producers,
        }
    }
}

/// An average as a sum and a count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Avg {
    /// The average times `count`.
    pub sum: f64,
    /// 1: a host sends only the average.
    pub count: u64,
}

/// The aggregate of a live query after an Event, by its operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PollState {
    /// The sum, or the number of samples.
    Sum(f64),
    /// The average.
    Avg(Avg),
    /// The smallest value.
    Min(f64),
    /// The largest value.
    Max(f64),
}

impl From<sdk::PollState> for PollState {
    fn from(state: sdk::PollState) -> PollState {
        match state {
            sdk::PollState::Sum(sum) => PollState::Sum(sum),
            sdk::PollState::Avg(sdk::Avg { sum, count }) => PollState::Avg(Avg { sum, count }),
            sdk::PollState::Min(value) => PollState::Min(value),
            sdk::PollState::Max(value) => PollState::Max(value),
        }
    }
}

/// Hands every Event of a live query to `callback`, with a clone of `args`. Returns only with an error.
///
/// # Errors
///
/// The error that `callback` returned; that of a malformed Event; that of a handle that [`query_live`] did not return or
/// that was freed.
pub fn poll_handle<F, A>(handle: QueryHandle, mut callback: F, args: A) -> Result<()>
where
    F: FnMut(Event, A) -> Result<()>,
    A: Clone,
{
    sdk::poll_handle(handle, |event, args| callback(event.into(), args), args)
}

/// Takes the next Event of a live query if one is ready, as the state of its aggregate.
///
/// # Errors
///
/// That of a malformed Event; that of a handle that [`query_live`] did not return.
pub fn poll_handle_state(handle: QueryHandle) -> Result<Option<PollState>> {
    Ok(sdk::poll_handle_state(handle)?.map(PollState::from))
}

/// What workflows for the published crate import, with the names that it left out.
pub mod prelude {
    pub use crate::{poll_handle, poll_handle_state, Avg, Event, PollState};
    pub use sdk::prelude::{
        free_handle, main, query_history, query_live, unix_micros, write_event, writeback_http, writeback_ws,
        QueryHandle, WritebackMethod,
    };
    pub use std::io::Result;
}
