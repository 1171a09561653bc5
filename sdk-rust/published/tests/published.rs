//! What a workflow for the published crate may do with its types.

use slung::prelude::*;
use slung::testing::{Effect, MockHost};

const EVENT: &str = r#"{"timestamp":1767225600000000,"value":21.5,"tags":["room=hall"],"producers":[1,2]}"#;

#[test]
fn an_event_reads_and_writes_as_the_json_of_the_host() {
    let event: Event = serde_json::from_str(EVENT).unwrap();

    assert_eq!((event.timestamp, event.value), (1_767_225_600_000_000, 21.5));
    assert_eq!((event.tags.len(), event.producers.as_slice()), (1, &[1, 2][..]));
    assert_eq!(serde_json::to_string(&event).unwrap(), EVENT);
}

#[test]
fn a_state_is_tagged_with_its_variant() {
    let states = [
        (PollState::Sum(3.0), r#"{"Sum":3.0}"#),
        (
            PollState::Avg(Avg { sum: 3.0, count: 2 }),
            r#"{"Avg":{"sum":3.0,"count":2}}"#,
        ),
        (PollState::Min(-1.5), r#"{"Min":-1.5}"#),
        (PollState::Max(1.5), r#"{"Max":1.5}"#),
    ];
    for (state, json) in states {
        assert_eq!(serde_json::to_string(&state).unwrap(), json);
        assert_eq!(serde_json::from_str::<PollState>(json).unwrap(), state);
    }
}

#[test]
fn a_complete_match_over_the_states_of_several_queries_compiles() {
    let host = MockHost::install();
    for (query, value) in [
        ("AVG:t:[]", 1.0),
        ("COUNT:t:[]", 2.0),
        ("MIN:t:[]", 3.0),
        ("MAX:t:[]", 4.0),
    ] {
        host.deliver(query, 1, value, &[], &[]);
    }

    let mut values = Vec::new();
    for query in ["AVG:t:[]", "COUNT:t:[]", "MIN:t:[]", "MAX:t:[]"] {
        let handle = query_live(query).unwrap();
        values.push(match poll_handle_state(handle).unwrap().unwrap() {
            PollState::Sum(sum) => sum,
            PollState::Avg(avg) => avg.sum / avg.count as f64,
            PollState::Min(value) => value,
            PollState::Max(value) => value,
        });
        free_handle(handle).unwrap();
    }
    assert_eq!(values, [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn a_callback_gets_events_that_it_can_serialise() {
    let host = MockHost::install();
    host.deliver("SUM:t:[]", 5, 2.5, &["a=1"], &[9]);

    let end = host.run(|| -> Result<()> {
        let forward = |event: Event, producer: u64| writeback_ws(producer, &serde_json::to_string(&event)?);
        poll_handle(query_live("SUM:t:[]")?, forward, 9)
    });

    assert!(end.is_none());
    let lines: Vec<String> = host.take_effects().iter().map(Effect::to_string).collect();
    assert_eq!(
        lines,
        [r#"ws 9 {"timestamp":5,"value":2.5,"tags":["a=1"],"producers":[9]}"#]
    );
}
