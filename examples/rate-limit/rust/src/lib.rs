//! Tells a webhook when there are too many errors, at most once in ten minutes, and how often it has held back since.
//!
//! A period begins when the webhook has taken an alert, not when one was tried: after a failure, the next Event tries
//! again.
use slung::{http, log, Error, Json, Query, MINUTE};

const ERRORS_MAX: f64 = 3.0;
const PERIOD_MICROS: i64 = 10 * MINUTE;
const WEBHOOK: &str = "https://hooks.example.com/errors";

#[slung::main]
fn main() -> Result<(), Error> {
    let mut time = i64::MIN;
    let mut period_end = i64::MIN;
    let mut suppressed = 0;
    for event in Query::count("errors").last("5m").live()? {
        let event = event?;
        // That of the newest sample: a late one does not turn it back, or the period would end too early.
        time = time.max(event.timestamp);
        if event.value <= ERRORS_MAX {
            continue;
        }
        if time < period_end {
            suppressed += 1;
            continue;
        }

        let alert = Json::object()
            .set("errors", event.value)
            .set("suppressed", suppressed)
            .set("timestamp", time);
        if http::post(WEBHOOK, alert).is_ok() {
            period_end = time + PERIOD_MICROS;
            suppressed = 0;
        } else {
            log::warn!("The webhook did not take the alert; the next Event tries again");
        }
    }
    Ok(())
}
