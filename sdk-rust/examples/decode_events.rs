//! Decodes Events for `npm run fuzz -- events`: a line of JSON in hex goes in, a line with what was found comes out.

use slung::live;
use slung::testing::MockHost;
use std::io::{stdin, stdout, BufRead, Write};

const QUERY: &str = "AVG:temp:[]";

fn main() {
    for line in stdin().lock().lines() {
        println!("{}", decode(&line.unwrap()));
        stdout().flush().unwrap();
    }
}

/// Timestamp, bits of the value, producers, tags in hex; `no` for what is not an Event.
fn decode(hex: &str) -> String {
    let bytes = (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap());
    let host = MockHost::install();
    host.deliver_json(QUERY, &String::from_utf8(bytes.collect()).unwrap());
    let event = match live(QUERY).unwrap().next() {
        Some(Ok(event)) => event,
        _ => return "no".to_owned(),
    };
    let producers: Vec<String> = event.producers.iter().map(u64::to_string).collect();
    let tags: Vec<String> = event.tags.iter().map(|tag| hex_of(tag)).collect();
    let bits = event.value.to_bits();
    format!(
        "{} {:x} [{}] [{}]",
        event.timestamp,
        bits,
        producers.join(","),
        tags.join(",")
    )
}

fn hex_of(text: &str) -> String {
    text.bytes().map(|byte| format!("{:02x}", byte)).collect()
}
