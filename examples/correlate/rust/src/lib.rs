//! Reports a blocked pump when two streams together show it: it draws power, and yet it moves little.
//!
//! Either alone means nothing: a pump that is off moves nothing either, and one that works hard draws power, too.
//! Together they mean something as long as they cover the same time: a stream that has stopped is no evidence at all.
//!
//! The state keeps the last readings and the last report, so a restarted workflow judges as it did before.
use slung::{env, http, log, state, Error, Event, EventWriter, Json, Query, Select, MINUTE};

const APART_MAX_MICROS: i64 = MINUTE;

struct Settings {
    pump: String,
    working_power_watts: f64,
    blocked_flow_litres_per_minute: f64,
    webhook: String,
}

impl Settings {
    fn read() -> Result<Settings, Error> {
        Ok(Settings {
            pump: env::get("PUMP").unwrap_or_else(|| "7".into()),
            working_power_watts: env::number("WORKING_POWER_WATTS")?.unwrap_or(800.0),
            blocked_flow_litres_per_minute: env::number("BLOCKED_FLOW_LITRES_PER_MINUTE")?.unwrap_or(5.0),
            webhook: env::get("WEBHOOK").unwrap_or_else(|| "https://hooks.example.com/pumps".into()),
        })
    }
}

#[slung::main]
fn main() -> Result<(), Error> {
    let settings = Settings::read()?;
    let tag = format!("pump={}", settings.pump);
    let flows = Query::avg("flow").tag(&tag).last("1m").live()?;
    let powers = Query::avg("power").tag(&tag).last("1m").live()?;
    let mut flow = Reading::recall("flow")?;
    let mut power = Reading::recall("power")?;
    let mut is_blocked = state::get("is_blocked").as_deref() == Some("true");
    for next in Select::of([flows, powers]) {
        let (index, event) = next?;
        let reading = if index == 0 { &mut flow } else { &mut power };
        reading.take(&event)?;
        is_blocked = judge(&settings, is_blocked, &flow, &power)?;
    }
    Ok(())
}

/// The latest average of a stream, and the newest time in it.
struct Reading {
    name: &'static str,
    value: f64,
    timestamp: i64,
}

impl Reading {
    fn recall(name: &'static str) -> Result<Reading, Error> {
        Ok(Reading {
            name,
            // Before the first Event it is neither above nor below anything.
            value: state::number(name)?.unwrap_or(f64::NAN),
            timestamp: state::number(&format!("{name}_timestamp"))?.unwrap_or(0.0) as i64,
        })
    }

    fn take(&mut self, event: &Event) -> Result<(), Error> {
        self.value = event.value;
        // A late sample changes the average of the window; it does not make the window older.
        self.timestamp = self.timestamp.max(event.timestamp);
        state::set(self.name, self.value)?;
        state::set(&format!("{}_timestamp", self.name), self.timestamp)
    }
}

/// Whether the pump is blocked, by what the streams say now. Reports a change.
fn judge(settings: &Settings, was_blocked: bool, flow: &Reading, power: &Reading) -> Result<bool, Error> {
    if (flow.timestamp - power.timestamp).abs() > APART_MAX_MICROS {
        return Ok(was_blocked);
    }
    let is_blocked = power.value > settings.working_power_watts && flow.value < settings.blocked_flow_litres_per_minute;
    if is_blocked != was_blocked {
        state::set("is_blocked", is_blocked)?;
        tell(settings, is_blocked, flow, power);
    }
    Ok(is_blocked)
}

fn tell(settings: &Settings, is_blocked: bool, flow: &Reading, power: &Reading) {
    let timestamp = flow.timestamp.max(power.timestamp);
    // The sample comes first: other workflows need not wait until the webhook has answered.
    let blocked = EventWriter::new("pump_blocked").tag(&format!("pump={}", settings.pump));
    if blocked.write(timestamp, if is_blocked { 1.0 } else { 0.0 }).is_err() {
        log::error!("The sample was not stored");
    }
    let report = Json::object()
        .set("pump", &settings.pump)
        .set("state", if is_blocked { "blocked" } else { "running" })
        .set("flow", flow.value)
        .set("power", power.value)
        .set("timestamp", timestamp);
    if http::post(&settings.webhook, report).is_err() {
        log::error!("The webhook did not take the state");
    }
}
