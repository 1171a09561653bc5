//! Decimal to double, correctly rounded (to nearest, ties to even), without the standard library's
//! parser and its tables, which make a module 20 kB larger.
//!
//! Two paths, each exact. A short mantissa with a small power of ten is one hardware operation on two exact doubles
//! (Clinger's fast path); everything else is a division of two [`BigNatural`]s.

use crate::big_natural::BigNatural;
use std::cmp::Ordering;

// 10^22 is the largest power of ten that is a double.
const EXACT_POWER_OF_TEN_MAX: i32 = 22;

/// The double nearest to w · 10^e. Infinity above the range, 0 below it.
pub fn decimal_to_double(w: u64, e: i32) -> f64 {
    if w == 0 || e < -345 {
        return 0.0;
    }
    if e > 310 {
        return f64::INFINITY;
    }
    if w <= 1 << 53 && e.abs() <= EXACT_POWER_OF_TEN_MAX {
        let mut scale = 1.0;
        for _ in 0..e.abs() {
            scale *= 10.0;
        }
        return if e < 0 { w as f64 / scale } else { w as f64 * scale };
    }
    divide(w, e)
}

/// w · 10^e as a ratio of two numbers without their powers of two, one bit of quotient at a time.
fn divide(w: u64, e: i32) -> f64 {
    let mut numerator = BigNatural::new(w);
    let mut denominator = BigNatural::new(1);
    numerator.multiply_by_power_of_five(e);
    denominator.multiply_by_power_of_five(-e);
    // Bring both to the same length, so that the quotient is between 1/2 and 2.
    let shift = denominator.bit_length() - numerator.bit_length();
    numerator.shift_left(shift);
    denominator.shift_left(-shift);
    let mut mantissa: u64 = 0;
    for _ in 0..64 {
        mantissa <<= 1;
        if numerator.compare(&denominator) != Ordering::Less {
            numerator.subtract(&denominator);
            mantissa |= 1;
        }
        numerator.shift_left(1);
    }
    round_to_double(mantissa, e - shift - 63, !numerator.is_zero())
}

/// The double nearest to mantissa · 2^e, plus something less than one unit of the mantissa when `sticky`.
fn round_to_double(mantissa: u64, e: i32, sticky: bool) -> f64 {
    let shift = mantissa.leading_zeros() as i32;
    let mantissa = mantissa << shift;
    // The value is now mantissa / 2^63 · 2^exponent.
    let mut exponent = e + 63 - shift;
    if exponent > 1023 {
        return f64::INFINITY;
    }
    let mut drop = 11;
    if exponent < -1022 {
        // Subnormal: fewer bits are left.
        drop -= exponent + 1022;
        exponent = -1023;
        if drop > 64 {
            return 0.0;
        }
    }
    let mut kept = mantissa.checked_shr(drop as u32).unwrap_or(0);
    let half = 1_u64 << (drop - 1);
    let dropped = mantissa & (half | (half - 1));
    if dropped > half || (dropped == half && (sticky || kept & 1 != 0)) {
        kept += 1;
    }
    // A normal mantissa brings its hidden bit, which adds one to the exponent field; so does rounding up to the next
    // power.
    let field = if exponent == -1023 { 0 } else { (exponent + 1022) as u64 };
    f64::from_bits((field << 52) + kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_nearest(w: u64, e: i32) {
        let expected: f64 = format!("{}e{}", w, e).parse().unwrap();
        let found = decimal_to_double(w, e);
        assert_eq!(
            found.to_bits(),
            expected.to_bits(),
            "{}e{} is {}, not {}",
            w,
            e,
            expected,
            found
        );
    }

    #[test]
    fn decimals_read_as_the_standard_library_reads_them() {
        // A linear congruential walk: the same numbers in every run.
        let mut random: u64 = 7;
        for _ in 0..20_000 {
            random = random
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let digits = random >> (random >> 58);
            assert_nearest(digits, (random >> 20) as i32 % 350);
            assert_nearest(digits, (random >> 20) as i32 % 30);
        }
    }

    #[test]
    fn the_ends_of_the_range_and_ties_are_exact() {
        let decimals: [(u64, i32); 14] = [
            (0, 0),
            (1, 0),
            (9007199254740993, 0),
            (9007199254740995, 0),
            (17976931348623157, 292),
            (17976931348623158, 292),
            (17976931348623159, 292),
            (5, -324),
            (24703282292062327, -340),
            (24703282292062328, -340),
            (2225073858507201, -323),
            (22250738585072014, -324),
            (u64::MAX, -19),
            (u64::MAX, 300),
        ];

        for (w, e) in decimals {
            assert_nearest(w, e);
        }
    }
}
