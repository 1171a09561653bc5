//! A thermostat: commands go back to the devices in a room, over the connections that bring their samples.
//!
//! Between the two limits the last command holds (hysteresis), so the heater does not clatter when the temperature
//! wavers around one of them. A device that restarts has forgotten the command. It returns over a new connection, and
//! gets the command again with the next Event.
use slung::{env, ws, Error, Query};

const HEATER_ON: &str = r#"{"heater":"on"}"#;
const HEATER_OFF: &str = r#"{"heater":"off"}"#;

#[slung::main]
fn main() -> Result<(), Error> {
    let room = env::get("ROOM").unwrap_or_else(|| "1".into());
    let too_cold_celsius = env::number("TOO_COLD_CELSIUS")?.unwrap_or(19.0);
    let too_warm_celsius = env::number("TOO_WARM_CELSIUS")?.unwrap_or(21.0);

    let mut command: Option<&str> = None;
    let mut told: Vec<u64> = Vec::new();
    let temperature = Query::avg("temp").tag(&format!("room={room}")).last("1m");
    for event in temperature.live()? {
        let event = event?;
        let last_command = command;
        if event.value < too_cold_celsius {
            command = Some(HEATER_ON);
        } else if event.value > too_warm_celsius {
            command = Some(HEATER_OFF);
        }

        if command != last_command {
            told.clear();
        }
        if let Some(command) = command {
            told = tell(&event.producers, &told, command);
        }
    }
    Ok(())
}

/// Sends the command to the producers that do not have it yet. Returns those that have it: a send may be refused.
fn tell(producers: &[u64], told: &[u64], command: &str) -> Vec<u64> {
    let knows = |&producer: &u64| told.contains(&producer) || ws::send(producer, command).is_ok();
    producers.iter().copied().filter(knows).collect()
}
