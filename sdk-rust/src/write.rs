//! Writing samples back into the store.

use crate::abi::u_write_event;
use crate::error::Error;
use crate::number_format::append_number;
use crate::region::Lent;
use crate::text::{append_integer, is_white_space};

/// Writes samples of one series, as a connected producer would; live queries see them.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// use slung::EventWriter;
///
/// let hourly = EventWriter::new("temp_hourly").tag("sensor=1");
/// hourly.write(1_700_000_000_000_000, 41.2)?;
/// assert_eq!(host.take_effects()[0].to_string(), "event temp_hourly{sensor=1} 41.2 @1700000000000000");
/// # Ok::<(), slung::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an event is written by `write`"]
pub struct EventWriter {
    /// `series=NAME,TAG,TAG`, or the part that cannot be sent like this.
    tags: Result<String, String>,
}

impl EventWriter {
    /// Writes samples of this series.
    pub fn new(series: &str) -> EventWriter {
        EventWriter {
            tags: Ok("series=".to_owned()),
        }
        .append(series)
    }

    /// Adds a tag to every sample: `key=value` or a plain flag, in any order. The host trims it, and ignores an empty one.
    pub fn tag(mut self, tag: &str) -> EventWriter {
        // The host trims tags, so this one would name the series.
        if tag.trim_start_matches(is_white_space).starts_with("series=") {
            self.tags = self.tags.and_then(|_| Err(tag.to_owned()));
            return self;
        }
        if let Ok(tags) = &mut self.tags {
            tags.push(',');
        }
        self.append(tag)
    }

    /// Sent as is, a comma would make other tags than the one meant.
    fn append(mut self, part: &str) -> EventWriter {
        match &mut self.tags {
            Ok(_) if part.contains(',') => self.tags = Err(part.to_owned()),
            Ok(tags) => tags.push_str(part),
            Err(_) => {}
        }
        self
    }

    /// Writes one sample. `timestamp` is in µs since the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Untransportable`] for a comma in the series or a tag, and for a tag that starts with `series=`, after blanks or not;
    /// [`Error::EventRefused`] for an empty series, a series or tag with a control character or more than 1024 bytes, more
    /// than 64 tags, a value that is not finite, and a timestamp beyond ±(2^53 − 1).
    pub fn write(&self, timestamp: i64, value: f64) -> Result<(), Error> {
        match &self.tags {
            Ok(tags) => write(timestamp, value, tags),
            Err(text) => Err(Error::Untransportable { text: text.clone() }),
        }
    }
}

/// Writes one sample; `tags` is `series=NAME,TAG,TAG`.
pub(crate) fn write(timestamp: i64, value: f64, tags: &str) -> Result<(), Error> {
    let (mut timestamp_text, mut value_text) = (String::new(), String::new());
    append_integer(&mut timestamp_text, timestamp < 0, timestamp.unsigned_abs());
    append_number(&mut value_text, value);
    let timestamp = Lent::new(timestamp_text.as_bytes());
    let value = Lent::new(value_text.as_bytes());
    let region = Lent::new(tags.as_bytes());
    // SAFETY: the Regions live until the end of this function.
    match unsafe { u_write_event(timestamp.address(), value.address(), region.address()) } {
        0 => Ok(()),
        _ => Err(Error::EventRefused { tags: tags.to_owned() }),
    }
}
