//! What a workflow remembers, over a scripted host.

use slung::testing::MockHost;
use slung::{last_error, state, Error};

/// Sets a number and asks for it.
fn round_trip(value: f64) -> f64 {
    state::set("number", value).unwrap();
    state::number("number").unwrap().unwrap()
}

fn refused(key: &str) -> Result<(), Error> {
    Err(Error::StateRefused { key: key.into() })
}

#[test]
fn nothing_is_known_that_is_not_set() {
    let _host = MockHost::install();

    assert_eq!(state::get("count"), None);
    assert_eq!(last_error(), "");
    assert_eq!(state::get_bytes("count"), None);
    assert_eq!(state::number("count"), Ok(None));
}

#[test]
fn what_an_earlier_run_has_set_is_known() {
    let host = MockHost::install();
    host.set_state("Ort", "Zürich 😀");
    host.set_state("empty", "");
    host.set_state("garbled", b"caf\xe9");

    assert_eq!(state::get("Ort").as_deref(), Some("Zürich 😀"));
    assert_eq!(state::get("empty").as_deref(), Some(""));
    assert_eq!(state::get("garbled").as_deref(), Some("caf\u{fffd}"));
    assert_eq!(state::get("ort"), None);
}

#[test]
fn strings_numbers_and_bools_are_set_as_text() {
    let host = MockHost::install();
    let name = String::from("größe");

    state::set("is_high", true).unwrap();
    state::set("name", &name).unwrap();
    state::set("until", 1_767_225_600_000_000_i64).unwrap();
    state::set("all", u64::MAX).unwrap();
    state::set("least", i64::MIN).unwrap();
    state::set("small", 200_u8).unwrap();
    state::set("mean", 41.5).unwrap();
    state::set("count", 3.0).unwrap();
    state::set("single", 0.1_f32).unwrap();

    let texts = [
        ("is_high", "true"),
        ("name", "größe"),
        ("until", "1767225600000000"),
        ("all", "18446744073709551615"),
        ("least", "-9223372036854775808"),
        ("small", "200"),
        ("mean", "41.5"),
        ("count", "3"),
    ];
    for (key, text) in texts {
        assert_eq!(host.state(key).as_deref(), Some(text), "{}", key);
        assert_eq!(state::get(key).as_deref(), Some(text), "{}", key);
    }
    assert_eq!(state::number("single").unwrap().map(|number| number as f32), Some(0.1));
}

#[test]
fn any_number_comes_back_with_the_same_bits() {
    let _host = MockHost::install();
    for value in [
        0.0,
        -0.0,
        0.1 + 0.2,
        5e-324,
        -f64::MIN_POSITIVE,
        f64::MAX,
        9_007_199_254_740_994.0,
    ] {
        assert_eq!(round_trip(value).to_bits(), value.to_bits(), "{:?}", value);
    }
    // A linear congruential walk over all bit patterns: the same numbers in every run.
    let mut bits: u64 = 1;
    for _ in 0..5_000 {
        bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        // An average of few samples has an exponent near 0.
        for value in [f64::from_bits(bits), bits as f64 / 3e17] {
            if value.is_finite() {
                assert_eq!(round_trip(value).to_bits(), value.to_bits(), "{:?}", value);
            }
        }
    }
}

#[test]
fn a_key_is_overwritten_and_forgotten() {
    let _host = MockHost::install();
    state::set("count", 1).unwrap();
    state::set("count", 2).unwrap();
    assert_eq!(state::number("count"), Ok(Some(2.0)));

    state::remove("count").unwrap();
    assert_eq!(state::get("count"), None);
    state::remove("count").unwrap();
}

#[test]
fn any_bytes_are_kept() {
    let _host = MockHost::install();
    let bytes: Vec<u8> = (0..=255).collect();

    state::set_bytes("bytes", &bytes).unwrap();
    assert_eq!(state::get_bytes("bytes"), Some(bytes));
    state::set_bytes("bytes", b"").unwrap();
    assert_eq!(state::get_bytes("bytes"), Some(Vec::new()));
}

#[test]
fn what_is_not_a_finite_number_is_neither_set_nor_read_as_one() {
    let _host = MockHost::install();
    state::set("mean", 1).unwrap();
    for (value, text) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (-f64::INFINITY, "-Infinity"),
    ] {
        assert_eq!(
            state::set("mean", value).unwrap_err().to_string(),
            format!(
                "cannot set \"mean\" in the state: found {}, expected a number such as 0.5 or -3e4",
                text
            )
        );
    }
    assert_eq!(state::number("mean"), Ok(Some(1.0)));

    for text in ["", "three", "true", "1e999", "NaN", "1 "] {
        state::set("mean", text).unwrap();
        assert!(state::number("mean").is_err(), "{}", text);
    }
}

#[test]
fn there_is_room_for_65536_bytes_and_what_needs_more_changes_nothing() {
    let host = MockHost::install();
    state::set("count", "x".repeat(65_531)).unwrap();

    assert_eq!(state::set("a", ""), refused("a"));
    assert_eq!(
        last_error(),
        "cannot set \"a\": the state would take 65,537 bytes, at most 65,536 are allowed"
    );
    let error = state::set("count", "x".repeat(65_535)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot change the state of \"count\": the host refused it, and has written to its log why"
    );
    assert_eq!(
        error.reason(),
        "cannot set \"count\": the state would take 65,540 bytes, at most 65,536 are allowed"
    );
    let error = state::set_bytes("count", &[0; 65_537]).unwrap_err();
    assert_eq!(error.reason(), "value is 65537 bytes long; at most 65536 are allowed");
    assert_eq!(state::get("count").map(|text| text.len()), Some(65_531));
    assert_eq!(host.state("a"), None);

    state::set("count", "x".repeat(65_530)).unwrap();
    state::set("a", "").unwrap();
    assert_eq!(state::set("b", ""), refused("b"));
    state::remove("a").unwrap();
    state::set("b", "").unwrap();
}

#[test]
fn a_reason_shows_the_beginning_of_a_long_key() {
    let _host = MockHost::install();
    let value = "x".repeat(65_536);

    for (key, shown) in [
        ("a".repeat(40), "a".repeat(40)),
        ("a".repeat(41), "a".repeat(40) + "…"),
        ("a".repeat(39) + "😀", "a".repeat(39) + "…"),
    ] {
        let reason = state::set(&key, &value).unwrap_err().reason();
        assert!(reason.starts_with(&format!("cannot set \"{}\": ", shown)), "{}", reason);
    }
}

#[test]
fn keys_have_1_to_256_bytes() {
    let _host = MockHost::install();
    let longest = "ä".repeat(128);
    state::set(&longest, 1).unwrap();
    assert_eq!(state::number(&longest), Ok(Some(1.0)));

    let wrong = "a key of 0 bytes: expected from 1 to 256 bytes of UTF-8";
    assert_eq!(state::set("", 1).unwrap_err().reason(), format!("cannot set {}", wrong));
    assert_eq!(
        state::remove("").unwrap_err().reason(),
        format!("cannot delete {}", wrong)
    );
    assert_eq!(state::get(""), None);
    assert_eq!(last_error(), format!("cannot get {}", wrong));
    assert_eq!(
        state::set(&"x".repeat(257), 1).unwrap_err().reason(),
        "key is 257 bytes long; at most 256 are allowed"
    );
}

#[test]
fn a_refusal_changes_nothing_and_does_not_keep_from_reading() {
    let host = MockHost::install();
    state::set("count", 1).unwrap();
    host.refuse("the disk is full");
    host.refuse("the disk is full");

    assert_eq!(state::number("count"), Ok(Some(1.0)));
    assert_eq!(state::set("count", 2).unwrap_err().reason(), "the disk is full");
    assert_eq!(state::remove("count"), refused("count"));
    assert_eq!(state::number("count"), Ok(Some(1.0)));
}
