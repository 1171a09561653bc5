//! Event JSON to [`Event`], straight from the bytes of the Region:
//!
//! ```json
//! {"timestamp":1700000000000000,"value":41.25,"tags":["sensor=1"],"producers":[1,2]}
//! ```
//!
//! White space, members in any order and unknown members are accepted; a missing or malformed member is not. The i64 is
//! exact, the double is the nearest for up to 19 significant digits; a host sends at most 17.

use crate::error::Error;
use crate::event::Event;
use crate::json_reader::Reader;

// One bit per member, so that a missing one is noticed.
const TIMESTAMP: u8 = 1;
const VALUE: u8 = 2;
const TAGS: u8 = 4;
const PRODUCERS: u8 = 8;
const ALL: u8 = 15;

/// The Event in `bytes`, or [`Error::MalformedEvent`].
pub fn decode_event(bytes: &[u8]) -> Result<Event, Error> {
    let mut reader = Reader::new(bytes);
    let mut event = Event {
        timestamp: 0,
        value: 0.0,
        tags: Vec::new(),
        producers: Vec::new(),
    };
    read_event(&mut reader, &mut event);
    match reader.fault() {
        None => Ok(event),
        Some((expected, offset)) => Err(Error::MalformedEvent { expected, offset }),
    }
}

fn read_event(reader: &mut Reader<'_>, event: &mut Event) {
    let mut seen = 0;
    reader.take(b'{', "\"{\"");
    loop {
        let name = reader.raw_string();
        reader.take(b':', "\":\"");
        seen |= match name {
            b"timestamp" => {
                event.timestamp = reader.integer();
                TIMESTAMP
            }
            b"value" => {
                event.value = reader.double();
                VALUE
            }
            b"tags" => {
                event.tags.clear();
                read_list(reader, |reader| event.tags.push(reader.string()));
                TAGS
            }
            b"producers" => {
                event.producers.clear();
                read_list(reader, |reader| event.producers.push(reader.natural(u64::MAX)));
                PRODUCERS
            }
            _ => {
                reader.skip_value();
                0
            }
        };
        if !reader.skip(b',') {
            break;
        }
    }
    reader.take(b'}', "\",\" or \"}\"");
    if reader.peek() != 0 {
        reader.fail("the end");
    }
    if seen != ALL {
        reader.fail("timestamp, value, tags and producers");
    }
}

/// Reads a list; `push` reads one element.
fn read_list<'a>(reader: &mut Reader<'a>, mut push: impl FnMut(&mut Reader<'a>)) {
    reader.take(b'[', "\"[\"");
    if reader.skip(b']') {
        return;
    }
    loop {
        push(reader);
        if !reader.skip(b',') {
            break;
        }
    }
    reader.take(b']', "\",\" or \"]\"");
}
