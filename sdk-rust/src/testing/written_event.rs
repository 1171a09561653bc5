//! What a host makes of a `u_write_event`: the same samples and refusals as the runtime.

use super::effect::Effect;
use crate::text::is_white_space;

// The largest number of microseconds that a host keeps exactly: 2^53 − 1.
const TIMESTAMP_MAX: u64 = (1 << 53) - 1;
const NAME_BYTES_MAX: usize = 1024;
const TAG_COUNT_MAX: usize = 64;

/// The written sample, or why it is refused. White space around a number or a tag does not count, the last `series=NAME` of
/// `tags` names the series, and empty tags are ignored.
pub fn parse_written_event(timestamp: &str, value: &str, tags: &str) -> Result<Effect, String> {
    let timestamp = match timestamp.trim_matches(is_white_space).parse::<i64>() {
        Ok(micros) if micros.unsigned_abs() <= TIMESTAMP_MAX => micros,
        _ => {
            return Err(format!(
                "timestamp {:?} is not a decimal number of microseconds within ±(2^53 − 1)",
                timestamp
            ))
        }
    };
    let value = match value.trim_matches(is_white_space).parse::<f64>() {
        Ok(number) if number.is_finite() => number,
        _ => return Err(format!("value {:?} is not a finite decimal number", value)),
    };
    let (named, mut kept): (Vec<&str>, Vec<&str>) = tags
        .split(',')
        .map(|tag| tag.trim_matches(is_white_space))
        .filter(|tag| !tag.is_empty())
        .partition(|tag| tag.starts_with("series="));
    let series = named.last().map_or("", |tag| &tag["series=".len()..]);
    if series.is_empty() {
        return Err(format!("tags {:?} name no series; add series=NAME", tags));
    }
    check_text("series name", series)?;
    for tag in &kept {
        check_text("tag", tag)?;
    }
    // By UTF-16 code unit, as the runtime sorts.
    kept.sort_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
    kept.dedup();
    if kept.len() > TAG_COUNT_MAX {
        return Err(format!(
            "series {:?} has {} tags; at most {} are allowed",
            series,
            kept.len(),
            TAG_COUNT_MAX
        ));
    }
    Ok(Effect::Event {
        series: series.to_owned(),
        timestamp,
        value,
        tags: kept.into_iter().map(str::to_owned).collect(),
    })
}

fn check_text(what: &str, text: &str) -> Result<(), String> {
    if let Some(control) = text.chars().find(|letter| letter.is_control()) {
        return Err(format!(
            "{} {:?} contains the control character U+{:04x}",
            what,
            text,
            u32::from(control)
        ));
    }
    if text.len() > NAME_BYTES_MAX {
        let start: String = text.chars().take(32).collect();
        return Err(format!(
            "{} \"{}…\" is {} bytes long; at most {} are allowed",
            what,
            start,
            text.len(),
            NAME_BYTES_MAX
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "../../tests/json_value/mod.rs"]
mod json_value;

#[cfg(test)]
mod tests {
    use super::json_value::JsonValue;
    use super::*;
    use crate::abi::u_write_event;
    use crate::last_error;
    use crate::region::Lent;
    use crate::testing::MockHost;

    fn vectors(kind: &str) -> Vec<JsonValue> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../sdk-as/vectors/written-events.json");
        let text = std::fs::read_to_string(path).unwrap();
        let vectors = JsonValue::parse(&text).member(kind).elements().to_vec();
        assert!(!vectors.is_empty());
        vectors
    }

    /// Sends the three texts of a vector as they are, which no function of the SDK does.
    fn write(vector: &JsonValue) -> bool {
        let [timestamp, value, tags] =
            ["timestamp", "value", "tags"].map(|part| Lent::new(vector.member(part).text().as_bytes()));
        // SAFETY: the Regions live until the end of this function.
        unsafe { u_write_event(timestamp.address(), value.address(), tags.address()) == 0 }
    }

    #[test]
    fn each_shared_vector_that_is_written_is_this_event() {
        let host = MockHost::install();
        for vector in vectors("written") {
            let name = vector.member("name").text();

            assert!(write(&vector), "{}: {}", name, last_error());

            let (series, timestamp, value, tags) = match host.take_effects().pop() {
                Some(Effect::Event {
                    series,
                    timestamp,
                    value,
                    tags,
                }) => (series, timestamp, value, tags),
                other => panic!("{}: {:?}", name, other),
            };
            let event = vector.member("event");
            let expected_tags: Vec<&str> = event.member("tags").elements().iter().map(JsonValue::text).collect();
            assert_eq!(series, event.member("series").text(), "{}", name);
            assert_eq!(timestamp.to_string(), event.member("timestamp").text(), "{}", name);
            assert_eq!(
                format!("{:016x}", value.to_bits()),
                event.member("valueBits").text(),
                "{}",
                name
            );
            assert_eq!(tags, expected_tags, "{}", name);
        }
    }

    #[test]
    fn each_shared_vector_that_is_refused_has_this_reason() {
        let host = MockHost::install();
        for vector in vectors("refused") {
            let name = vector.member("name").text();

            assert!(!write(&vector), "{}: {:?}", name, host.take_effects());

            let (reason, end) = (last_error(), vector.member("reason").text());
            assert!(reason.starts_with("cannot write the event: "), "{}: {}", name, reason);
            assert!(reason.ends_with(end), "{}: {}", name, reason);
            assert_eq!(host.take_effects(), []);
        }
    }

    fn written(tags: &str) -> String {
        match parse_written_event("1", "2", tags) {
            Ok(event) => event.to_string(),
            Err(reason) => reason,
        }
    }

    #[test]
    fn the_last_series_names_the_sample() {
        assert_eq!(written("series=a,x,series=b"), "event b{x} 2 @1");
        assert_eq!(
            written("series=a,series="),
            "tags \"series=a,series=\" name no series; add series=NAME"
        );
        assert_eq!(written("x"), "tags \"x\" name no series; add series=NAME");
    }

    #[test]
    fn tags_are_a_set() {
        assert_eq!(written("series=t, b ,,a,b,\u{feff}"), "event t{a,b} 2 @1");
        // A surrogate sorts in front of U+FF5E.
        assert_eq!(written("series=t,\u{ff5e},😀"), "event t{😀,\u{ff5e}} 2 @1");
    }

    #[test]
    fn a_text_that_cannot_be_stored_is_refused() {
        assert_eq!(
            written("series=t,a\nb"),
            "tag \"a\\nb\" contains the control character U+000a"
        );
        assert_eq!(
            written("series=a\u{85}"),
            "series name \"a\\u{85}\" contains the control character U+0085"
        );
        assert!(written(&format!("series={}", "ä".repeat(512))).starts_with("event ää"));
        assert!(written(&format!("series=t,{}", "ä".repeat(513)))
            .ends_with("…\" is 1026 bytes long; at most 1024 are allowed"));
        let many: String = (0..65).map(|number| format!(",{}", number)).collect();
        assert_eq!(
            written(&format!("series=t{}", many)),
            "series \"t\" has 65 tags; at most 64 are allowed"
        );
        assert!(written(&format!("series=t{},0", &many[..many.len() - 3])).starts_with("event t{"));
    }

    #[test]
    fn a_timestamp_is_within_the_whole_numbers_of_a_double() {
        for timestamp in ["9007199254740991", "-9007199254740991"] {
            assert!(parse_written_event(timestamp, "2", "series=t").is_ok());
        }
        for timestamp in [
            "9007199254740992",
            "-9007199254740992",
            "9223372036854775807",
            "-9223372036854775808",
        ] {
            let reason = parse_written_event(timestamp, "2", "series=t").unwrap_err();
            assert!(reason.ends_with("is not a decimal number of microseconds within ±(2^53 − 1)"));
        }
    }
}
