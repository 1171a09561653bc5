//! What the state of a workflow refuses: the same as the runtime, and with the same reasons.

use std::collections::BTreeMap;

const KEY_BYTES_MAX: usize = 256;
/// Of all keys and values together.
const STATE_BYTES_MAX: usize = 65_536;
const QUOTED_UNITS_MAX: usize = 40;

/// Refuses a key of no bytes, or of too many.
pub fn check_key(verb: &str, key: &str) -> Result<(), String> {
    match key.len() {
        0 => Err(format!(
            "cannot {} a key of 0 bytes: expected from 1 to {} bytes of UTF-8",
            verb, KEY_BYTES_MAX
        )),
        1..=KEY_BYTES_MAX => Ok(()),
        // The border finds it first.
        length => Err(too_long("key", length, KEY_BYTES_MAX)),
    }
}

/// Refuses a value for which the state has no room.
pub fn check_value(state: &BTreeMap<String, Vec<u8>>, key: &str, value: &[u8]) -> Result<(), String> {
    if value.len() > STATE_BYTES_MAX {
        return Err(too_long("value", value.len(), STATE_BYTES_MAX));
    }
    let others = state.iter().filter(|(other, _)| *other != key);
    let other_bytes: usize = others.map(|(key, value)| key.len() + value.len()).sum();
    match other_bytes + key.len() + value.len() {
        byte_count if byte_count > STATE_BYTES_MAX => Err(format!(
            "cannot set {}: the state would take {} bytes, at most {} are allowed",
            quote(key),
            with_commas(byte_count),
            with_commas(STATE_BYTES_MAX)
        )),
        _ => Ok(()),
    }
}

fn too_long(what: &str, length: usize, bytes_max: usize) -> String {
    format!("{} is {} bytes long; at most {} are allowed", what, length, bytes_max)
}

/// Shortened, as the runtime does: to UTF-16 units, and never inside of a character.
fn quote(key: &str) -> String {
    let mut units = 0;
    let end = key.find(|letter: char| {
        units += letter.len_utf16();
        units > QUOTED_UNITS_MAX
    });
    match end {
        Some(end) => format!("\"{}…\"", &key[..end]),
        None => format!("\"{}\"", key),
    }
}

/// Up to a million, as there is no larger count here.
fn with_commas(number: usize) -> String {
    match number / 1000 {
        0 => number.to_string(),
        thousands => format!("{},{:03}", thousands, number % 1000),
    }
}
