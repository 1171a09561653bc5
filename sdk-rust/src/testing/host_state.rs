//! The host behind a [`MockHost`](super::MockHost): scripts in, effects out, over plain lists.

use super::effect::Effect;
use super::guest_state::{check_key, check_value};
use super::written_event::parse_written_event;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// Thrown out of a poll when nothing is scripted any more: the way a host ends a run from inside the workflow.
#[derive(Debug)]
pub struct FeedDrained {
    /// Whether a `MockHost::run` catches it.
    pub awaited: bool,
}

impl FeedDrained {
    pub fn unwind(self) -> ! {
        if self.awaited {
            std::panic::resume_unwind(Box::new(self));
        }
        panic!(
            "cannot poll: every scripted Event was delivered and nothing is left to wait for, \
             expected the workflow to run inside MockHost::run"
        );
    }
}

// Connections are counted from 1, and no number beyond 2^53 − 1 is one.
const PRODUCER_MAX: u64 = (1 << 53) - 1;

#[derive(Default)]
pub struct HostState {
    /// µs since the Unix epoch.
    pub now: i64,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// What the workflow remembers, as set, whether a host would have saved it yet or not.
    pub state: BTreeMap<String, Vec<u8>>,
    pub last_error: String,
    pub last_status: u32,
    pub effects: Vec<Effect>,
    /// Events per query text, as JSON; `None` is a poll that finds nothing.
    pub feeds: HashMap<String, VecDeque<Option<String>>>,
    pub histories: HashMap<String, f64>,
    pub responses: VecDeque<(u32, Vec<u8>)>,
    pub refusals: VecDeque<String>,
    /// Query text per open handle.
    pub handles: BTreeMap<u64, String>,
    /// Whether a `MockHost::run` is under way.
    pub running: bool,
    last_handle: u64,
    /// What the log has about handles that are not open.
    reported: HashSet<String>,
    pending_line: HashMap<u32, Vec<u8>>,
}

impl HostState {
    /// Takes a scripted refusal, if there is one, as the reason of this call.
    fn refused(&mut self) -> bool {
        let refusal = self.refusals.pop_front();
        let refused = refusal.is_some();
        self.last_error = refusal.unwrap_or_default();
        refused
    }

    /// `NAME=value` of each variable, with the NUL at its end.
    pub fn variables(&self) -> Vec<String> {
        let pairs = self.environment.iter();
        pairs.map(|(name, value)| format!("{}={}\0", name, value)).collect()
    }

    pub fn query_live(&mut self, query: String) -> u64 {
        if self.refused() {
            return 0;
        }
        self.last_handle += 1;
        self.handles.insert(self.last_handle, query);
        self.last_handle
    }

    pub fn query_history(&mut self, query: &str) -> f64 {
        if self.refused() {
            return f64::NAN;
        }
        self.histories.get(query).copied().unwrap_or(f64::NAN)
    }

    pub fn poll(&mut self, handle: u64) -> Result<Option<String>, FeedDrained> {
        self.last_error.clear();
        let query = match self.handles.get(&handle) {
            Some(query) => query,
            None => {
                self.refuse_handle("u_poll_handle", handle);
                return Ok(None);
            }
        };
        if let Some(event) = self.feeds.get_mut(query).and_then(VecDeque::pop_front) {
            return Ok(event);
        }
        let waiting = |other| self.feeds.get(other).map_or(false, |feed| !feed.is_empty());
        if self.handles.values().any(waiting) {
            return Ok(None);
        }
        Err(FeedDrained { awaited: self.running })
    }

    pub fn free(&mut self, handle: u64) -> bool {
        self.last_error.clear();
        let known = self.handles.remove(&handle).is_some();
        if !known {
            self.refuse_handle("u_free_handle", handle);
        }
        known
    }

    /// Says that a handle is not open: to the guest each time, to the log once, since a workflow may poll in a loop.
    fn refuse_handle(&mut self, call: &str, handle: u64) {
        self.last_error = format!("handle {} is unknown, or was freed before", handle);
        let text = format!("{}: {}", call, self.last_error);
        if self.reported.insert(text.clone()) {
            self.effects.push(Effect::Log { stream: "host", text });
        }
    }

    pub fn write_event(&mut self, timestamp: &str, value: &str, tags: &str) -> bool {
        if self.refused() {
            return false;
        }
        match parse_written_event(timestamp, value, tags) {
            Ok(event) => self.effects.push(event),
            Err(reason) => self.last_error = format!("cannot write the event: {}", reason),
        }
        self.last_error.is_empty()
    }

    pub fn writeback_ws(&mut self, producer: u64, text: String) -> bool {
        if producer == 0 || producer > PRODUCER_MAX {
            self.last_error = format!("connection {} is unknown", producer);
            return false;
        }
        if self.refused() {
            return false;
        }
        self.effects.push(Effect::Ws { producer, text });
        true
    }

    /// The body of a 2xx.
    pub fn writeback_http(&mut self, method: u32, url: String, body: String) -> Option<Vec<u8>> {
        self.last_status = 0;
        if self.refused() {
            return None;
        }
        let method = ["GET", "POST", "PUT", "DELETE"][method as usize];
        let (status, response) = self.responses.pop_front().unwrap_or((200, Vec::new()));
        self.last_status = status;
        if !(200..300).contains(&status) {
            self.last_error = format!("the server answered with status {}", status);
        }
        self.effects.push(Effect::Http {
            method,
            url,
            body,
            status,
        });
        Some(response).filter(|_| self.last_error.is_empty())
    }

    pub fn state_get(&mut self, key: &str) -> Option<Vec<u8>> {
        self.last_error = check_key("get", key).err().unwrap_or_default();
        self.state.get(key).cloned()
    }

    pub fn state_set(&mut self, key: String, value: Vec<u8>) -> bool {
        let room = check_value(&self.state, &key, &value);
        let is_allowed = self.allows(check_key("set", &key).and(room));
        if is_allowed {
            self.state.insert(key, value);
        }
        is_allowed
    }

    pub fn state_delete(&mut self, key: &str) -> bool {
        let is_allowed = self.allows(check_key("delete", key));
        if is_allowed {
            self.state.remove(key);
        }
        is_allowed
    }

    /// Whether nothing speaks against this call; otherwise the reason is kept.
    fn allows(&mut self, check: Result<(), String>) -> bool {
        match check {
            Ok(()) => !self.refused(),
            Err(reason) => {
                self.last_error = reason;
                false
            }
        }
    }

    /// Keeps what follows the last line feed for the next call.
    pub fn write_log(&mut self, fd: u32, bytes: &[u8]) {
        let stream = if fd == 1 { "stdout" } else { "stderr" };
        let pending = self.pending_line.entry(fd).or_default();
        pending.extend_from_slice(bytes);
        while let Some(end) = pending.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            let text = line[..end].strip_suffix(b"\r").unwrap_or(&line[..end]);
            let text = String::from_utf8_lossy(text).into_owned();
            self.effects.push(Effect::Log { stream, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_that_is_not_open_is_refused_each_time_and_logged_once() {
        let mut host = HostState::default();
        let handle = host.query_live("COUNT:temp:[]".to_owned());
        assert!(host.free(handle));
        for _ in 0..2 {
            assert_eq!(host.poll(handle).unwrap(), None);
            assert_eq!(host.last_error, "handle 1 is unknown, or was freed before");
            assert!(!host.free(u64::MAX));
        }

        let log: Vec<String> = host.effects.iter().map(ToString::to_string).collect();
        assert_eq!(
            log,
            [
                "host u_poll_handle: handle 1 is unknown, or was freed before",
                "host u_free_handle: handle 18446744073709551615 is unknown, or was freed before"
            ]
        );
    }
}
