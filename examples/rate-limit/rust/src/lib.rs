//! Tells a webhook when there are too many errors, at most once in a period, and how often it has held back since.
//!
//! A period begins when the webhook has taken an alert, not when one was tried: after a failure, the next Event tries
//! again.
use slung::{env, http, log, Error, Json, Query, MINUTE};

#[slung::main]
fn main() -> Result<(), Error> {
    let errors_max = env::number("ERRORS_MAX")?.unwrap_or(3.0);
    let period_micros = (env::number("PERIOD_MINUTES")?.unwrap_or(10.0) * MINUTE as f64) as i64;
    let webhook = env::get("WEBHOOK").unwrap_or_else(|| "https://hooks.example.com/errors".into());

    let mut time = i64::MIN;
    let mut period_end = i64::MIN;
    let mut suppressed = 0;
    for event in Query::count("errors").last("5m").live()? {
        let event = event?;
        // That of the newest sample: a late one does not turn it back, or the period would end too early.
        time = time.max(event.timestamp);
        if event.value <= errors_max {
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
        if http::post(&webhook, alert).is_ok() {
            period_end = time + period_micros;
            suppressed = 0;
        } else {
            log::warn!("The webhook did not take the alert; the next Event tries again");
        }
    }
    Ok(())
}
