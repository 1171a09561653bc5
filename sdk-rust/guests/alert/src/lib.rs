//! An ordinary alert: the guest whose size and imports are checked. Portable, since it uses no extension.
use slung::{http, log, ws, Error, Json, Query};

#[slung::main]
fn main() -> Result<(), Error> {
    let mut is_high = false;
    for event in Query::avg("temp").tag("sensor=1").live()? {
        let event = event?;
        let was_high = is_high;
        is_high = event.value > 100.0;
        if !is_high || was_high {
            continue;
        }
        ws::broadcast(&event.producers, "ALERT: threshold exceeded");
        let body = Json::object().set("level", "high").set("value", event.value);
        if http::post("https://hooks.example.com/alerts", body).is_err() {
            log::error!("The webhook did not take the alert");
        }
    }
    Ok(())
}
