//! A dead-man switch: says once when a device has been silent for a while (`PATIENCE_MINUTES`), and once when it is back.
//!
//! A device is heard from when the workflow polls one of its samples, whatever the timestamp: one whose clock is wrong,
//! or whose samples come late, is alive. That is why the clock is `now_micros()` here, and not that of the Events.
//!
//! The state has what is known of each device, so one that falls silent while the workflow starts again is missed, too.
use slung::{env, http, log, now_micros, state, Error, Json, Query, MINUTE};

#[slung::main]
fn main() -> Result<(), Error> {
    let patience_micros = (env::number("PATIENCE_MINUTES")?.unwrap_or(5.0) * MINUTE as f64) as i64;
    let mut webhook = Webhook::new()?;
    // All time: a window would leave out the samples of a device whose clock is far behind those of the others.
    let mut heartbeats = Query::count("heartbeat").live()?;
    let mut devices = recall_devices()?;
    loop {
        let event = heartbeats.poll()?;
        let sender = event.as_ref().and_then(|event| event.tag("device"));
        if let Some(name) = sender {
            if !devices.iter().any(|device| device.name == name) {
                devices.push(Device::recall(name)?);
                remember_names(&devices);
            }
        }
        // All devices, after every poll: while one of them keeps sending, no poll finds nothing.
        for device in &mut devices {
            if sender == Some(device.name.as_str()) {
                device.hear(&mut webhook, patience_micros);
            } else {
                device.miss(&mut webhook);
            }
        }
    }
}

struct Device {
    name: String,
    last_heard: i64,
    /// When it will be silent, by the clock of the webhook; 0 once that was reported.
    silent_at: i64,
}

impl Device {
    fn recall(name: &str) -> Result<Device, Error> {
        Ok(Device {
            name: name.to_owned(),
            last_heard: state::number(&format!("heard {name}"))?.unwrap_or(0.0) as i64,
            silent_at: state::number(&format!("silent {name}"))?.map_or(i64::MAX, |time| time as i64),
        })
    }

    fn hear(&mut self, webhook: &mut Webhook, patience_micros: i64) {
        self.last_heard = now_micros();
        remember(&format!("heard {}", self.name), self.last_heard);
        if self.silent_at == 0 {
            webhook.tell(&self.name, "back", self.last_heard);
        }
        self.expect_at(webhook.clock() + patience_micros);
    }

    fn miss(&mut self, webhook: &mut Webhook) {
        if self.silent_at == 0 || webhook.clock() < self.silent_at {
            return;
        }
        webhook.tell(&self.name, "silent", self.last_heard);
        self.expect_at(0);
    }

    fn expect_at(&mut self, silent_at: i64) {
        self.silent_at = silent_at;
        remember(&format!("silent {}", self.name), silent_at);
    }
}

struct Webhook {
    url: String,
    answer_micros: i64,
}

impl Webhook {
    fn new() -> Result<Webhook, Error> {
        Ok(Webhook {
            url: env::get("WEBHOOK").unwrap_or_else(|| "https://hooks.example.com/devices".into()),
            answer_micros: state::number("answer_micros")?.unwrap_or(0.0) as i64,
        })
    }

    /// Time that passes while the webhook answers is not silence: what is sent meanwhile waits to be polled.
    fn clock(&self) -> i64 {
        now_micros() - self.answer_micros
    }

    fn tell(&mut self, device: &str, news: &str, since: i64) {
        let start = now_micros();
        let report = Json::object()
            .set("device", device)
            .set("state", news)
            .set("since", since);
        if http::post(&self.url, report).is_err() {
            log::error!("The webhook did not take it: {device} is {news}");
        }
        self.answer_micros += now_micros() - start;
        remember("answer_micros", self.answer_micros);
    }
}

/// The devices of an earlier run. Their names are tags, which have no line feed.
fn recall_devices() -> Result<Vec<Device>, Error> {
    match state::get("devices") {
        Some(names) => names.split('\n').map(Device::recall).collect(),
        None => Ok(Vec::new()),
    }
}

fn remember_names(devices: &[Device]) {
    let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
    remember("devices", names.join("\n"));
}

/// Where the state has no room, the host's log says so, and the device is missed as before until the next restart.
fn remember(key: &str, value: impl state::ToState) {
    let _ = state::set(key, value);
}
