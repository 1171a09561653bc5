//! A dead-man switch: says once when a device has been silent for five minutes, and once when it is back.
//!
//! A device is heard from when the workflow polls one of its samples, whatever the timestamp: one whose clock is wrong,
//! or whose samples come late, is alive. That is why the clock is `now_micros()` here, and not that of the Events.
use slung::{http, log, now_micros, Error, Json, Query, MINUTE};

const PATIENCE_MICROS: i64 = 5 * MINUTE;
const WEBHOOK: &str = "https://hooks.example.com/devices";

#[slung::main]
fn main() -> Result<(), Error> {
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
                device.hear();
            } else {
                device.miss(waited_micros);
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

    fn hear(&mut self) {
        self.last_heard = now_micros();
        self.silence_micros = 0;
        if self.is_silent {
            self.tell("back");
        }
        self.is_silent = false;
    }

    fn miss(&mut self, micros: i64) {
        self.silence_micros += micros;
        if self.is_silent || self.silence_micros < PATIENCE_MICROS {
            return;
        }
        self.is_silent = true;
        self.tell("silent");
    }

    fn tell(&self, state: &str) {
        let report = Json::object()
            .set("device", &self.name)
            .set("state", state)
            .set("since", self.last_heard);
        if http::post(WEBHOOK, report).is_err() {
            log::error!("The webhook did not take it: {} is {state}", self.name);
        }
    }
}
