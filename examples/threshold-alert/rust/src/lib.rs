//! Alerts when the average temperature of a sensor passes a threshold, once per crossing.
//!
//! The producers whose samples are in the average get a text over their WebSocket, and a webhook gets JSON.
//! When the average falls back, the next crossing alerts again. A restart is no crossing: the state says what was before.
use slung::{env, http, log, state, ws, Error, Json, Query};

#[slung::main]
fn main() -> Result<(), Error> {
    let sensor = env::get("SENSOR").unwrap_or_else(|| "1".into());
    let threshold = env::number("THRESHOLD")?.unwrap_or(100.0);
    let webhook = env::get("WEBHOOK").unwrap_or_else(|| "https://hooks.example.com/alerts".into());

    let mut is_high = state::get("is_high").as_deref() == Some("true");
    for event in Query::avg("temp").tag(&format!("sensor={sensor}")).last("5m").live()? {
        let event = event?;
        if (event.value > threshold) == is_high {
            continue;
        }
        is_high = !is_high;
        state::set("is_high", is_high)?;
        if !is_high {
            continue;
        }

        ws::broadcast(&event.producers, "ALERT: threshold exceeded");
        let alert = Json::object()
            .set("level", "high")
            .set("series", "temp")
            .set("value", event.value)
            .set("timestamp", event.timestamp);
        if http::post(&webhook, alert).is_err() {
            log::error!("The webhook did not take the alert");
        }
    }
    Ok(())
}
