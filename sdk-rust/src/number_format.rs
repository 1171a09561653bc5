//! Double to text, exactly as JavaScript's `String(number)` prints it: the fewest digits that read back as the same
//! double, and of those the nearest, laid out by the rules of ECMAScript `Number::toString`.
//!
//! The digits come from the free-format algorithm of Steele & White and Dragon4 over `big_natural.rs`. The standard
//! library's own printing would do too, but makes a module 36 kB larger.

use crate::big_natural::BigNatural;
use crate::text::{append_integer, push};
use std::cmp::Ordering;

/// Appends `value` as JavaScript prints it: `1`, `41.2`, `1e+21`, `NaN`.
pub fn append_number(text: &mut String, value: f64) {
    if value.is_nan() {
        return text.push_str("NaN");
    }
    if value < 0.0 {
        push(text, '-');
    }
    let value = value.abs();
    if value == 0.0 {
        return push(text, '0');
    }
    if value.is_infinite() {
        return text.push_str("Infinity");
    }
    let decimal = find_short_decimal(value).unwrap_or_else(|| find_shortest_digits(value));
    lay_out(text, &decimal);
}

/// 0.DIGITS · 10^point, DIGITS being a natural number of `length` digits that does not end in 0.
struct Decimal {
    digits: u64,
    length: i32,
    point: i32,
}

/// Tries m / 10^places for few places and m below 10^15. Decimals of 15 digits or fewer are all different doubles, so
/// the first that divides back is the shortest there is.
fn find_short_decimal(value: f64) -> Option<Decimal> {
    let mut power = 1.0;
    for places in 0..=15 {
        let m = (value * power + 0.5) as u64;
        if m >= 1_000_000_000_000_000 {
            return None;
        }
        if m as f64 / power == value {
            let (mut digits, mut length, mut zeros) = (m, 0, 0);
            while digits % 10 == 0 {
                digits /= 10;
                zeros += 1;
            }
            let mut rest = digits;
            while rest > 0 {
                rest /= 10;
                length += 1;
            }
            let point = length + zeros - places;
            return Some(Decimal { digits, length, point });
        }
        power *= 10.0;
    }
    None
}

/// Generates digits until the rest lies within half the gap to the neighbouring doubles.
fn find_shortest_digits(value: f64) -> Decimal {
    let bits = value.to_bits();
    let field = (bits >> 52) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = if field == 0 { fraction } else { fraction | 1 << 52 };
    let exponent = field.max(1) - 1075;
    // A double that is even wins ties, so the ends of its interval belong to it.
    let even = mantissa & 1 == 0;
    // Below a power of two the gap is half as wide.
    let unit = if fraction == 0 && field > 1 { 2 } else { 1 };

    // value = remainder / scale · 10^point; `below` and `above` are those half gaps in the same unit.
    let mut remainder = BigNatural::new(mantissa);
    let mut below = BigNatural::new(1);
    let mut above = BigNatural::new(unit as u64);
    let mut scale = BigNatural::new(1);
    remainder.shift_left(unit + exponent.max(0));
    below.shift_left(exponent.max(0));
    above.shift_left(exponent.max(0));
    scale.shift_left(unit + (-exponent).max(0));

    // log10(2) · (binary length − 1), rounded up a little late: never too large, at most one too small.
    let length = exponent + 63 - mantissa.leading_zeros() as i32;
    let estimate = f64::from(length) * 0.301_029_995_663_981_14 - 1e-10;
    let mut point = estimate as i32 + i32::from(estimate > 0.0);
    scale.multiply_by_power_of_ten(point);
    for number in [&mut remainder, &mut below, &mut above] {
        number.multiply_by_power_of_ten(-point);
    }
    if reaches(&remainder, &above, &scale, even) {
        point += 1;
    } else {
        for number in [&mut remainder, &mut below, &mut above] {
            number.multiply(10);
        }
    }

    let (mut digits, mut length) = (0, 0);
    loop {
        let mut digit: u64 = 0;
        while remainder.compare(&scale) != Ordering::Less {
            remainder.subtract(&scale);
            digit += 1;
        }
        let order = remainder.compare(&below);
        let low = order == Ordering::Less || even && order == Ordering::Equal;
        let high = reaches(&remainder, &above, &scale, even);
        // With both ends in reach: take the nearer one, and the even one on a tie.
        let up = high && (!low || reaches(&remainder, &remainder, &scale, digit & 1 != 0));
        digits = digits * 10 + digit + u64::from(up);
        length += 1;
        if low || high {
            return Decimal { digits, length, point };
        }
        for number in [&mut remainder, &mut below, &mut above] {
            number.multiply(10);
        }
    }
}

/// Whether a + b > limit, or also a + b = limit.
#[inline(never)]
fn reaches(a: &BigNatural, b: &BigNatural, limit: &BigNatural, inclusive: bool) -> bool {
    let mut sum = a.clone();
    sum.add(b);
    let order = sum.compare(limit);
    order == Ordering::Greater || inclusive && order == Ordering::Equal
}

/// Appends a decimal by the rules of ECMAScript `Number::toString`.
fn lay_out(text: &mut String, decimal: &Decimal) {
    let Decimal { digits, length, point } = *decimal;
    let scientific = !(-6 < point && point <= 21);
    // How many digits precede the point.
    let whole = if scientific { 1 } else { point };
    if whole <= 0 {
        push(text, '0');
        push(text, '.');
        push_zeros(text, -whole);
    }
    let mut place = power_of_ten(length - 1);
    for index in 0..length {
        if index == whole && index > 0 {
            push(text, '.');
        }
        // If the divisor might be 0, the module would contain a panic and the path of this file for it.
        push(text, char::from(b'0' + (digits / place.max(1) % 10) as u8));
        place /= 10;
    }
    push_zeros(text, whole - length);
    if scientific {
        text.push_str(if point > 0 { "e+" } else { "e-" });
        append_integer(text, false, u64::from((point - 1).unsigned_abs()));
    }
}

fn push_zeros(text: &mut String, count: i32) {
    for _ in 0..count {
        push(text, '0');
    }
}

fn power_of_ten(power: i32) -> u64 {
    (0..power).fold(1, |result, _| result * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format_number(value: f64) -> String {
        let mut text = String::new();
        append_number(&mut text, value);
        text
    }

    #[test]
    fn numbers_print_as_in_javascript() {
        let expected: [(f64, &str); 26] = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (41.2, "41.2"),
            (100.0, "100"),
            (123456789.0, "123456789"),
            (0.1, "0.1"),
            (0.30000000000000004, "0.30000000000000004"),
            (101.53333333333334, "101.53333333333335"),
            (0.000001, "0.000001"),
            (0.0000012345, "0.0000012345"),
            (1e-7, "1e-7"),
            (1.25e-7, "1.25e-7"),
            (1e20, "100000000000000000000"),
            (123456789012345680000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (-1.5e21, "-1.5e+21"),
            (1e300, "1e+300"),
            (9007199254740993.0, "9007199254740992"),
            (4294967296.5, "4294967296.5"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (2.2250738585072014e-308, "2.2250738585072014e-308"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];

        for (value, text) in expected {
            assert_eq!(format_number(value), text);
        }
        assert_eq!(format_number(f64::NAN), "NaN");
    }

    /// The standard library finds as many digits, but on a tie it takes the upper one, and JavaScript the even one.
    fn assert_shortest(value: f64) {
        let text = format_number(value);
        assert_eq!(text.parse(), Ok(value));
        let digit_count = |text: &str| {
            let mantissa = text.split('e').next().unwrap_or("");
            let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
            digits.trim_matches('0').len()
        };
        assert_eq!(digit_count(&text), digit_count(&format!("{:e}", value)), "{}", text);
    }

    #[test]
    fn every_number_has_its_shortest_digits() {
        // A linear congruential walk over all bit patterns: the same numbers in every run.
        let mut bits: u64 = 1;
        for _ in 0..2_000 {
            bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let value = f64::from_bits(bits);
            if value.is_finite() {
                assert_shortest(value);
                // An average of few samples: an exponent near 0.
                assert_shortest(bits as f64 / 3e17);
            }
        }
    }
}
