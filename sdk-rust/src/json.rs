//! Builds JSON texts for bodies: objects and arrays in the order you write them, byte for byte what JavaScript's
//! `JSON.stringify` makes of the same values — numbers included — so that one spec covers a workflow in any language.

use crate::number_format::append_number;
use crate::text::{append_integer, push};
use std::fmt;

/// A JSON object or array under construction. Each method returns it, so that calls chain.
///
/// ```
/// use slung::Json;
///
/// let body = Json::object()
///     .set("level", "high")
///     .set("value", 101.5)
///     .set("limits", Json::object().set("upper", 100));
/// assert_eq!(body.to_string(), r#"{"level":"high","value":101.5,"limits":{"upper":100}}"#);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// Complete at any time: each addition removes the closing bracket and appends it again.
    text: String,
}

impl Json {
    /// An empty object.
    pub fn object() -> Json {
        Json { text: "{}".into() }
    }

    /// An empty array.
    pub fn array() -> Json {
        Json { text: "[]".into() }
    }

    /// Adds a member to an object.
    ///
    /// # Panics
    ///
    /// On an array.
    #[track_caller]
    pub fn set(mut self, key: &str, value: impl ToJson) -> Json {
        self.begin_member(key);
        value.append_to(&mut self.text);
        push(&mut self.text, '}');
        self
    }

    /// Adds an element to an array.
    ///
    /// # Panics
    ///
    /// On an object.
    #[track_caller]
    pub fn push(mut self, value: impl ToJson) -> Json {
        let is_array = self.text.starts_with('[');
        assert!(
            is_array,
            "cannot push an element: found a JSON object, expected Json::array()"
        );
        self.reopen();
        value.append_to(&mut self.text);
        push(&mut self.text, ']');
        self
    }

    /// Writes what precedes a member's value.
    #[track_caller]
    fn begin_member(&mut self, key: &str) {
        let is_object = self.text.starts_with('{');
        assert!(
            is_object,
            "cannot set a member: found a JSON array, expected Json::object()"
        );
        self.reopen();
        quote(&mut self.text, key);
        push(&mut self.text, ':');
    }

    /// Removes the closing bracket.
    fn reopen(&mut self) {
        self.text.pop();
        if self.text.len() > 1 {
            push(&mut self.text, ',');
        }
    }
}

/// The finished text.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for Json {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// What [`Json`] takes: strings, numbers, bools, `Json`, lists of these, and `Option`, whose `None` is `null`.
///
/// A number that is not finite is `null`, as in JavaScript; an integer keeps all of its digits.
pub trait ToJson {
    /// Appends this value as JSON.
    fn append_to(&self, text: &mut String);
}

impl ToJson for str {
    fn append_to(&self, text: &mut String) {
        quote(text, self);
    }
}

impl ToJson for String {
    fn append_to(&self, text: &mut String) {
        quote(text, self);
    }
}

impl ToJson for bool {
    fn append_to(&self, text: &mut String) {
        text.push_str(if *self { "true" } else { "false" });
    }
}

impl ToJson for f64 {
    fn append_to(&self, text: &mut String) {
        if self.is_finite() {
            append_number(text, *self);
        } else {
            text.push_str("null");
        }
    }
}

/// Prints the digits of the double it equals, as JavaScript would: 0.1 is 0.10000000149011612.
impl ToJson for f32 {
    fn append_to(&self, text: &mut String) {
        f64::from(*self).append_to(text);
    }
}

impl ToJson for Json {
    fn append_to(&self, text: &mut String) {
        text.push_str(&self.text);
    }
}

impl<T: ToJson> ToJson for [T] {
    fn append_to(&self, text: &mut String) {
        for (index, value) in self.iter().enumerate() {
            push(text, if index == 0 { '[' } else { ',' });
            value.append_to(text);
        }
        text.push_str(if self.is_empty() { "[]" } else { "]" });
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn append_to(&self, text: &mut String) {
        self[..].append_to(text);
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn append_to(&self, text: &mut String) {
        self[..].append_to(text);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn append_to(&self, text: &mut String) {
        match self {
            Some(value) => value.append_to(text),
            None => text.push_str("null"),
        }
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn append_to(&self, text: &mut String) {
        (**self).append_to(text);
    }
}

macro_rules! integers {
    ($($signed:ty, $unsigned:ty;)+) => {$(
        impl ToJson for $signed {
            fn append_to(&self, text: &mut String) {
                append_integer(text, *self < 0, self.unsigned_abs() as u64);
            }
        }

        impl ToJson for $unsigned {
            fn append_to(&self, text: &mut String) {
                append_integer(text, false, *self as u64);
            }
        }
    )+};
}

integers! {
    i8, u8;
    i16, u16;
    i32, u32;
    i64, u64;
    isize, usize;
}

/// Appends a JSON string literal, with the escapes that `JSON.stringify` uses.
fn quote(text: &mut String, value: &str) {
    push(text, '"');
    for letter in value.chars() {
        let escape = match letter {
            '"' | '\\' => letter,
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\0'..='\u{1f}' => 'u',
            _ => {
                push(text, letter);
                continue;
            }
        };
        push(text, '\\');
        push(text, escape);
        if escape == 'u' {
            let digit = letter as u8 & 15;
            text.push_str(if letter < '\u{10}' { "000" } else { "001" });
            push(
                text,
                char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }),
            );
        }
    }
    push(text, '"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stringify(value: impl ToJson) -> String {
        let mut text = String::new();
        value.append_to(&mut text);
        text
    }

    #[test]
    fn an_object_keeps_its_order() {
        assert_eq!(Json::object().to_string(), "{}");
        assert_eq!(Json::array().to_string(), "[]");
        assert_eq!(
            Json::object().set("b", 1).set("a", "x").to_string(),
            r#"{"b":1,"a":"x"}"#
        );
        assert_eq!(
            Json::array().push(1).push("a").push(Json::object()).to_string(),
            r#"[1,"a",{}]"#
        );
    }

    #[test]
    fn every_kind_of_value_prints_as_in_javascript() {
        assert_eq!(stringify(true), "true");
        assert_eq!(stringify(1.0), "1");
        assert_eq!(stringify(1e21), "1e+21");
        assert_eq!(stringify(f64::NAN), "null");
        assert_eq!(stringify(0.5f32), "0.5");
        assert_eq!(stringify(0.1f32), "0.10000000149011612");
        assert_eq!(stringify(f32::INFINITY), "null");
        assert_eq!(stringify(i64::MIN), "-9223372036854775808");
        assert_eq!(stringify(u64::MAX), "18446744073709551615");
        assert_eq!(stringify(-5i8), "-5");
        assert_eq!(stringify(None::<f64>), "null");
        assert_eq!(stringify(Some("x")), r#""x""#);
        assert_eq!(stringify(vec!["a=1".to_string()]), r#"["a=1"]"#);
        assert_eq!(stringify(&[1u64, 2][..]), "[1,2]");
        assert_eq!(stringify([0.5; 0]), "[]");
    }

    #[test]
    #[should_panic(expected = "cannot set a member: found a JSON array, expected Json::object()")]
    fn an_array_has_no_members() {
        let _ = Json::array().set("a", 1);
    }

    #[test]
    #[should_panic(expected = "cannot push an element: found a JSON object, expected Json::array()")]
    fn an_object_has_no_elements() {
        let _ = Json::object().push(1);
    }

    #[test]
    fn strings_have_the_escapes_of_javascript() {
        let text = "\"\\/\u{8}\t\n\u{b}\u{c}\r\0\u{1f}\u{7f}\u{2028}é😀";

        assert_eq!(
            stringify(text),
            "\"\\\"\\\\/\\b\\t\\n\\u000b\\f\\r\\u0000\\u001f\u{7f}\u{2028}é😀\""
        );
    }
}
