//! Just enough JSON to read the shared vectors in a test: the SDK has no dependency, and its tests have none either.

#[derive(Debug, Clone, PartialEq)]
pub enum JsonValue {
    Null,
    /// Its text.
    Number(String),
    Text(String),
    List(Vec<JsonValue>),
    Object(Vec<(String, JsonValue)>),
}

impl JsonValue {
    pub fn parse(text: &str) -> JsonValue {
        let mut rest: Vec<char> = text.chars().rev().collect();
        parse_value(&mut rest)
    }

    pub fn member(&self, name: &str) -> &JsonValue {
        match self {
            JsonValue::Object(members) => &members.iter().find(|(own, _)| own == name).expect(name).1,
            other => panic!("{:?} has no member {}", other, name),
        }
    }

    pub fn elements(&self) -> &[JsonValue] {
        match self {
            JsonValue::List(elements) => elements,
            other => panic!("{:?} is no list", other),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            JsonValue::Text(text) => text,
            other => panic!("{:?} is no text", other),
        }
    }
}

/// `rest` is what is left, last character first.
fn parse_value(rest: &mut Vec<char>) -> JsonValue {
    match peek(rest) {
        '"' => JsonValue::Text(parse_text(rest)),
        '[' => JsonValue::List(parse_list(rest, ']', parse_value)),
        '{' => JsonValue::Object(parse_list(rest, '}', |rest| {
            peek(rest);
            let name = parse_text(rest);
            assert_eq!(peek(rest), ':');
            rest.pop();
            (name, parse_value(rest))
        })),
        _ => {
            let mut word = String::new();
            while rest
                .last()
                .map_or(false, |letter| letter.is_alphanumeric() || "+-.".contains(*letter))
            {
                word.extend(rest.pop());
            }
            if word == "null" {
                JsonValue::Null
            } else {
                JsonValue::Number(word)
            }
        }
    }
}

fn parse_list<T>(rest: &mut Vec<char>, close: char, parse: impl Fn(&mut Vec<char>) -> T) -> Vec<T> {
    let mut list = Vec::new();
    rest.pop();
    while peek(rest) != close {
        list.push(parse(rest));
        if peek(rest) == ',' {
            rest.pop();
        }
    }
    rest.pop();
    list
}

fn parse_text(rest: &mut Vec<char>) -> String {
    assert_eq!(rest.pop(), Some('"'));
    let mut text = String::new();
    loop {
        match rest.pop().unwrap() {
            '"' => return text,
            '\\' => text.push(match rest.pop().unwrap() {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let digits: String = (0..4).map(|_| rest.pop().unwrap()).collect();
                    // The vectors escape nothing beyond the first plane.
                    char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
                }
                letter => letter,
            }),
            letter => text.push(letter),
        }
    }
}

/// Passes white space.
fn peek(rest: &mut Vec<char>) -> char {
    while rest.last().map_or(false, |letter| letter.is_whitespace()) {
        rest.pop();
    }
    *rest.last().unwrap()
}
