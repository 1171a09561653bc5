//! A dead-man switch: says once when a device has been silent for a while (`PATIENCE_MINUTES`), and once when it is back.
//!
//! A device is heard from when the workflow polls one of its samples, whatever the timestamp: one whose clock is wrong,
//! or whose samples come late, is alive. That is why the clock is `now_micros()` here, and not that of the Events.
use slung::{env, http, log, now_micros, Error, Json, Query, MINUTE};

struct Settings {
    patience_micros: i64,
    webhook: String,
}

impl Settings {
    fn read() -> Result<Settings, Error> {
        Ok(Settings {
            patience_micros: (env::number("PATIENCE_MINUTES")?.unwrap_or(5.0) * MINUTE as f64) as i64,
            webhook: env::get("WEBHOOK").unwrap_or_else(|| "https://hooks.example.com/devices".into()),
        })
    }
}

#[slung::main]
fn main() -> Result<(), Error> {
    let settings = Settings::read()?;
    // All time: a window would leave out the samples of a device whose clock is far behind those of the others.
    let mut heartbeats = Query::count("heartbeat").live()?;
    let mut devices: Vec<Device> = Vec::new();
    loop {
        let poll_start = now_micros();
        let event = heartbeats.poll()?;
        // Time that passes while the webhook answers is not silence: what is sent meanwhile waits to be polled.
        let waited_micros = now_micros() - poll_start;

        let sender = event.as_ref().and_then(|event| event.tag("device"));
        if let Some(name) = sender {
            if !devices.iter().any(|device| device.name == name) {
                devices.push(Device::new(name));
            }
        }
        // All devices, after every poll: while one of them keeps sending, no poll finds nothing.
        for device in &mut devices {
            if sender == Some(device.name.as_str()) {
                device.hear(&settings);
            } else {
                device.miss(&settings, waited_micros);
            }
        }
    }
}

struct Device {
    name: String,
    last_heard: i64,
    silence_micros: i64,
    is_silent: bool,
}

impl Device {
    fn new(name: &str) -> Device {
        Device {
            name: name.to_owned(),
            last_heard: 0,
            silence_micros: 0,
            is_silent: false,
        }
    }

    fn hear(&mut self, settings: &Settings) {
        self.last_heard = now_micros();
        self.silence_micros = 0;
        if self.is_silent {
            self.tell(settings, "back");
        }
        self.is_silent = false;
    }

    fn miss(&mut self, settings: &Settings, micros: i64) {
        self.silence_micros += micros;
        if self.is_silent || self.silence_micros < settings.patience_micros {
            return;
        }
        self.is_silent = true;
        self.tell(settings, "silent");
    }

    fn tell(&self, settings: &Settings, state: &str) {
        let report = Json::object()
            .set("device", &self.name)
            .set("state", state)
            .set("since", self.last_heard);
        if http::post(&settings.webhook, report).is_err() {
            log::error!("The webhook did not take it: {} is {state}", self.name);
        }
    }
}
