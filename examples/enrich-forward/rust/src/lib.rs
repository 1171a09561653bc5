//! Forwards every power reading to an ingest service, in kilowatts and with the site of its meter.
//!
//! The URL names the reading, so that sending it twice does no harm. A reading that the service cannot take now waits in a
//! bounded queue, and goes out before anything newer when the next Event comes. One that it will never take is dropped.
use slung::{env, http, log, Error, Event, Json, Query};
use std::collections::VecDeque;

struct Meter {
    id: &'static str,
    site: &'static str,
    /// What the meter shows for one kilowatt. Division by it leaves fewer stray digits than multiplication by 0.001.
    units_per_kilowatt: f64,
}

const METERS: [Meter; 3] = [
    meter("m-17", "Bern", 1000.0),
    meter("m-18", "Bern", 1000.0),
    // Behind a transformer with a ratio of 40 to 1.
    meter("m-40", "Zug", 25.0),
];

const fn meter(id: &'static str, site: &'static str, units_per_kilowatt: f64) -> Meter {
    Meter {
        id,
        site,
        units_per_kilowatt,
    }
}

struct Reading {
    url: String,
    body: Json,
}

#[slung::main]
fn main() -> Result<(), Error> {
    let ingest = env::get("INGEST").unwrap_or_else(|| "https://ingest.example.com/meters".into());
    let waiting_max = env::number("WAITING_MAX")?.unwrap_or(100.0);

    let mut feeds = Vec::new();
    for meter in &METERS {
        // A window of no width holds the newest sample alone, and its average is the reading.
        let query = Query::avg("power").tag(&format!("meter={}", meter.id)).last("0s");
        feeds.push(query.live()?);
    }

    let mut waiting = VecDeque::new();
    loop {
        for (meter, feed) in METERS.iter().zip(&mut feeds) {
            let event = match feed.poll()? {
                Some(event) => event,
                None => continue,
            };
            waiting.push_back(reading_of(&ingest, meter, &event));
            if waiting.len() as f64 > waiting_max {
                if let Some(oldest) = waiting.pop_front() {
                    log::error!("Dropped, too many are waiting: {}", oldest.url);
                }
            }
            forward(&mut waiting);
        }
    }
}

fn reading_of(ingest: &str, meter: &Meter, event: &Event) -> Reading {
    Reading {
        url: format!("{ingest}/{}/readings/{}", meter.id, event.timestamp),
        body: Json::object()
            .set("site", meter.site)
            .set("kilowatts", event.value / meter.units_per_kilowatt)
            .set("at", event.timestamp),
    }
}

/// Sends what is waiting, oldest first, until all is sent or the service cannot take more now.
fn forward(waiting: &mut VecDeque<Reading>) {
    while let Some(reading) = waiting.front() {
        if let Err(error) = http::put(&reading.url, &reading.body) {
            let status = error.status();
            if is_temporary(status) {
                return;
            }
            log::error!("Dropped, the service answered {status}: {}", reading.url);
        }
        waiting.pop_front();
    }
}

/// Whether the same request may succeed later; 0 = no response.
fn is_temporary(status: u32) -> bool {
    status == 0 || status == 429 || status >= 500
}
