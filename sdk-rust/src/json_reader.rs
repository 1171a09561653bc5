//! A cursor over JSON bytes: the tokens that `event_decoder.rs` reads.
//!
//! The first [`Reader::fail`] wins. It closes the input, so that every later read finds the end and returns quickly; a
//! caller reads on without a check after each token, and looks at [`Reader::fault`] once.
//!
//! Small functions with many callers are not inlined: a module is downloaded, stored and instantiated, so its size
//! counts.

use crate::number_parse::decimal_to_double;

/// Reads tokens from left to right.
pub struct Reader<'a> {
    /// The input, cut off where it was closed.
    bytes: &'a [u8],
    cursor: usize,
    fault: Option<&'static str>,
}

/// mantissa · 10^exponent.
#[derive(Default)]
struct Decimal {
    mantissa: u64,
    exponent: i32,
}

impl Decimal {
    /// Adds a digit, `places` after the point.
    fn push(&mut self, digit: u8, places: i32) {
        // Any 19 digits fit a u64; more than the 17 that a double ever needs.
        const FULL: u64 = 1_000_000_000_000_000_000;
        if self.mantissa < FULL {
            self.mantissa = self.mantissa * 10 + u64::from(digit);
            self.exponent -= places;
        } else {
            // A tail other than zero moves the value off a tie.
            self.mantissa |= u64::from(digit != 0);
            self.exponent += 1 - places;
        }
    }
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader {
            bytes,
            cursor: 0,
            fault: None,
        }
    }

    #[inline(never)]
    pub fn fail(&mut self, expected: &'static str) {
        self.fault = self.fault.or(Some(expected));
        self.bytes = self.bytes.get(..self.cursor).unwrap_or(self.bytes);
    }

    /// What was expected and not found, and the offset of what is there instead.
    pub fn fault(&self) -> Option<(&'static str, usize)> {
        self.fault.map(|expected| (expected, self.cursor))
    }

    /// The byte at the cursor; 0 at the end.
    fn byte(&self) -> u8 {
        self.bytes.get(self.cursor).copied().unwrap_or(0)
    }

    /// Consumes one byte and returns it; 0 at the end.
    #[inline(never)]
    fn next_byte(&mut self) -> u8 {
        let byte = self.byte();
        self.cursor += usize::from(self.cursor < self.bytes.len());
        byte
    }

    /// Skips white space and returns the next byte without consuming it; 0 at the end.
    #[inline(never)]
    pub fn peek(&mut self) -> u8 {
        while self.cursor < self.bytes.len() && self.byte() <= b' ' {
            self.cursor += 1;
        }
        self.byte()
    }

    /// Consumes `byte` if it is next.
    #[inline(never)]
    pub fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.cursor += usize::from(found);
        found
    }

    /// Whether all bytes were consumed, and nothing was wrong with them.
    pub fn is_done(&self) -> bool {
        self.fault.is_none() && self.cursor == self.bytes.len()
    }

    /// Consumes `byte`, which must be next.
    pub fn take(&mut self, byte: u8, expected: &'static str) {
        if !self.skip(byte) {
            self.fail(expected);
        }
    }

    pub fn integer(&mut self) -> i64 {
        let negative = self.skip(b'-');
        let magnitude = self.natural(i64::MAX as u64 + u64::from(negative)) as i64;
        if negative {
            magnitude.wrapping_neg()
        } else {
            magnitude
        }
    }

    /// Reads a natural number of at most `limit`.
    pub fn natural(&mut self, limit: u64) -> u64 {
        self.peek();
        let from = self.cursor;
        let mut result: u64 = 0;
        while self.byte().is_ascii_digit() {
            let digit = u64::from(self.byte() - b'0');
            if result > limit / 10 || (result == limit / 10 && digit > limit % 10) {
                self.fail("a smaller number");
                return 0;
            }
            result = result * 10 + digit;
            self.cursor += 1;
        }
        if self.cursor == from {
            self.fail("digits");
        }
        result
    }

    /// The nearest double, for up to 19 significant digits; of more, at most the last bit is off.
    pub fn double(&mut self) -> f64 {
        let negative = self.skip(b'-');
        let mut decimal = Decimal::default();
        self.digits(&mut decimal, 0);
        if self.byte() == b'.' {
            self.cursor += 1;
            self.digits(&mut decimal, 1);
        }
        if self.byte() | 0x20 == b'e' {
            self.cursor += 1;
            decimal.exponent += self.exponent();
        }
        let value = decimal_to_double(decimal.mantissa, decimal.exponent);
        if negative {
            -value
        } else {
            value
        }
    }

    /// Adds digits, each of them `places` after the point.
    #[inline(never)]
    fn digits(&mut self, decimal: &mut Decimal, places: i32) {
        let from = self.cursor;
        while self.byte().is_ascii_digit() {
            decimal.push(self.byte() - b'0', places);
            self.cursor += 1;
        }
        if self.cursor == from {
            self.fail("digits");
        }
    }

    fn exponent(&mut self) -> i32 {
        const EXPONENT_MAX: u64 = 99_999;
        let negative = self.byte() == b'-';
        self.cursor += usize::from(negative || self.byte() == b'+');
        // A natural number may begin behind white space, an exponent may not.
        if self.byte() <= b' ' {
            self.fail("digits");
        }
        let exponent = self.natural(EXPONENT_MAX) as i32;
        if negative {
            -exponent
        } else {
            exponent
        }
    }

    /// Consumes a string. Returns what is between the quotes, escapes included.
    #[inline(never)]
    pub fn raw_string(&mut self) -> &'a [u8] {
        self.take(b'"', "a string");
        let from = self.cursor;
        while self.cursor < self.bytes.len() {
            match self.next_byte() {
                b'"' => return self.bytes.get(from..self.cursor - 1).unwrap_or(&[]),
                b'\\' => {
                    self.next_byte();
                }
                _ => {}
            }
        }
        self.fail("the end of a string");
        &[]
    }

    pub fn string(&mut self) -> String {
        let raw = self.raw_string();
        let mut escapes = Reader::new(raw);
        let mut plain = Vec::with_capacity(raw.len());
        while escapes.cursor < escapes.bytes.len() {
            match escapes.next_byte() {
                b'\\' => escapes.unescape(&mut plain),
                byte => plain.push(byte),
            }
        }
        let text = String::from_utf8(plain);
        if text.is_err() {
            self.fail("UTF-8");
        }
        if let Some(expected) = escapes.fault {
            self.fail(expected);
        }
        text.unwrap_or_default()
    }

    /// Consumes what follows a backslash and adds the character it means. Half a surrogate pair becomes U+FFFD.
    fn unescape(&mut self, plain: &mut Vec<u8>) {
        let letter = match self.next_byte() {
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'f' => 12,
            b'r' => b'\r',
            b'u' => return self.unescape_unit(plain),
            letter => {
                if !matches!(letter, b'"' | b'\\' | b'/') {
                    self.fail("an escape");
                }
                letter
            }
        };
        plain.push(letter);
    }

    /// Consumes the four digits of a `\u`, and the second half of a surrogate pair if there is one.
    fn unescape_unit(&mut self, plain: &mut Vec<u8>) {
        let mut code = self.hex();
        let rest = self.bytes.get(self.cursor..).unwrap_or(&[]);
        if code & 0xfc00 == 0xd800 && rest.starts_with(b"\\u") {
            let behind = self.cursor;
            self.cursor += 2;
            let low = self.hex();
            if low & 0xfc00 == 0xdc00 {
                code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
            } else {
                self.cursor = behind;
            }
        }
        let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        plain.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }

    #[inline(never)]
    fn hex(&mut self) -> u32 {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = match self.next_byte() {
                byte @ b'0'..=b'9' => byte - b'0',
                byte @ (b'a'..=b'f' | b'A'..=b'F') => (byte | 0x20) - b'a' + 10,
                _ => {
                    self.fail("four hexadecimal digits");
                    0
                }
            };
            unit = unit << 4 | u32::from(digit);
        }
        unit
    }

    /// Consumes any value. Inside a list or an object only the brackets are matched.
    pub fn skip_value(&mut self) {
        let mut depth = 0;
        loop {
            // `{` and `[` differ in one bit, and so do `}` and `]`.
            match self.peek() | 0x20 {
                b'"' => {
                    self.raw_string();
                }
                b'{' => {
                    depth += 1;
                    self.cursor += 1;
                }
                _ if depth == 0 => return self.skip_scalar(),
                _ if self.cursor == self.bytes.len() => return self.fail("a value"),
                byte => {
                    depth -= i32::from(byte == b'}');
                    self.cursor += 1;
                }
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Consumes a number or a name.
    fn skip_scalar(&mut self) {
        let from = self.cursor;
        while !matches!(self.byte(), 0..=b' ' | b',' | b'}' | b']') {
            self.cursor += 1;
        }
        if self.cursor == from {
            self.fail("a value");
        }
    }
}
