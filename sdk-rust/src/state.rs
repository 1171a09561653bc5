//! What the workflow remembers beyond its run: text or bytes by key. A workflow that starts again, after a crash or with
//! the whole runtime, reads what it had set. The host saves what was set since the last poll with the next one, and when
//! the workflow ends with code 0: all of it or nothing. After a panic, or any other code, the state is that of the last
//! poll.
//!
//! A key has from 1 to 256 bytes. All keys and values of a workflow together have at most 65,536.
//!
//! Extension: a workflow that uses this module imports `slung.state_get`, `state_set` or `state_delete`, and hosts without
//! the extension refuse to load it.
//!
//! ```
//! # use slung::testing::MockHost;
//! use slung::{log, state, Error};
//!
//! #[slung::main]
//! fn count_runs() -> Result<(), Error> {
//!     let runs = state::number("runs")?.unwrap_or(0.0) + 1.0;
//!     state::set("runs", runs)?;
//!     log::info!("run {}", runs);
//!     Ok(())
//! }
//! # let host = MockHost::install();
//! # host.set_state("runs", "41");
//! # host.run(count_runs);
//! # assert_eq!(host.state("runs").as_deref(), Some("42"));
//! ```

use crate::abi::{slung_state_delete, slung_state_get, slung_state_set};
use crate::error::Error;
use crate::json::ToJson;
use crate::number_format::append_number;
use crate::number_text::{not_a_number, parse_number};
use crate::region::{Lent, Owned};
use crate::text::push;

/// The value of a key as text; `None` when it is not set. Bytes that are not UTF-8 become U+FFFD.
pub fn get(key: &str) -> Option<String> {
    Some(String::from_utf8_lossy(&find(key)?).into_owned())
}

/// The bytes of a key; `None` when it is not set.
pub fn get_bytes(key: &str) -> Option<Vec<u8>> {
    Some(find(key)?.to_vec())
}

/// The value of a key as a number, exactly the one that was set; `None` when the key is not set.
///
/// # Errors
///
/// [`Error::NotANumber`] for a value that is not a finite number.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// slung::state::set("name", "boiler")?;
/// assert_eq!(
///     slung::state::number("name").unwrap_err().to_string(),
///     "cannot read \"name\" from the state: found \"boiler\", expected a number such as 0.5 or -3e4"
/// );
/// # Ok::<(), slung::Error>(())
/// ```
pub fn number(key: &str) -> Result<Option<f64>, Error> {
    get(key)
        .map(|text| parse_number(&text, &["cannot read \"", key, "\" from the state"]))
        .transpose()
}

/// Sets a key to a string, a number or a bool, which is then `true` or `false`.
///
/// # Errors
///
/// With nothing changed: [`Error::NotANumber`] for a number that is not finite; [`Error::StateRefused`] for an empty key or
/// one of more than 256 bytes, and for a value for which the state has no room.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// use slung::state;
///
/// state::set("is_high", true)?;
/// state::set("count", 3)?;
/// state::set("name", "boiler")?;
/// # assert_eq!(host.state("count").as_deref(), Some("3"));
/// # Ok::<(), slung::Error>(())
/// ```
pub fn set(key: &str, value: impl ToState) -> Result<(), Error> {
    value.set_at(key)
}

/// Sets a key to a copy of these bytes.
///
/// # Errors
///
/// [`Error::StateRefused`] as in [`set`].
pub fn set_bytes(key: &str, value: &[u8]) -> Result<(), Error> {
    let (key_region, value_region) = (Lent::new(key.as_bytes()), Lent::new(value));
    // SAFETY: the Regions live until the end of this function.
    let status = unsafe { slung_state_set(key_region.address(), value_region.address()) };
    result_of(status, key)
}

/// Forgets a key. That is no error when it is not set.
///
/// # Errors
///
/// [`Error::StateRefused`] for an empty key or one of more than 256 bytes.
pub fn remove(key: &str) -> Result<(), Error> {
    let region = Lent::new(key.as_bytes());
    // SAFETY: the Region lives until the end of this function.
    result_of(unsafe { slung_state_delete(region.address()) }, key)
}

/// What [`set`] takes: strings, numbers and bools.
pub trait ToState {
    /// Sets a key to this value, as [`set`] does.
    fn set_at(&self, key: &str) -> Result<(), Error>;
}

impl ToState for str {
    fn set_at(&self, key: &str) -> Result<(), Error> {
        set_bytes(key, self.as_bytes())
    }
}

impl ToState for String {
    fn set_at(&self, key: &str) -> Result<(), Error> {
        set_bytes(key, self.as_bytes())
    }
}

impl<T: ToState + ?Sized> ToState for &T {
    fn set_at(&self, key: &str) -> Result<(), Error> {
        (**self).set_at(key)
    }
}

impl ToState for f64 {
    fn set_at(&self, key: &str) -> Result<(), Error> {
        let mut text = String::new();
        // JSON has no sign for a zero, but the same number must come back.
        if *self == 0.0 && self.is_sign_negative() {
            push(&mut text, '-');
        }
        append_number(&mut text, *self);
        if self.is_finite() {
            return text.set_at(key);
        }
        Err(not_a_number(&["cannot set \"", key, "\" in the state"], &text))
    }
}

impl ToState for f32 {
    fn set_at(&self, key: &str) -> Result<(), Error> {
        f64::from(*self).set_at(key)
    }
}

// Of these, JSON is the text itself.
macro_rules! as_json {
    ($($kind:ty)+) => {$(
        impl ToState for $kind {
            fn set_at(&self, key: &str) -> Result<(), Error> {
                let mut text = String::new();
                self.append_to(&mut text);
                text.set_at(key)
            }
        }
    )+};
}

as_json! { bool i8 u8 i16 u16 i32 u32 i64 u64 isize usize }

/// The value of a key; `None` when it is not set.
fn find(key: &str) -> Option<Owned> {
    let region = Lent::new(key.as_bytes());
    // SAFETY: the Region lives until the end of this function, and the host gives that of the value to the guest.
    unsafe { Owned::take(slung_state_get(region.address())) }
}

fn result_of(status: u32, key: &str) -> Result<(), Error> {
    match status {
        0 => Ok(()),
        _ => Err(Error::StateRefused { key: key.to_owned() }),
    }
}
