//! Assembles text with little code: the standard library's ways to do it would bring formatting and panics into a
//! module that needs neither.

use std::fmt;

/// Appends a character. Not inlined: it takes a hundred bytes of code.
#[inline(never)]
pub fn push(text: &mut String, letter: char) {
    text.push(letter);
}

// Digits of the largest u64.
const U64_DIGITS: usize = 20;

/// Appends an integer in decimal.
pub fn append_integer(text: &mut String, negative: bool, magnitude: u64) {
    if negative {
        push(text, '-');
    }
    let mut digits = [b'0'; U64_DIGITS];
    let mut rest = magnitude;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    let last = digits.len() - 1;
    let first = digits.iter().position(|&digit| digit != b'0').unwrap_or(last);
    for &digit in digits.iter().skip(first) {
        push(text, char::from(digit));
    }
}

/// An integer in decimal.
pub fn decimal(number: u64) -> String {
    let mut text = String::new();
    append_integer(&mut text, false, number);
    text
}

/// White space as hosts trim it around a tag, which is as JavaScript does: with U+FEFF, without U+0085.
pub fn is_white_space(letter: char) -> bool {
    letter == '\u{feff}' || letter.is_whitespace() && letter != '\u{85}'
}

/// The parts, concatenated.
pub fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Displays the parts, concatenated.
pub fn tell(f: &mut fmt::Formatter<'_>, parts: &[&str]) -> fmt::Result {
    f.write_str(&join(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_print_in_decimal() {
        let mut text = String::new();
        append_integer(&mut text, false, 0);
        text.push(' ');
        append_integer(&mut text, false, u64::MAX);
        text.push(' ');
        append_integer(&mut text, true, i64::MIN.unsigned_abs());

        assert_eq!(text, "0 18446744073709551615 -9223372036854775808");
    }
}
