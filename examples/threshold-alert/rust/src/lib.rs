//! Alerts when the average temperature of a sensor passes a threshold, once per crossing.
//!
//! The producers whose samples are in the average get a text over their WebSocket, and a webhook gets JSON.
//! When the average falls back, the next crossing alerts again.
use slung::{http, log, ws, Error, Json, Query};

const THRESHOLD: f64 = 100.0;
const WEBHOOK: &str = "https://hooks.example.com/alerts";

#[slung::main]
fn main() -> Result<(), Error> {
    let mut is_high = false;
    for event in Query::avg("temp").tag("sensor=1").live()? {
        let event = event?;
        let was_high = is_high;
        is_high = event.value > THRESHOLD;
        if !is_high || was_high {
            continue;
        }

        ws::broadcast(&event.producers, "ALERT: threshold exceeded");
        let alert = Json::object()
            .set("level", "high")
            .set("series", "temp")
            .set("value", event.value)
            .set("timestamp", event.timestamp);
        if http::post(WEBHOOK, alert).is_err() {
            log::error!("The webhook did not take the alert");
        }
    }
    Ok(())
}
