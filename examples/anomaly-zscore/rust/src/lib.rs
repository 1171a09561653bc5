//! Tells a webhook when the load of a host is far from what is usual at this hour of the day, and when it is usual again.
//!
//! What is usual comes from the store: the averages of the same hour on the days before, queried from history once an
//! hour. Distance is measured in their standard deviations (z), so an hour that differs from day to day may differ
//! today, too.
use slung::{http, log, Error, Json, Query, DAY, HOUR};

const WEBHOOK: &str = "https://hooks.example.com/anomalies";
const BASELINE_DAYS: i64 = 7;
const BASELINE_DAYS_MIN: usize = 3;
// If all days were alike, any change would be an anomaly.
const DEVIATION_MIN_PERCENT: f64 = 0.04;
// Two limits, so that a load near one of them does not alert again and again.
const ANOMALY_Z: f64 = 4.0;
const NORMAL_Z: f64 = 2.0;

#[derive(Clone, Copy)]
struct Baseline {
    mean: f64,
    deviation: f64,
}

#[slung::main]
fn main() -> Result<(), Error> {
    let mut baseline = None;
    let mut baseline_hour = i64::MIN;
    let mut is_anomaly = false;
    for event in Query::avg("cpu").tag("host=web-1").last("1h").live()? {
        let event = event?;
        let hour = event.timestamp - event.timestamp % HOUR;
        // Never backwards: the average that a late sample changes is still that of the newest hour.
        if hour > baseline_hour {
            baseline_hour = hour;
            baseline = baseline_of(hour);
        }
        let Baseline { mean, deviation } = match baseline {
            Some(baseline) => baseline,
            None => continue,
        };

        let z = (event.value - mean) / deviation;
        let was_anomaly = is_anomaly;
        is_anomaly = if was_anomaly {
            z.abs() >= NORMAL_Z
        } else {
            z.abs() > ANOMALY_Z
        };
        if is_anomaly == was_anomaly {
            continue;
        }

        let verdict = Json::object()
            .set("level", if is_anomaly { "anomaly" } else { "normal" })
            .set("series", "cpu")
            .set("value", event.value)
            .set("mean", mean)
            .set("z", z)
            .set("timestamp", event.timestamp);
        if http::post(WEBHOOK, verdict).is_err() {
            log::error!("The webhook did not take the verdict");
        }
    }
    Ok(())
}

/// What is usual in the hour that starts at `hour`; `None` when too few of the days before have samples.
fn baseline_of(hour: i64) -> Option<Baseline> {
    let mut means = Vec::new();
    for day in 1..=BASELINE_DAYS {
        let start = hour - day * DAY;
        // Both ends of a range belong to it, and the next hour does not.
        let end = start + HOUR - 1;
        means.extend(Query::avg("cpu").tag("host=web-1").between(start, end).history());
    }
    if means.len() < BASELINE_DAYS_MIN {
        return None;
    }

    let count = means.len() as f64;
    let mean = means.iter().sum::<f64>() / count;
    let squares: f64 = means.iter().map(|value| (value - mean) * (value - mean)).sum();
    let deviation = (squares / (count - 1.0)).sqrt();
    Some(Baseline {
        mean,
        deviation: deviation.max(DEVIATION_MIN_PERCENT),
    })
}
