//! What `#[slung::main]` expands to: the export `call`, and a line on stderr when a workflow fails.

use crate::log::{write_line, Level};
#[cfg(target_arch = "wasm32")]
use crate::{
    log::{write_all, STDERR},
    text::{append_integer, join, push},
};
use std::fmt::{Display, Write};

/// What a workflow may return: `()`, or a `Result` whose error can be displayed.
pub trait Outcome {
    /// The code for the host: 0 ok, 1 error. An error has been logged.
    fn into_code(self) -> i32;
}

impl Outcome for () {
    fn into_code(self) -> i32 {
        0
    }
}

impl<E: Display> Outcome for Result<(), E> {
    fn into_code(self) -> i32 {
        match self {
            Ok(()) => 0,
            Err(error) => {
                let mut text = String::new();
                // Writing to a String cannot fail; `to_string` would link the panic for the case that it does.
                let _ = write!(text, "{}", error);
                write_line(Level::Error, &text);
                1
            }
        }
    }
}

/// Runs a workflow as the host's `call` does.
pub fn enter<R: Outcome>(workflow: fn() -> R) -> i32 {
    #[cfg(target_arch = "wasm32")]
    report_panics();
    workflow().into_code()
}

/// One line on stderr; the trap that follows shows the frames. `wasm32-unknown-unknown` alone says nothing.
#[cfg(target_arch = "wasm32")]
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let message = match payload.downcast_ref::<&str>() {
            Some(text) => text,
            None => payload.downcast_ref::<String>().map_or("no message", |text| text),
        };
        let mut line = String::from("panicked at ");
        if let Some(location) = panic.location() {
            line.push_str(location.file());
            for number in [location.line(), location.column()] {
                push(&mut line, ':');
                append_integer(&mut line, false, u64::from(number));
            }
        }
        write_all(STDERR, &join(&[&line, ": ", message, "\n"]));
    }));
}

/// The export behind `#[slung::main]`.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($workflow:ident) => {
        const _: () = {
            #[allow(dead_code)]
            #[cfg_attr(target_arch = "wasm32", no_mangle)]
            pub extern "C" fn call() -> i32 {
                $crate::__enter($workflow)
            }
        };
    };
}
