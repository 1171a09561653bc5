//! Tells a webhook when the load of a host is far from what is usual at this hour of the day, and when it is usual again.
//!
//! What is usual comes from the store: the averages of the same hour on the days before, queried from history once an
//! hour. Distance is measured in their standard deviations (z), so an hour that differs from day to day may differ
//! today, too.
//!
//! The state has the baseline of the hour and the last verdict: late samples change history, and not what was said before.
use slung::{env, http, log, state, Error, Json, Query, DAY, HOUR};

const BASELINE_DAYS: i64 = 7;
const BASELINE_DAYS_MIN: usize = 3;

#[derive(Clone, Copy)]
struct Baseline {
    mean: f64,
    deviation: f64,
}

#[slung::main]
fn main() -> Result<(), Error> {
    let tag = format!("host={}", env::get("HOST").unwrap_or_else(|| "web-1".into()));
    // Two limits, so that a load near one of them does not alert again and again.
    let anomaly_z = env::number("ANOMALY_Z")?.unwrap_or(4.0);
    let normal_z = env::number("NORMAL_Z")?.unwrap_or(2.0);
    // If all days were alike, any change would be an anomaly.
    let deviation_min_percent = env::number("DEVIATION_MIN_PERCENT")?.unwrap_or(0.04);
    let webhook = env::get("WEBHOOK").unwrap_or_else(|| "https://hooks.example.com/anomalies".into());

    let mut baseline = recall()?;
    let mut baseline_hour = state::number("hour")?.map_or(i64::MIN, |hour| hour as i64);
    let mut is_anomaly = state::get("is_anomaly").as_deref() == Some("true");
    for event in Query::avg("cpu").tag(&tag).last("1h").live()? {
        let event = event?;
        let hour = event.timestamp - event.timestamp % HOUR;
        // Never backwards: the average that a late sample changes is still that of the newest hour.
        if hour > baseline_hour {
            baseline_hour = hour;
            baseline = baseline_of(&tag, hour, deviation_min_percent);
            remember(hour, baseline)?;
        }
        let Baseline { mean, deviation } = match baseline {
            Some(baseline) => baseline,
            None => continue,
        };

        let z = (event.value - mean) / deviation;
        let was_anomaly = is_anomaly;
        is_anomaly = if was_anomaly {
            z.abs() >= normal_z
        } else {
            z.abs() > anomaly_z
        };
        if is_anomaly == was_anomaly {
            continue;
        }
        state::set("is_anomaly", is_anomaly)?;

        let verdict = Json::object()
            .set("level", if is_anomaly { "anomaly" } else { "normal" })
            .set("series", "cpu")
            .set("value", event.value)
            .set("mean", mean)
            .set("z", z)
            .set("timestamp", event.timestamp);
        if http::post(&webhook, verdict).is_err() {
            log::error!("The webhook did not take the verdict");
        }
    }
    Ok(())
}

fn remember(hour: i64, baseline: Option<Baseline>) -> Result<(), Error> {
    state::set("hour", hour)?;
    match baseline {
        None => state::remove("mean"),
        Some(Baseline { mean, deviation }) => {
            state::set("mean", mean)?;
            state::set("deviation", deviation)
        }
    }
}

fn recall() -> Result<Option<Baseline>, Error> {
    let baseline = state::number("mean")?.zip(state::number("deviation")?);
    Ok(baseline.map(|(mean, deviation)| Baseline { mean, deviation }))
}

/// What is usual in the hour that starts at `hour`; `None` when too few of the days before have samples.
fn baseline_of(tag: &str, hour: i64, deviation_min_percent: f64) -> Option<Baseline> {
    let mut means = Vec::new();
    for day in 1..=BASELINE_DAYS {
        let start = hour - day * DAY;
        // Both ends of a range belong to it, and the next hour does not.
        let end = start + HOUR - 1;
        means.extend(Query::avg("cpu").tag(tag).between(start, end).history());
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
        deviation: deviation.max(deviation_min_percent),
    })
}
