//! A thermostat: commands go back to the devices in a room, over the connections that bring their samples.
//!
//! Between the two limits the last command holds (hysteresis), so the heater does not clatter when the temperature
//! wavers around one of them. A device that restarts has forgotten the command. It returns over a new connection, and
//! gets the command again with the next Event.
use slung::{ws, Error, Query};

const TOO_COLD_CELSIUS: f64 = 19.0;
const TOO_WARM_CELSIUS: f64 = 21.0;
const HEATER_ON: &str = r#"{"heater":"on"}"#;
const HEATER_OFF: &str = r#"{"heater":"off"}"#;

#[slung::main]
fn main() -> Result<(), Error> {
    let mut command: Option<&str> = None;
    let mut told: Vec<u64> = Vec::new();
    for event in Query::avg("temp").tag("room=1").last("1m").live()? {
        let event = event?;
        let last_command = command;
        if event.value < TOO_COLD_CELSIUS {
            command = Some(HEATER_ON);
        } else if event.value > TOO_WARM_CELSIUS {
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
