//! Durations as the query language writes them, for [`Query::last`](crate::Query::last) and
//! [`Query::between`](crate::Query::between).
//!
//! ```
//! use slung::{duration, Query};
//!
//! let query = Query::avg("temp").last(duration::minutes(5));
//! assert_eq!(query.to_string(), "AVG:temp:[]:[5m]");
//! ```

use crate::text::{decimal, join};

/// `30s`
pub fn seconds(count: u32) -> String {
    with_unit(count, "s")
}

/// `5m`
pub fn minutes(count: u32) -> String {
    with_unit(count, "m")
}

/// `2h`
pub fn hours(count: u32) -> String {
    with_unit(count, "h")
}

/// `7d`
pub fn days(count: u32) -> String {
    with_unit(count, "d")
}

/// `4w`
pub fn weeks(count: u32) -> String {
    with_unit(count, "w")
}

fn with_unit(count: u32, unit: &str) -> String {
    join(&[&decimal(u64::from(count)), unit])
}
