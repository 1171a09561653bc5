//! What a workflow did, one value per effect.

use crate::number_format::append_number;
use std::fmt;

/// One thing a workflow asked the host for. It displays as one line, which is easy to compare.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// An HTTP request; displays as `http POST https://… {…}`.
    Http {
        /// `GET`, `POST`, `PUT` or `DELETE`.
        method: &'static str,
        /// Where it went.
        url: String,
        /// What it carried.
        body: String,
        /// The status of the scripted response.
        status: u32,
    },
    /// A text frame to a producer; displays as `ws 7 text`.
    Ws {
        /// The connection.
        producer: u64,
        /// The text.
        text: String,
    },
    /// A written sample; displays as `event temp_hourly{sensor=1} 41.2 @1700000000000000`.
    Event {
        /// The series.
        series: String,
        /// µs since the Unix epoch.
        timestamp: i64,
        /// The value.
        value: f64,
        /// The tags, sorted and once each.
        tags: Vec<String>,
    },
    /// A line of the log; displays as `stdout text` or `stderr text`.
    Log {
        /// `stdout` or `stderr`.
        stream: &'static str,
        /// The line.
        text: String,
    },
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Effect::Http { method, url, body, .. } if body.is_empty() => write!(f, "http {} {}", method, url),
            Effect::Http { method, url, body, .. } => write!(f, "http {} {} {}", method, url, body),
            Effect::Ws { producer, text } => write!(f, "ws {} {}", producer, text),
            Effect::Event {
                series,
                timestamp,
                value,
                tags,
            } => {
                let mut number = String::new();
                append_number(&mut number, *value);
                write!(f, "event {}{{{}}} {} @{}", series, tags.join(","), number, timestamp)
            }
            Effect::Log { stream, text } => write!(f, "{} {}", stream, text),
        }
    }
}
