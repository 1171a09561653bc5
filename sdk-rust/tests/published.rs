//! The published API: documented calls, and what they leave open.

use slung::prelude::*;
use slung::testing::{Effect, MockHost};

const QUERY: &str = "AVG:temp:[sensor=1]";

fn on_event(event: Event, threshold: f64) -> Result<()> {
    if event.value > threshold {
        for producer in event.producers {
            writeback_ws(producer, "ALERT: threshold exceeded")?;
        }
    }
    Ok(())
}

fn lines(host: &MockHost) -> Vec<String> {
    host.take_effects().iter().map(Effect::to_string).collect()
}

#[test]
fn the_documented_alert_alerts() {
    let host = MockHost::install();
    host.deliver(QUERY, 1, 99.5, &["sensor=1"], &[7]);
    host.deliver(QUERY, 2, 100.5, &["sensor=1"], &[7, 8]);

    let end = host.run(|| -> Result<()> {
        let handle = query_live(QUERY)?;
        poll_handle(handle, on_event, 100.0)
    });

    assert!(end.is_none());
    assert_eq!(
        lines(&host),
        ["ws 7 ALERT: threshold exceeded", "ws 8 ALERT: threshold exceeded"]
    );
}

#[test]
fn an_error_of_the_callback_ends_the_loop() {
    let host = MockHost::install();
    host.deliver(QUERY, 1, 200.0, &[], &[7]);

    let handle = query_live(QUERY).unwrap();
    host.refuse("connection 7 is closed");
    let mut calls = 0;
    let result = poll_handle(
        handle,
        |event, threshold| {
            calls += 1;
            on_event(event, threshold)
        },
        100.0,
    );

    assert_eq!(
        result.unwrap_err().to_string(),
        "cannot send to producer 7: its connection is closed, expected one from the latest Event"
    );
    assert_eq!(calls, 1);
    free_handle(handle).unwrap();
}

#[test]
fn a_refused_query_is_an_error_and_never_handle_0() {
    let host = MockHost::install();
    host.refuse("unknown operator");

    let error = query_live("MEAN:temp:[]").unwrap_err();

    assert!(error.to_string().starts_with("cannot subscribe to \"MEAN:temp:[]\": "));
    assert!(poll_handle(0, on_event, 1.0).is_err());
}

#[test]
fn the_state_has_the_variant_of_the_operator() {
    let host = MockHost::install();
    let states = [
        ("AVG:t:[]", PollState::Avg(Avg { sum: 3.0, count: 1 })),
        ("min:t:[]", PollState::Min(3.0)),
        (" Max:t:[]", PollState::Max(3.0)),
        ("SUM:t:[]", PollState::Sum(3.0)),
        ("COUNT:t:[]", PollState::Sum(3.0)),
    ];
    for (query, state) in states {
        host.deliver_nothing(query);
        host.deliver(query, 1, 3.0, &[], &[]);
        let handle = query_live(query).unwrap();

        assert_eq!(poll_handle_state(handle).unwrap(), None);
        assert_eq!(poll_handle_state(handle).unwrap(), Some(state));
        free_handle(handle).unwrap();
        assert!(poll_handle_state(handle).is_err());
    }
}

#[test]
fn a_match_over_the_published_variants_is_complete() {
    let value = |state: PollState| match state {
        PollState::Sum(sum) => sum,
        PollState::Avg(Avg { sum, count }) => sum / count as f64,
        PollState::Min(value) | PollState::Max(value) => value,
    };
    assert_eq!(value(PollState::Avg(Avg { sum: 6.0, count: 4 })), 1.5);
}

#[test]
fn polling_a_handle_that_is_not_open_is_an_error_and_no_endless_loop() {
    let host = MockHost::install();
    host.deliver(QUERY, 1, 1.0, &[], &[]);
    host.deliver(QUERY, 2, 2.0, &[], &[]);
    let unknown = |handle| {
        let text = format!("cannot use live query {}: the host does not know it", handle);
        move |result: Result<()>| assert!(result.unwrap_err().to_string().starts_with(&text))
    };

    let handle = query_live(QUERY).unwrap();
    unknown(handle + 1)(poll_handle(handle + 1, on_event, 1.0));

    let mut calls = 0;
    let free = |_: Event, _: ()| {
        calls += 1;
        free_handle(handle)
    };
    unknown(handle)(poll_handle(handle, free, ()));
    assert_eq!(calls, 1);
    unknown(handle)(poll_handle(handle, on_event, 1.0));
}

#[test]
fn a_new_host_forgets_the_handles_of_the_last() {
    let host = MockHost::install();
    let end = host.run(|| poll_handle(query_live("MIN:t:[]")?, on_event, 1.0));
    assert!(end.is_none());
    drop(host);

    let host = MockHost::install();
    assert!(poll_handle_state(1).is_err());
    host.deliver("COUNT:t:[]", 1, 3.0, &[], &[]);
    let handle = query_live("COUNT:t:[]").unwrap();
    assert_eq!(poll_handle_state(handle).unwrap(), Some(PollState::Sum(3.0)));
    free_handle(handle).unwrap();
}

#[test]
fn freeing_twice_is_an_error() {
    let _host = MockHost::install();
    let handle = query_live(QUERY).unwrap();

    assert!(free_handle(handle).is_ok());
    assert_eq!(
        free_handle(handle).unwrap_err().to_string(),
        "cannot use live query 1: the host does not know it, expected one that was opened and not freed"
    );
}

#[test]
fn history_answers_zero_as_zero_and_nothing_as_an_error() {
    let host = MockHost::install();
    host.answer_history("SUM:temp:[]", 0.0);

    assert_eq!(query_history("SUM:temp:[]").unwrap(), 0.0);
    assert!(query_history("AVG:temp:[]").is_err());
}

#[test]
fn a_written_event_keeps_its_timestamp_or_is_refused() {
    let host = MockHost::install();
    host.set_now(1_700_000_000_000_001);
    let tags = vec!["series=temp_hourly".to_string(), "sensor=1".to_string()];

    write_event(unix_micros(), 41.2, tags).unwrap();
    assert!(write_event(0, 1.0, vec!["sensor=1".to_string()]).is_err());

    assert!(write_event(i64::MAX, 1.0, vec!["series=t".to_string()]).is_err());

    assert_eq!(lines(&host), ["event temp_hourly{sensor=1} 41.2 @1700000000000001"]);
}

#[test]
fn http_answers_the_body_of_a_2xx_and_nothing_else() {
    let host = MockHost::install();
    host.answer_http(200, "");
    host.answer_http(500, "broken");

    let url = "https://hooks.example.com/";
    assert_eq!(
        writeback_http(url, "{}", WritebackMethod::PUT).unwrap(),
        Some(Vec::new())
    );
    assert_eq!(writeback_http(url, "", WritebackMethod::DELETE).unwrap(), None);
    assert_eq!(
        lines(&host),
        [
            "http PUT https://hooks.example.com/ {}",
            "http DELETE https://hooks.example.com/"
        ]
    );
}
