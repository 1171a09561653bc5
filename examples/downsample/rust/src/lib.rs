//! Keeps the hourly average of every sensor as a separate series.
//!
//! The live query only says that a sample came. The average comes from history, where late and repeated samples are
//! already in place, and its timestamp is the start of the hour, so the store keeps one of each, however often it is
//! written. All the workflow has to remember is the hour that each sensor is in.
use slung::{env, log, Error, EventWriter, Query, HOUR};
use std::collections::BTreeMap;

#[slung::main]
fn main() -> Result<(), Error> {
    let series = env::get("SERIES").unwrap_or_else(|| "temp".into());
    let mut hours: BTreeMap<String, i64> = BTreeMap::new();
    for event in Query::count(&series).live()? {
        let event = event?;
        let sensor = match event.tag("sensor") {
            Some(sensor) => sensor,
            None => continue,
        };

        let hour = event.timestamp - event.timestamp % HOUR;
        // A sensor seen for the first time may be one whose hour was cut off by a restart.
        let current = hours.get(sensor).copied().unwrap_or(hour - HOUR);
        if hour > current {
            write_average(&series, sensor, current);
            hours.insert(sensor.to_owned(), hour);
        } else if hour < current {
            write_average(&series, sensor, hour);
        }
    }
    Ok(())
}

/// Writes the average of the hour that starts at `hour`, or nothing when it has no samples.
fn write_average(series: &str, sensor: &str, hour: i64) {
    let tag = format!("sensor={sensor}");
    // Both ends of a range belong to it, and the next hour does not.
    let end = hour + HOUR - 1;
    if let Ok(average) = Query::avg(series).tag(&tag).between(hour, end).history() {
        let hourly = EventWriter::new(&format!("{series}_hourly")).tag(&tag);
        if let Err(error) = hourly.write(hour, average) {
            log::error!("The hour was not written for {tag}: {error}");
        }
    }
}
