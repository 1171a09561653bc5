//! What can go wrong, and what to do about it. The host's own words have to be asked for, since only hosts with the
//! extension have them: see [`Error::reason`].

use crate::abi::slung_last_error;
use crate::http::HttpError;

use crate::region::Owned;
use crate::text::{decimal, join, tell};
use std::fmt;

/// Why a call of this crate did not do what it should.
///
/// Displaying it is portable, so the host's reason is not in it: [`Error::reason`] asks for that.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The host does not understand a live query, or too many are open.
    QueryRefused {
        /// The query as it was sent.
        query: String,
    },
    /// A historical query has no value: AVG, MIN or MAX of nothing, or the host refused it.
    NoValue {
        /// The query as it was sent.
        query: String,
    },
    /// The host delivered something that is not an Event; the live query has ended.
    MalformedEvent {
        /// What was expected instead.
        expected: &'static str,
        /// At which byte of the JSON.
        offset: usize,
    },
    /// The host does not know this live query: it was freed before, or never opened.
    UnknownHandle {
        /// The handle as it was passed.
        handle: u64,
    },
    /// The host did not store an event.
    EventRefused {
        /// The series and the tags as they were sent.
        tags: String,
    },
    /// A series or a tag would arrive as a different one; nothing was sent.
    Untransportable {
        /// The series or the tag.
        text: String,
    },
    /// The connection of a producer is unknown or already closed.
    ProducerGone {
        /// The producer, as in [`Event::producers`](crate::Event::producers).
        producer: u64,
    },
    /// A variable of the environment, or a value of the state, is no finite number.
    NotANumber {
        /// What was tried, found and expected, as a sentence.
        message: String,
    },
    /// The host did not change the state: it has no room, or the key has no byte or more than 256.
    StateRefused {
        /// The key as it was sent.
        key: String,
    },
    /// An HTTP request got no response with a 2xx status.
    Http(HttpError),
}

impl Error {
    /// Why the **latest** host call was refused, in the host's words; empty when it was not, so that a
    /// [`NoValue`](Error::NoValue) without a reason means "nothing stored".
    ///
    /// Extension: a workflow that uses this method imports `slung.last_error`, and hosts without the extension
    /// refuse to load it. Ask before the next host call; dropping a [`LiveQuery`](crate::LiveQuery) is one, a log line
    /// is not.
    ///
    /// ```
    /// # use slung::testing::MockHost;
    /// # let host = MockHost::install();
    /// host.refuse("unknown operator \"AVERAGE\"");
    ///
    /// let error = slung::live("AVERAGE:temp:[]").unwrap_err();
    /// assert_eq!(error.reason(), "unknown operator \"AVERAGE\"");
    /// ```
    pub fn reason(&self) -> String {
        last_error()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number;
        let (action, subject, reason) = match self {
            Error::QueryRefused { query } => (
                "cannot subscribe to \"",
                query.as_str(),
                "\": the host refused the query, and has written to its log why",
            ),
            Error::NoValue { query } => (
                "cannot answer \"",
                query.as_str(),
                "\": nothing is stored that matches, or the host refused the query and has written to its log why",
            ),
            Error::MalformedEvent { expected, offset } => {
                number = join(&[expected, " at byte ", &decimal(*offset as u64)]);
                ("cannot decode Event: expected ", number.as_str(), "")
            }
            Error::UnknownHandle { handle } => {
                number = decimal(*handle);
                (
                    "cannot use live query ",
                    number.as_str(),
                    ": the host does not know it, expected one that was opened and not freed",
                )
            }
            Error::EventRefused { tags } => (
                "cannot write the event \"",
                tags.as_str(),
                "\": the host refused it, and has written to its log why",
            ),
            Error::Untransportable { text } => (
                "cannot write the event: found \"",
                text.as_str(),
                "\", expected a series and tags without a comma, and no tag that starts with \"series=\"",
            ),
            Error::ProducerGone { producer } => {
                number = decimal(*producer);
                (
                    "cannot send to producer ",
                    number.as_str(),
                    ": its connection is closed, expected one from the latest Event",
                )
            }
            Error::NotANumber { message } => ("", message.as_str(), ""),
            Error::StateRefused { key } => (
                "cannot change the state of \"",
                key.as_str(),
                "\": the host refused it, and has written to its log why",
            ),
            Error::Http(error) => return error.fmt(f),
        };
        tell(f, &[action, subject, reason])
    }
}

impl std::error::Error for Error {}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Error {
        Error::Http(error)
    }
}

/// For workflows that return [`std::io::Result`], as the [prelude](crate::prelude) suggests.
impl From<Error> for std::io::Error {
    fn from(error: Error) -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::Other, error)
    }
}

/// Why the latest host call was refused; empty when it was not.
///
/// Extension: a workflow that uses this function imports `slung.last_error`, and hosts without the extension refuse
/// to load it.
pub fn last_error() -> String {
    // SAFETY: the host gives this Region to the guest.
    match unsafe { Owned::take(slung_last_error()) } {
        Some(reason) => String::from_utf8_lossy(&reason).into_owned(),
        None => String::new(),
    }
}
