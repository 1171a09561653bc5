//! The published API: the functions and types of the crate `slung` 0.1 as it documents them, so that its examples
//! compile unchanged. What it leaves open is decided here: a refused query is an error and never a silent handle 0,
//! texts outlive the host call, and a timestamp is a whole number of microseconds.

use crate::abi::clock_time_get;
use crate::error::Error;
use crate::event::Event;
use crate::http::{request, Method};
use crate::{history, live, write, ws};
use std::cell::RefCell;
use std::io::Result;

/// A live query, by the host's number for it; never 0.
pub type QueryHandle = u64;

/// Subscribes. Nothing ends the subscription but [`free_handle`] and the end of the workflow.
///
/// # Errors
///
/// [`Error::QueryRefused`], as [`std::io::Error`].
pub fn query_live(filter: &str) -> Result<QueryHandle> {
    match live::open(filter) {
        0 => Err(Error::QueryRefused {
            query: filter.to_owned(),
        }
        .into()),
        handle => {
            forget_operator(handle);
            OPERATORS.with(|operators| operators.borrow_mut().push((handle, Operator::of(filter))));
            Ok(handle)
        }
    }
}

/// Evaluates a query once.
///
/// # Errors
///
/// [`Error::NoValue`], as [`std::io::Error`], for AVG, MIN or MAX of nothing and for a refused query. A 0 is a value.
pub fn query_history(filter: &str) -> Result<f64> {
    Ok(history::history(filter)?)
}

/// Hands every Event of a live query to `callback`, with a clone of `args`. Returns only with an error.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.deliver("AVG:temp:[sensor=1]", 1, 100.5, &["sensor=1"], &[7]);
/// use slung::prelude::*;
///
/// fn on_event(event: Event, threshold: f64) -> Result<()> {
///     if event.value > threshold {
///         for producer in event.producers {
///             writeback_ws(producer, "ALERT: threshold exceeded")?;
///         }
///     }
///     Ok(())
/// }
///
/// # host.run(|| -> Result<()> {
/// let handle = query_live("AVG:temp:[sensor=1]")?;
/// poll_handle(handle, on_event, 100.0)?;
/// # Ok(())
/// # });
/// # assert_eq!(host.take_effects()[0].to_string(), "ws 7 ALERT: threshold exceeded");
/// ```
///
/// # Errors
///
/// The error that `callback` returned; [`Error::MalformedEvent`]; [`Error::UnknownHandle`] for a handle that
/// [`query_live`] did not return or that was freed, even by `callback`: it would never deliver anything.
pub fn poll_handle<F, A>(handle: QueryHandle, mut callback: F, args: A) -> Result<()>
where
    F: FnMut(Event, A) -> Result<()>,
    A: Clone,
{
    loop {
        operator_of(handle)?;
        if let Some(event) = live::poll(handle)? {
            callback(event, args.clone())?;
        }
    }
}

/// An average as a sum and a count.
#[derive(Debug, Clone, PartialEq)]
pub struct Avg {
    /// The average times `count`.
    pub sum: f64,
    /// 1: a host sends only the average. `sum / count` is the average; ask a COUNT query for the number of samples.
    pub count: u64,
}

/// The aggregate of a live query after an Event, by its operator. There are no variants but the published ones, so that a
/// `match` over them is complete: a COUNT is a [`PollState::Sum`] of ones.
#[derive(Debug, Clone, PartialEq)]
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

/// Takes the next Event of a live query if one is ready, as the state of its aggregate: for several queries in one
/// loop.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.deliver("COUNT:errors:[]", 1, 3.0, &[], &[]);
/// use slung::{free_handle, poll_handle_state, query_live, PollState};
///
/// let handle = query_live("COUNT:errors:[]")?;
/// assert_eq!(poll_handle_state(handle)?, Some(PollState::Sum(3.0)));
/// free_handle(handle)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::MalformedEvent`]; [`Error::UnknownHandle`] for a handle that [`query_live`] did not return.
pub fn poll_handle_state(handle: QueryHandle) -> Result<Option<PollState>> {
    let operator = operator_of(handle)?;
    let event = live::poll(handle)?;
    Ok(event.map(|event| operator.state(event.value)))
}

/// Ends the subscription of a handle.
///
/// # Errors
///
/// [`Error::UnknownHandle`], as [`std::io::Error`].
pub fn free_handle(handle: QueryHandle) -> Result<()> {
    forget_operator(handle);
    Ok(live::free(handle)?)
}

/// The time of WASI's clock, in µs since the Unix epoch. [`now_micros`](crate::now_micros) is the host's own clock.
pub fn unix_micros() -> i64 {
    const REALTIME: u32 = 0;
    let mut nanoseconds: u64 = 0;
    // SAFETY: the result lives for longer than the call. A host without this clock leaves the 0.
    unsafe { clock_time_get(REALTIME, 1000, &mut nanoseconds) };
    (nanoseconds / 1000) as i64
}

/// Writes one sample. The last `series=NAME` among the tags names its series; the list travels joined by commas, and
/// the host ignores empty tags.
///
/// # Errors
///
/// [`Error::EventRefused`], as [`std::io::Error`]: no series, a series or tag with a control character or more than 1024
/// bytes, more than 64 tags, a value that is not finite, a timestamp beyond ±(2^53 − 1).
pub fn write_event(timestamp: i64, value: f64, tags: Vec<String>) -> Result<()> {
    Ok(write::write(timestamp, value, &tags.join(","))?)
}

/// Sends a text frame to a producer.
///
/// # Errors
///
/// [`Error::ProducerGone`], as [`std::io::Error`].
pub fn writeback_ws(destination: u64, data: &str) -> Result<()> {
    Ok(ws::send(destination, data)?)
}

/// The method of [`writeback_http`].
#[allow(clippy::upper_case_acronyms)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WritebackMethod {
    /// Asks for a resource.
    GET,
    /// Sends a body to a resource.
    POST,
    /// Replaces a resource.
    PUT,
    /// Removes a resource.
    DELETE,
}

/// Sends one HTTP request and waits. `None` when there was no response, or its status is not 2xx.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.answer_http(200, "taken");
/// use slung::{writeback_http, WritebackMethod};
///
/// let body = writeback_http("https://hooks.example.com/alerts", "{}", WritebackMethod::POST)?;
/// assert_eq!(body.as_deref(), Some(&b"taken"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// None today; the published signature allows for them.
pub fn writeback_http(destination: &str, data: &str, method: WritebackMethod) -> Result<Option<Vec<u8>>> {
    let method = match method {
        WritebackMethod::GET => Method::Get,
        WritebackMethod::POST => Method::Post,
        WritebackMethod::PUT => Method::Put,
        WritebackMethod::DELETE => Method::Delete,
    };
    let response = request(method, destination, data);
    Ok(response.ok().map(|response| response.body))
}

type Operators = Vec<(QueryHandle, Operator)>;

thread_local! {
    // The operator of each open handle: an Event does not carry it, and a PollState needs it.
    static OPERATORS: RefCell<Operators> = const { RefCell::new(Vec::new()) };
}

/// The operator of an open handle, or [`Error::UnknownHandle`].
fn operator_of(handle: QueryHandle) -> std::result::Result<Operator, Error> {
    let find = |operators: &Operators| {
        let known = operators.iter().find(|(known, _)| *known == handle);
        known.map(|(_, operator)| *operator)
    };
    OPERATORS
        .with(|operators| find(&operators.borrow()))
        .ok_or(Error::UnknownHandle { handle })
}

fn forget_operator(handle: QueryHandle) {
    OPERATORS.with(|operators| operators.borrow_mut().retain(|(known, _)| *known != handle));
}

/// Forgets every handle: another host gives the same numbers to other queries.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn forget_operators() {
    OPERATORS.with(|operators| operators.borrow_mut().clear());
}

#[derive(Clone, Copy)]
enum Operator {
    Avg,
    Min,
    Max,
    Sum,
    Count,
}

impl Operator {
    /// The operator of a query that the host accepted, so it is one of the five.
    fn of(filter: &str) -> Operator {
        let name = filter.trim_start();
        let is = |operator: &str| {
            let start = name.get(..operator.len());
            start.map_or(false, |start| start.eq_ignore_ascii_case(operator))
        };
        match () {
            _ if is("MIN") => Operator::Min,
            _ if is("MAX") => Operator::Max,
            _ if is("SUM") => Operator::Sum,
            _ if is("COUNT") => Operator::Count,
            _ => Operator::Avg,
        }
    }

    fn state(self, value: f64) -> PollState {
        match self {
            Operator::Avg => PollState::Avg(Avg { sum: value, count: 1 }),
            Operator::Min => PollState::Min(value),
            Operator::Max => PollState::Max(value),
            Operator::Sum | Operator::Count => PollState::Sum(value),
        }
    }
}
