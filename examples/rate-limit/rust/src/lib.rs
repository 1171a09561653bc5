//! Tells a webhook when there are too many errors, at most once in a period, and how often it has held back since.
//!
//! A period begins when the webhook has taken an alert, not when one was tried: after a failure, the next Event tries
//! again. It is in the state, with what was held back, so a restart does not end it.
use slung::{env, http, log, state, Error, Json, Query, MINUTE};

#[slung::main]
fn main() -> Result<(), Error> {
    let errors_max = env::number("ERRORS_MAX")?.unwrap_or(3.0);
    let period_micros = (env::number("PERIOD_MINUTES")?.unwrap_or(10.0) * MINUTE as f64) as i64;
    let webhook = env::get("WEBHOOK").unwrap_or_else(|| "https://hooks.example.com/errors".into());

    let mut time = state::number("time")?.map_or(i64::MIN, |time| time as i64);
    let mut period_end = state::number("period_end")?.map_or(i64::MIN, |time| time as i64);
    let mut suppressed = state::number("suppressed")?.unwrap_or(0.0) as u32;
    for event in Query::count("errors").last("5m").live()? {
        let event = event?;
        // That of the newest sample: a late one does not turn it back, or the period would end too early.
        if event.timestamp > time {
            time = event.timestamp;
            state::set("time", time)?;
        }
        if event.value <= errors_max {
            continue;
        }
        if time < period_end {
            suppressed += 1;
            state::set("suppressed", suppressed)?;
            continue;
        }

        let alert = Json::object()
            .set("errors", event.value)
            .set("suppressed", suppressed)
            .set("timestamp", time);
        if http::post(&webhook, alert).is_ok() {
            period_end = time + period_micros;
            suppressed = 0;
            state::set("period_end", period_end)?;
            state::set("suppressed", suppressed)?;
        } else {
            log::warn!("The webhook did not take the alert; the next Event tries again");
        }
    }
    Ok(())
}
