//! A whole text as a number: what `env::number` and `state::number` make of a variable and of a remembered value.

use crate::error::Error;
use crate::json_reader::Reader;
use crate::text::join;

/// The finite number that `text` is, in decimal. `action` is what is tried, for the message of the error.
pub fn parse_number(text: &str, action: &[&str]) -> Result<f64, Error> {
    let mut reader = Reader::new(text.as_bytes());
    let number = reader.double();
    if reader.is_done() && number.is_finite() {
        return Ok(number);
    }
    Err(not_a_number(action, &join(&["\"", text, "\""])))
}

/// The error of `action`, which expects a finite number.
pub fn not_a_number(action: &[&str], found: &str) -> Error {
    let action = join(action);
    let message = join(&[&action, ": found ", found, ", expected a number such as 0.5 or -3e4"]);
    Error::NotANumber { message }
}
