//! The workflow's configuration: environment variables, which `env` of `slung.toml` or of a spec and `--env` on the
//! command line give it. It sees no others. They do not change while it runs.
//!
//! It works on `wasm32-unknown-unknown`, where `std::env` knows no variable.
//!
//! ```
//! # use slung::testing::MockHost;
//! # let host = MockHost::install();
//! # host.set_variable("LIMIT", "80.5");
//! # fn read() -> Result<(), slung::Error> {
//! use slung::env;
//!
//! let limit = env::number("LIMIT")?.unwrap_or(100.0);
//! let room = env::get("ROOM").unwrap_or_default();
//! # assert_eq!((limit, room.as_str()), (80.5, ""));
//! # Ok(())
//! # }
//! # read().unwrap();
//! ```

use crate::abi::{environ_get, environ_sizes_get};
use crate::error::Error;
use crate::number_text::parse_number;

/// The value of a variable; `None` when it is not set. Bytes that are not UTF-8 become U+FFFD.
pub fn get(name: &str) -> Option<String> {
    if name.contains('=') {
        return None;
    }
    let variables = read();
    let mut entries = variables.split(|&byte| byte == 0);
    let value = entries.find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// The value of a variable as a number, written in decimal; `None` when it is not set.
///
/// # Errors
///
/// [`Error::NotANumber`] for a value that is not a finite number.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.set_variable("LIMIT", "1OO");
/// assert_eq!(
///     slung::env::number("LIMIT").unwrap_err().to_string(),
///     "cannot read the variable LIMIT: found \"1OO\", expected a number such as 0.5 or -3e4"
/// );
/// ```
pub fn number(name: &str) -> Result<Option<f64>, Error> {
    get(name)
        .map(|text| parse_number(&text, &["cannot read the variable ", name]))
        .transpose()
}

/// All variables as `NAME=value`, each with a NUL at its end; nothing when the host has none.
fn read() -> Vec<u8> {
    let (mut count, mut size) = (0, 0);
    // SAFETY: both live for longer than the call.
    if unsafe { environ_sizes_get(&mut count, &mut size) } != 0 {
        return Vec::new();
    }
    let mut list = vec![std::ptr::null_mut(); count];
    let mut buffer = vec![0; size];
    // SAFETY: both are as long as the host said.
    match unsafe { environ_get(list.as_mut_ptr(), buffer.as_mut_ptr()) } {
        0 => buffer,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MockHost;

    #[test]
    fn each_variable_is_found_by_its_whole_name() {
        let host = MockHost::install();
        assert_eq!(get("LIMIT"), None);
        for (name, value) in [("LIMIT", "100"), ("LIMITS", "x=y"), ("NONE", ""), ("ORT", "Zürich 😀")] {
            host.set_variable(name, value);
        }

        for (name, value) in [("LIMIT", "100"), ("LIMITS", "x=y"), ("NONE", ""), ("ORT", "Zürich 😀")] {
            assert_eq!(get(name).as_deref(), Some(value));
        }
        for name in ["LIM", "LIMITS=x", "", "limit"] {
            assert_eq!(get(name), None, "{}", name);
        }
    }

    #[test]
    fn numbers_are_decimal_and_finite() {
        let host = MockHost::install();
        assert_eq!(number("LIMIT"), Ok(None));
        for (text, value) in [("100", 100.0), ("-0.5", -0.5), ("3e4", 30_000.0)] {
            host.set_variable("LIMIT", text);
            assert_eq!(number("LIMIT"), Ok(Some(value)));
        }
        for text in ["", "1OO", "5 ", "0x10", "1e999", "NaN"] {
            host.set_variable("LIMIT", text);
            assert!(number("LIMIT").is_err(), "{}", text);
        }
    }
}
