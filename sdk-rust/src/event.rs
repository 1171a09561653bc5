//! One update of a live query, as the workflow sees it.

/// One update of a live query: the sample that caused it, and the aggregate after it.
///
/// ```
/// use slung::Event;
///
/// let event = Event {
///     timestamp: 1_700_000_000_000_000,
///     value: 41.25,
///     tags: vec!["muted".into(), "sensor=1".into()],
///     producers: vec![7],
/// };
/// assert_eq!(event.tag("sensor"), Some("1"));
/// assert_eq!(event.tag("room"), None);
/// assert!(event.has("muted"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The sample's time, in µs since the Unix epoch.
    pub timestamp: i64,
    /// The aggregate after this sample.
    pub value: f64,
    /// The sample's tags, sorted.
    pub tags: Vec<String>,
    /// The open connections that contributed to the value, ascending.
    pub producers: Vec<u64>,
}

impl Event {
    /// The value of the tag `key=value`, or `None` if the sample has no such tag. The value may be empty.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags
            .iter()
            .find_map(|tag| tag.strip_prefix(key)?.strip_prefix('='))
    }

    /// Whether the sample carries exactly this tag: a flag such as `muted`, or `key=value`.
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tags: &[&str]) -> Event {
        Event {
            timestamp: 0,
            value: 0.0,
            tags: tags.iter().map(|&tag| tag.into()).collect(),
            producers: Vec::new(),
        }
    }

    #[test]
    fn tag_finds_the_value_behind_the_key() {
        let event = tagged(&["muted", "sensor=1", "sensors=2", "note="]);

        assert_eq!(event.tag("sensor"), Some("1"));
        assert_eq!(event.tag("sensors"), Some("2"));
        assert_eq!(event.tag("note"), Some(""));
        assert_eq!(event.tag("muted"), None);
        assert_eq!(event.tag("room"), None);
    }

    #[test]
    fn has_finds_the_whole_tag() {
        let event = tagged(&["muted", "sensor=1"]);

        assert!(event.has("muted"));
        assert!(event.has("sensor=1"));
        assert!(!event.has("sensor"));
    }
}
