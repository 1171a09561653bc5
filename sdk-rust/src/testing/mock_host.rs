//! The host of one test: what scripts it, runs a workflow on it and asks what happened.

use super::effect::Effect;
use super::host_state::{FeedDrained, HostState};
use crate::json::Json;
use crate::published::forget_operators;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

thread_local! {
    // Each test has its own thread, so tests run in parallel.
    static HOST: RefCell<Option<HostState>> = const { RefCell::new(None) };
}

/// Lets the installed host answer. Panics when none is installed.
pub(crate) fn with_host<T>(answer: impl FnOnce(&mut HostState) -> T) -> T {
    HOST.with(|host| match host.borrow_mut().as_mut() {
        Some(state) => answer(state),
        None => {
            panic!("cannot call the host: none is installed, expected `let host = MockHost::install();` in this test")
        }
    })
}

/// Whether this thread has a host.
pub(crate) fn has_host() -> bool {
    HOST.with(|host| host.borrow().is_some())
}

/// The host of this test, for as long as it lives.
///
/// Dropping it fails the test when live queries are still open: a workflow that returns should have freed them.
///
/// It stays on the thread that installed it:
///
/// ```compile_fail,E0277
/// let host = slung::testing::MockHost::install();
/// std::thread::spawn(move || drop(host));
/// ```
#[derive(Debug)]
#[must_use = "the host is gone when this is dropped; bind it to a name"]
pub struct MockHost {
    /// Makes it neither `Send` nor `Sync`.
    thread: PhantomData<*const ()>,
}

impl MockHost {
    /// Installs a host for this thread.
    ///
    /// # Panics
    ///
    /// When one is already installed.
    pub fn install() -> MockHost {
        let before = HOST.with(|host| host.borrow_mut().replace(HostState::default()));
        assert!(before.is_none(), "cannot install a MockHost: this test has one already");
        // The handles of an earlier host were other queries.
        forget_operators();
        MockHost { thread: PhantomData }
    }

    /// Runs a workflow. `None` when the host ended it: every scripted Event was delivered, and it polled for more.
    ///
    /// What such a workflow had open is closed by the host, as at the end of any run.
    pub fn run<T>(&self, workflow: impl FnOnce() -> T) -> Option<T> {
        with_host(|host| host.running = true);
        let result = catch_unwind(AssertUnwindSafe(workflow));
        with_host(|host| host.running = false);
        match result {
            Ok(result) => Some(result),
            Err(payload) if payload.is::<FeedDrained>() => {
                with_host(|host| host.handles.clear());
                None
            }
            Err(payload) => resume_unwind(payload),
        }
    }

    /// Scripts the next Event of a live query, by its text.
    pub fn deliver(&self, query: &str, timestamp: i64, value: f64, tags: &[&str], producers: &[u64]) {
        let event = Json::object().set("timestamp", timestamp).set("value", value);
        let event = event.set("tags", tags).set("producers", producers);
        self.deliver_json(query, event.as_ref());
    }

    /// Scripts the next Event as the JSON the host would send.
    pub fn deliver_json(&self, query: &str, event: &str) {
        script(query, Some(event.to_owned()));
    }

    /// Makes the next poll of a query find nothing. Once nothing is scripted any more, a poll ends the run.
    pub fn deliver_nothing(&self, query: &str) {
        script(query, None);
    }

    /// Scripts what a historical query answers, from now on. Not scripted = no value.
    pub fn answer_history(&self, query: &str, value: f64) {
        with_host(|host| host.histories.insert(query.to_owned(), value));
    }

    /// Scripts the response to the next HTTP request; `body` is a text or any bytes. Not scripted = 200 with an empty body.
    pub fn answer_http(&self, status: u32, body: impl AsRef<[u8]>) {
        with_host(|host| host.responses.push_back((status, body.as_ref().to_owned())));
    }

    /// Makes the host refuse the next call that it can refuse, for this reason. Reading the state is not one.
    pub fn refuse(&self, reason: &str) {
        with_host(|host| host.refusals.push_back(reason.to_owned()));
    }

    /// Sets an environment variable.
    pub fn set_variable(&self, name: &str, value: &str) {
        with_host(|host| host.environment.insert(name.to_owned(), value.to_owned()));
    }

    /// Sets a key of the state, to a text or any bytes: what the workflow remembers from an earlier run.
    pub fn set_state(&self, key: &str, value: impl AsRef<[u8]>) {
        with_host(|host| host.state.insert(key.to_owned(), value.as_ref().to_owned()));
    }

    /// The value that a key of the state has now; `None` when it is not set. Bytes that are not UTF-8 become U+FFFD.
    pub fn state(&self, key: &str) -> Option<String> {
        let text = |value: &Vec<u8>| String::from_utf8_lossy(value).into_owned();
        with_host(|host| host.state.get(key).map(text))
    }

    /// Sets the clock, in µs since the Unix epoch.
    pub fn set_now(&self, timestamp: i64) {
        with_host(|host| host.now = timestamp);
    }

    /// What the workflow did since the last call, oldest first.
    pub fn take_effects(&self) -> Vec<Effect> {
        with_host(|host| std::mem::take(&mut host.effects))
    }

    /// How many live queries are open.
    pub fn open_handles(&self) -> usize {
        with_host(|host| host.handles.len())
    }
}

fn script(query: &str, event: Option<String>) {
    with_host(|host| {
        let feed = host.feeds.entry(query.to_owned()).or_default();
        feed.push_back(event);
    });
}

impl Drop for MockHost {
    fn drop(&mut self) {
        let state = HOST.with(|host| host.borrow_mut().take());
        let open = state.map(|state| state.handles).unwrap_or_default();
        if !open.is_empty() && !std::thread::panicking() {
            let queries: Vec<String> = open.into_values().collect();
            panic!(
                "cannot end the test: live queries are still open: {}, expected each to be dropped, closed or freed",
                queries.join("; ")
            );
        }
    }
}
