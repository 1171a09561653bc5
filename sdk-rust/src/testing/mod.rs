//! A host for `cargo test`: it answers what a test scripted and records what the workflow asked for.
//!
//! Queries are compared as text and never evaluated; `slung-test` is the place for tests that run a query over data.
//!
//! ```
//! use slung::testing::MockHost;
//! use slung::{ws, Error, Query};
//!
//! fn alert() -> Result<(), Error> {
//!     Query::avg("temp").tag("sensor=1").live()?.for_each(|event| {
//!         if event.value > 100.0 {
//!             ws::broadcast(&event.producers, "ALERT: threshold exceeded");
//!         }
//!         Ok(())
//!     })
//! }
//!
//! let host = MockHost::install();
//! host.deliver("AVG:temp:[sensor=1]", 1, 99.5, &["sensor=1"], &[7]);
//! host.deliver("AVG:temp:[sensor=1]", 2, 100.5, &["sensor=1"], &[7, 8]);
//!
//! // With nothing left to deliver, the host ends the run.
//! assert_eq!(host.run(alert), None);
//!
//! let effects: Vec<String> = host.take_effects().iter().map(ToString::to_string).collect();
//! assert_eq!(effects, ["ws 7 ALERT: threshold exceeded", "ws 8 ALERT: threshold exceeded"]);
//! ```

mod effect;
mod guest_state;
pub(crate) mod host_state;
mod mock_host;
mod written_event;

pub use effect::Effect;
pub use mock_host::MockHost;
pub(crate) use mock_host::{has_host, with_host};
