//! Live queries: a subscription that delivers one [`Event`] for each sample that changes the aggregate.

use crate::abi::{u_free_handle, u_poll_handle, u_query_live};
use crate::error::Error;
use crate::event::Event;
use crate::event_decoder::decode_event;
use crate::region::{Lent, Owned};

/// Subscribes to a query in text form, such as `AVG:temp:[sensor=1]:[1h]`.
///
/// # Errors
///
/// [`Error::QueryRefused`]; [`Error::reason`] has the host's words.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.deliver("AVG:temp:[sensor=1]", 1, 41.2, &["sensor=1"], &[7]);
/// let mut temperature = slung::live("AVG:temp:[sensor=1]")?;
/// if let Some(event) = temperature.poll()? {
///     assert_eq!(event.value, 41.2);
/// }
/// # Ok::<(), slung::Error>(())
/// ```
pub fn live(query: &str) -> Result<LiveQuery, Error> {
    match open(query) {
        0 => Err(Error::QueryRefused {
            query: query.to_owned(),
        }),
        handle => Ok(LiveQuery { handle }),
    }
}

/// Subscribes. Returns a handle; 0 = refused.
pub(crate) fn open(query: &str) -> u64 {
    let query = Lent::new(query.as_bytes());
    // SAFETY: the Region lives until the end of this function.
    unsafe { u_query_live(query.address()) }
}

/// The next Event of a handle if one is ready.
pub(crate) fn poll(handle: u64) -> Result<Option<Event>, Error> {
    // SAFETY: the host gives this Region to the guest.
    let json = unsafe { Owned::take(u_poll_handle(handle)) };
    json.map(|json| decode_event(&json)).transpose()
}

/// Ends the subscription of a handle.
pub(crate) fn free(handle: u64) -> Result<(), Error> {
    // SAFETY: no Region is involved.
    match unsafe { u_free_handle(handle) } {
        0 => Ok(()),
        _ => Err(Error::UnknownHandle { handle }),
    }
}

/// An open subscription. Dropping it ends it; the host ends the rest when the workflow ends.
///
/// As an iterator it waits for each Event, and ends only after a malformed one:
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.deliver("COUNT:errors:[]", 1, 1.0, &[], &[7]);
/// # host.run(|| -> Result<(), slung::Error> {
/// use slung::{ws, Query};
///
/// for event in Query::count("errors").live()? {
///     let event = event?;
///     ws::broadcast(&event.producers, "noted");
/// }
/// # Ok(())
/// # });
/// # assert_eq!(host.take_effects()[0].to_string(), "ws 7 noted");
/// ```
///
/// It waits by polling in a loop. The host parks the workflow inside a poll or advances its replay there, and ends the
/// run there too, so the loop costs nothing and needs no way out.
#[derive(Debug)]
#[must_use = "a live query that is dropped is ended"]
pub struct LiveQuery {
    /// 0 once it has ended.
    handle: u64,
}

impl LiveQuery {
    /// The next Event if one is ready, `None` otherwise: for several queries in one loop.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedEvent`], which ends the subscription.
    pub fn poll(&mut self) -> Result<Option<Event>, Error> {
        if self.handle == 0 {
            return Ok(None);
        }
        let result = poll(self.handle);
        if result.is_err() {
            self.end();
        }
        result
    }

    /// Whether it may still deliver.
    pub(crate) fn is_open(&self) -> bool {
        self.handle != 0
    }

    /// Hands every Event to `on_event`, which may keep its state in captured variables, until it returns an error.
    ///
    /// ```
    /// # use slung::testing::MockHost;
    /// # let host = MockHost::install();
    /// # for time in 1..=3 { host.deliver("AVG:temp:[]", time, 20.0 * time as f64, &[], &[]); }
    /// # host.run(|| -> Result<(), slung::Error> {
    /// let mut highest = f64::MIN;
    /// slung::live("AVG:temp:[]")?.for_each(|event| {
    ///     highest = event.value.max(highest);
    ///     slung::log::info!("{} of at most {}", event.value, highest);
    ///     Ok(())
    /// })
    /// # });
    /// # assert_eq!(host.take_effects()[2].to_string(), "stdout 60 of at most 60");
    /// ```
    ///
    /// # Errors
    ///
    /// The error that `on_event` returned, or [`Error::MalformedEvent`].
    pub fn for_each(self, mut on_event: impl FnMut(Event) -> Result<(), Error>) -> Result<(), Error> {
        for event in self {
            on_event(event?)?;
        }
        Ok(())
    }

    /// Ends the subscription; Events not yet polled are dropped. Dropping it does the same and reports nothing.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownHandle`] when it had already ended.
    pub fn close(mut self) -> Result<(), Error> {
        let handle = std::mem::take(&mut self.handle);
        free(handle)
    }

    fn end(&mut self) {
        let handle = std::mem::take(&mut self.handle);
        if handle != 0 {
            // The host ends it in any case when the workflow ends, so there is nothing to report.
            let _ = free(handle);
        }
    }
}

impl Iterator for LiveQuery {
    type Item = Result<Event, Error>;

    /// Waits for the next Event. `None` only after a malformed one.
    fn next(&mut self) -> Option<Result<Event, Error>> {
        while self.handle != 0 {
            if let Some(result) = self.poll().transpose() {
                return Some(result);
            }
        }
        None
    }
}

impl Drop for LiveQuery {
    fn drop(&mut self) {
        self.end();
    }
}
