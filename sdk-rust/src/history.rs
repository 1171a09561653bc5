//! Historical queries: one number over the samples stored now.

use crate::abi::u_query_history;
use crate::error::Error;
use crate::region::Lent;

/// Evaluates a query in text form once, such as `AVG:temp:[sensor=1]:[7d,1d]`.
///
/// COUNT and SUM of nothing are 0; AVG, MIN and MAX of nothing have no value; `unwrap_or` supplies one.
///
/// # Errors
///
/// [`Error::NoValue`] for AVG, MIN or MAX of nothing and for a refused query; [`Error::reason`] tells them apart.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.answer_history("MAX:temp:[]:[1d]", 41.5);
/// let highest = slung::history("MAX:temp:[]:[1d]")?;
/// assert_eq!(highest, 41.5);
///
/// let lowest = slung::history("MIN:temp:[]:[1d]").unwrap_or(0.0);
/// assert_eq!(lowest, 0.0);
/// # Ok::<(), slung::Error>(())
/// ```
pub fn history(query: &str) -> Result<f64, Error> {
    let region = Lent::new(query.as_bytes());
    // SAFETY: the Region lives until the end of this function.
    let value = unsafe { u_query_history(region.address()) };
    if value.is_nan() {
        return Err(Error::NoValue {
            query: query.to_owned(),
        });
    }
    Ok(value)
}
