//! Replays the vectors that every guest SDK shares, through the border: what a host delivers, and what it is sent.

mod json_value;

use json_value::JsonValue;
use slung::testing::{Effect, MockHost};
use slung::{live, ws, Error, Event, EventWriter};

const QUERY: &str = "AVG:temp:[]";

fn vectors(file: &str, kind: &str) -> Vec<JsonValue> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../sdk-as/vectors/");
    let text = std::fs::read_to_string(folder.to_owned() + file).unwrap();
    let vectors = JsonValue::parse(&text).member(kind).elements().to_vec();
    assert!(!vectors.is_empty());
    vectors
}

/// What the SDK makes of a delivered JSON.
fn decode(host: &MockHost, json: &str) -> Result<Event, Error> {
    host.deliver_json(QUERY, json);
    live(QUERY)?.next().unwrap()
}

fn texts(list: &JsonValue) -> Vec<&str> {
    list.elements().iter().map(JsonValue::text).collect()
}

#[test]
fn every_event_decodes_to_its_fields() {
    let host = MockHost::install();
    for vector in vectors("events.json", "events") {
        let name = vector.member("name").text();

        let event = decode(&host, vector.member("json").text()).expect(name);

        let producers: Vec<String> = event.producers.iter().map(u64::to_string).collect();
        assert_eq!(
            event.timestamp.to_string(),
            vector.member("timestamp").text(),
            "{}",
            name
        );
        assert_eq!(
            format!("{:016x}", event.value.to_bits()),
            vector.member("valueBits").text(),
            "{}",
            name
        );
        assert_eq!(event.tags, texts(vector.member("tags")), "{}", name);
        assert_eq!(producers, texts(vector.member("producers")), "{}", name);
    }
}

#[test]
fn every_fault_is_refused_at_its_byte() {
    let host = MockHost::install();
    for vector in vectors("events.json", "faults") {
        let name = vector.member("name").text();

        let fault = decode(&host, vector.member("json").text()).expect_err(name);

        match (fault, vector.member("at")) {
            (Error::MalformedEvent { offset, .. }, JsonValue::Number(at)) => {
                assert_eq!(offset.to_string(), *at, "{}", name)
            }
            (Error::MalformedEvent { .. }, at) => assert_eq!(*at, JsonValue::Null, "{}", name),
            (other, _) => panic!("{}: {}", name, other),
        }
    }
}

#[test]
fn every_text_crosses_the_border_as_its_bytes() {
    let host = MockHost::install();
    for vector in vectors("events.json", "regions") {
        ws::send(1, vector.member("text").text()).unwrap();

        let effects = host.take_effects();
        let bytes = match &effects[..] {
            [Effect::Ws { text, .. }] => text.as_bytes(),
            other => panic!("{:?}", other),
        };
        let hex: String = bytes.iter().map(|byte| format!("{:02x}", byte)).collect();
        assert_eq!(hex, vector.member("utf8").text());
    }
}

#[test]
fn half_a_surrogate_pair_becomes_a_replacement_character() {
    let host = MockHost::install();
    let escaped = [
        r"\ud83d",
        r"a\ude00b",
        r"\ud83dx",
        r"\ud83d\u0041",
        r"\ud83d\ud83d\ude00",
    ];
    let plain = ["\u{fffd}", "a\u{fffd}b", "\u{fffd}x", "\u{fffd}A", "\u{fffd}😀"];
    for (escaped, plain) in escaped.iter().zip(plain) {
        let json = format!(r#"{{"timestamp":1,"value":2,"tags":["{}"],"producers":[]}}"#, escaped);

        assert_eq!(decode(&host, &json).unwrap().tags, [plain]);
    }
}

#[test]
fn a_tag_that_would_arrive_as_another_is_not_sent() {
    let host = MockHost::install();
    for vector in vectors("written-events.json", "unsendable") {
        let tag = vector.member("tag").text();

        let refused = EventWriter::new("n").tag("x").tag(tag).write(1, 2.0);

        assert_eq!(
            refused,
            Err(Error::Untransportable { text: tag.into() }),
            "{}",
            vector.member("name").text()
        );
    }
    EventWriter::new("n").tag("\u{200b}series=m").write(1, 2.0).unwrap();
    assert_eq!(host.take_effects().len(), 1);
}
