//! Time: every timestamp is an `i64` of microseconds since the Unix epoch.

use crate::abi::slung_now;

/// Microseconds in a millisecond: for arithmetic on timestamps.
pub const MILLISECOND: i64 = 1_000;
/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;
/// Microseconds in a week.
pub const WEEK: i64 = 7 * DAY;

/// The host's clock, in µs since the Unix epoch; virtual while a replay runs.
///
/// Extension: using it makes the workflow import `slung.now`. An [`Event`](crate::Event) carries its own timestamp,
/// which is often the better clock.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.set_now(1_700_000_000_000_000);
/// assert_eq!(slung::now_micros(), 1_700_000_000 * slung::SECOND);
/// ```
pub fn now_micros() -> i64 {
    // SAFETY: no Region is involved.
    unsafe { slung_now() }
}
