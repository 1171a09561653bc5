//! Builds `OP:SERIES:[TAGS]:[RANGE]`, for those who would rather not write it by hand.
//!
//! Names and tags are quoted where the language requires it. Nothing is checked here: the host knows the language, and
//! says what is wrong ([`Error::reason`]).

use crate::error::Error;
use crate::history::history;
use crate::live::{live, LiveQuery};
use crate::text::{append_integer, join, push, tell};
use std::fmt;

/// A query under construction. Each method returns it, so that calls chain.
///
/// ```
/// use slung::Query;
///
/// let query = Query::avg("temp").tag("sensor=1").not("muted").last("1h");
/// assert_eq!(query.to_string(), "AVG:temp:[sensor=1 AND NOT muted]:[1h]");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a query asks nothing until `live` or `history`"]
pub struct Query {
    /// The operator and the series, as in `AVG:temp`.
    source: String,
    tags: String,
    range: String,
}

impl Query {
    /// The average of the samples.
    pub fn avg(series: &str) -> Query {
        Query::new("AVG:", series)
    }

    /// The smallest of the samples.
    pub fn min(series: &str) -> Query {
        Query::new("MIN:", series)
    }

    /// The largest of the samples.
    pub fn max(series: &str) -> Query {
        Query::new("MAX:", series)
    }

    /// The sum of the samples.
    pub fn sum(series: &str) -> Query {
        Query::new("SUM:", series)
    }

    /// How many samples there are.
    pub fn count(series: &str) -> Query {
        Query::new("COUNT:", series)
    }

    fn new(operator: &str, series: &str) -> Query {
        let mut source = operator.to_owned();
        append_operand(&mut source, series);
        Query {
            source,
            tags: String::new(),
            range: String::new(),
        }
    }

    /// Adds a series whose samples are aggregated together with those of the others.
    pub fn and(mut self, series: &str) -> Query {
        push(&mut self.source, ',');
        append_operand(&mut self.source, series);
        self
    }

    /// Keeps the samples that carry exactly this tag: `sensor=1`, or a flag.
    pub fn tag(mut self, tag: &str) -> Query {
        append_operand(self.next_condition(), tag);
        self
    }

    /// Keeps the samples that do not carry this tag.
    pub fn not(mut self, tag: &str) -> Query {
        let tags = self.next_condition();
        tags.push_str("NOT ");
        append_operand(tags, tag);
        self
    }

    /// Keeps the samples that carry at least one of these tags. The host refuses an empty list, which no sample can
    /// match.
    pub fn any_of(mut self, any: &[&str]) -> Query {
        let tags = self.next_condition();
        if any.is_empty() {
            // No sample can carry an empty tag, and the language has none.
            append_operand(tags, "");
        }
        let parentheses = any.len() > 1;
        if parentheses {
            push(tags, '(');
        }
        for (index, tag) in any.iter().enumerate() {
            if index > 0 {
                tags.push_str(" OR ");
            }
            append_operand(tags, tag);
        }
        if parentheses {
            push(tags, ')');
        }
        self
    }

    /// Keeps the samples that have a tag with this key, and aggregates those of each value on their own: every Event
    /// has the aggregate of its sample's group, which [`Event::tag`](crate::Event::tag) tells. For live queries. Several
    /// keys group by their combination.
    ///
    /// ```
    /// # use slung::Query;
    /// let query = Query::avg("co2").group_by("room").last("10m");
    /// assert_eq!(query.to_string(), "AVG:co2:[room=*]:[10m]");
    /// ```
    pub fn group_by(mut self, key: &str) -> Query {
        let tags = self.next_condition();
        append_operand(tags, key);
        tags.push_str("=*");
        self
    }

    /// Adds a condition in the query language, such as `a OR b`. It is written in parentheses, since it must hold
    /// together with the others. (`where` is a reserved word of Rust.)
    pub fn where_(mut self, condition: &str) -> Query {
        let tags = self.next_condition();
        push(tags, '(');
        tags.push_str(condition);
        push(tags, ')');
        self
    }

    /// The tags so far, ready for another condition.
    fn next_condition(&mut self) -> &mut String {
        if !self.tags.is_empty() {
            self.tags.push_str(" AND ");
        }
        &mut self.tags
    }

    /// The range from this long ago until now: `1h`, `90 s`, or [`duration::minutes(5)`](crate::duration::minutes).
    pub fn last(mut self, duration: impl AsRef<str>) -> Query {
        self.range = join(&[":[", duration.as_ref(), "]"]);
        self
    }

    /// The range between two bounds, both inclusive, in either order: a duration ago (`2h`), `now`, or µs since the
    /// epoch as a number.
    ///
    /// ```
    /// # use slung::Query;
    /// let query = Query::max("temp").between(1_700_000_000_000_000, "now");
    /// assert_eq!(query.to_string(), "MAX:temp:[]:[1700000000000000,now]");
    /// ```
    pub fn between(mut self, first: impl Bound, second: impl Bound) -> Query {
        let mut range = String::from(":[");
        first.append_to(&mut range);
        push(&mut range, ',');
        second.append_to(&mut range);
        push(&mut range, ']');
        self.range = range;
        self
    }

    fn text(&self) -> String {
        join(&[&self.source, ":[", &self.tags, "]", &self.range])
    }

    /// Subscribes.
    pub fn live(&self) -> Result<LiveQuery, Error> {
        live(&self.text())
    }

    /// Evaluates it once.
    pub fn history(&self) -> Result<f64, Error> {
        history(&self.text())
    }
}

/// The query as text.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tell(f, &[&self.source, ":[", &self.tags, "]", &self.range])
    }
}

/// One end of a range: a text of the query language, or µs since the Unix epoch.
pub trait Bound {
    /// Appends the bound as the query language writes it.
    fn append_to(&self, range: &mut String);
}

impl Bound for &str {
    fn append_to(&self, range: &mut String) {
        range.push_str(self);
    }
}

impl Bound for String {
    fn append_to(&self, range: &mut String) {
        range.push_str(self);
    }
}

impl Bound for i64 {
    fn append_to(&self, range: &mut String) {
        append_integer(range, *self < 0, self.unsigned_abs());
    }
}

/// Appends a name or tag as an operand: in double quotes when it would otherwise read as something else.
fn append_operand(text: &mut String, operand: &str) {
    if is_plain(operand) {
        return text.push_str(operand);
    }
    push(text, '"');
    for letter in operand.chars() {
        if matches!(letter, '"' | '\\') {
            push(text, '\\');
        }
        push(text, letter);
    }
    push(text, '"');
}

/// Whether an operand is neither empty nor a reserved word and has no special character.
fn is_plain(operand: &str) -> bool {
    let is_special = |letter| {
        matches!(letter, '\0'..=' ' | '"' | '(' | ')' | '*' | ',' | ':' | '[' | '\\' | ']')
            // Characters that look like a space; the language refuses them outside quotes.
            || matches!(letter, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{207f}' | '\u{3000}' | '\u{feff}')
    };
    let is_reserved = |word: &str| operand.eq_ignore_ascii_case(word);
    let reads_otherwise = is_reserved("and") || is_reserved("or") || is_reserved("not");
    !operand.is_empty() && !reads_otherwise && !operand.chars().any(is_special)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration;

    #[test]
    fn prints_the_operator_the_series_and_the_tags() {
        let queries = [
            (Query::avg("temp"), "AVG:temp:[]"),
            (Query::min("temp").tag("sensor=1"), "MIN:temp:[sensor=1]"),
            (
                Query::max("temp").tag("a").tag("b").not("c"),
                "MAX:temp:[a AND b AND NOT c]",
            ),
            (Query::sum("bytes_in").and("bytes_out"), "SUM:bytes_in,bytes_out:[]"),
            (
                Query::count("errors").tag("x").any_of(&["a", "b"]),
                "COUNT:errors:[x AND (a OR b)]",
            ),
            (Query::count("errors").any_of(&["a"]), "COUNT:errors:[a]"),
            (
                Query::avg("co2").tag("floor=1").group_by("site").group_by("room"),
                "AVG:co2:[floor=1 AND site=* AND room=*]",
            ),
            (
                Query::avg("temp").tag("a").where_("b OR NOT c"),
                "AVG:temp:[a AND (b OR NOT c)]",
            ),
            (
                Query::avg("temp").where_("a OR b").tag("c"),
                "AVG:temp:[(a OR b) AND c]",
            ),
        ];

        for (query, text) in queries {
            assert_eq!(query.to_string(), text);
        }
    }

    #[test]
    fn any_of_nothing_is_an_operand_that_the_language_refuses() {
        assert_eq!(Query::avg("t").any_of(&[]).to_string(), r#"AVG:t:[""]"#);
        assert_eq!(Query::avg("t").tag("x").any_of(&[]).to_string(), r#"AVG:t:[x AND ""]"#);
    }

    #[test]
    fn prints_the_range() {
        let temperature = || Query::avg("temp");

        assert_eq!(temperature().last("1h").to_string(), "AVG:temp:[]:[1h]");
        assert_eq!(
            temperature().last(duration::seconds(90)).to_string(),
            "AVG:temp:[]:[90s]"
        );
        assert_eq!(temperature().last(duration::days(2)).to_string(), "AVG:temp:[]:[2d]");
        assert_eq!(temperature().last(duration::weeks(1)).to_string(), "AVG:temp:[]:[1w]");
        assert_eq!(
            temperature().between("2h", duration::hours(1)).to_string(),
            "AVG:temp:[]:[2h,1h]"
        );
        assert_eq!(temperature().between(-5, "now").to_string(), "AVG:temp:[]:[-5,now]");
    }

    #[test]
    fn quotes_what_would_read_as_something_else() {
        let queries = [
            (
                Query::avg("room temp").tag("path=/a b"),
                r#"AVG:"room temp":["path=/a b"]"#,
            ),
            (
                Query::avg("t").tag("a,b").tag("(x)").tag("[y]"),
                r#"AVG:t:["a,b" AND "(x)" AND "[y]"]"#,
            ),
            (Query::avg("a:b").tag("say \"hi\"\\"), r#"AVG:"a:b":["say \"hi\"\\"]"#),
            (
                Query::avg("t").tag("not").tag("Or").tag("AND"),
                r#"AVG:t:["not" AND "Or" AND "AND"]"#,
            ),
            (Query::avg("t").tag("a\u{a0}b"), "AVG:t:[\"a\u{a0}b\"]"),
            (Query::avg("t").tag("room=*"), r#"AVG:t:["room=*"]"#),
            (Query::avg("t").group_by("room no"), r#"AVG:t:["room no"=*]"#),
            (Query::avg("t").tag(""), r#"AVG:t:[""]"#),
        ];

        for (query, text) in queries {
            assert_eq!(query.to_string(), text);
        }
    }

    #[test]
    fn leaves_ordinary_names_alone() {
        let plain = Query::avg("android").tag("nothing").tag("brand").tag("or1");
        assert_eq!(plain.to_string(), "AVG:android:[nothing AND brand AND or1]");

        let dotted = Query::avg("http.status_code").tag("host=web-1").tag("ort=Zürich");
        assert_eq!(dotted.to_string(), "AVG:http.status_code:[host=web-1 AND ort=Zürich]");
    }
}
