//! Live queries over a scripted host.

use slung::testing::MockHost;
use slung::{history, live, log, ws, Error, Event, Query, Select};

const QUERY: &str = "AVG:temp:[sensor=1]";

#[test]
fn next_waits_for_an_event_and_decodes_it() {
    let host = MockHost::install();
    host.deliver_nothing(QUERY);
    host.deliver(QUERY, 9007199254740993, 41.2, &["muted", "sensor=1"], &[1, u64::MAX]);

    let mut temperature = Query::avg("temp").tag("sensor=1").live().unwrap();
    let event = temperature.next().unwrap().unwrap();

    let expected = Event {
        timestamp: 9007199254740993,
        value: 41.2,
        tags: vec!["muted".into(), "sensor=1".into()],
        producers: vec![1, u64::MAX],
    };
    assert_eq!(event, expected);
}

#[test]
fn poll_answers_nothing_when_nothing_is_there_now() {
    let host = MockHost::install();
    host.deliver_nothing(QUERY);
    host.deliver(QUERY, 1, 2.0, &[], &[]);

    let mut temperature = live(QUERY).unwrap();

    assert_eq!(temperature.poll(), Ok(None));
    assert_eq!(temperature.poll().unwrap().unwrap().value, 2.0);
}

#[test]
fn two_queries_are_polled_in_one_loop() {
    let host = MockHost::install();
    host.deliver("AVG:a:[]", 1, 10.0, &[], &[]);
    host.deliver("AVG:b:[]", 2, 20.0, &[], &[]);
    host.deliver("AVG:b:[]", 3, 30.0, &[], &[]);

    let mut queries = [live("AVG:a:[]").unwrap(), live("AVG:b:[]").unwrap()];
    let mut values = Vec::new();
    while values.len() < 3 {
        for query in &mut queries {
            values.extend(query.poll().unwrap().map(|event| event.value));
        }
    }

    assert_eq!(values, [10.0, 20.0, 30.0]);
}

#[test]
fn select_waits_for_whichever_query_has_the_next_event() {
    let host = MockHost::install();
    for time in 1..=3 {
        host.deliver("AVG:a:[]", time, time as f64, &[], &[]);
    }
    host.deliver_nothing("AVG:b:[]");
    host.deliver("AVG:b:[]", 9, 10.0, &[], &[]);
    host.deliver("AVG:c:[]", 9, 20.0, &[], &[]);
    let mut queries = ["AVG:a:[]", "AVG:b:[]", "AVG:c:[]"].map(|query| live(query).unwrap());

    let taken: Vec<_> = Select::of(&mut queries)
        .take(5)
        .map(|next| next.map(|(index, event)| (index, event.value)).unwrap())
        .collect();

    // One that always has an Event keeps none of the others waiting.
    assert_eq!(taken, [(0, 1.0), (2, 20.0), (0, 2.0), (1, 10.0), (0, 3.0)]);
}

#[test]
fn select_passes_over_a_query_that_has_ended_and_ends_with_the_last_one() {
    let host = MockHost::install();
    host.deliver_json("AVG:a:[]", r#"{"timestamp":1}"#);
    host.deliver("AVG:b:[]", 1, 10.0, &[], &[]);
    host.deliver_json("AVG:b:[]", "no Event");
    let mut select = Select::of([live("AVG:a:[]").unwrap(), live("AVG:b:[]").unwrap()]);

    assert!(matches!(select.next(), Some(Err(Error::MalformedEvent { .. }))));
    assert!(matches!(select.next(), Some(Ok((1, Event { value, .. }))) if value == 10.0));
    assert!(matches!(select.next(), Some(Err(Error::MalformedEvent { .. }))));
    assert_eq!(select.next(), None);
    assert_eq!(host.open_handles(), 0);
    assert_eq!(Select::<slung::LiveQuery>::of([]).next(), None);
}

#[test]
fn for_each_keeps_state_in_captured_variables_until_an_error() {
    let host = MockHost::install();
    for time in 1..=3 {
        host.deliver(QUERY, time, time as f64, &[], &[5]);
    }

    let mut sum = 0.0;
    let result = live(QUERY).unwrap().for_each(|event| {
        sum += event.value;
        match event.timestamp {
            2 => Err(Error::ProducerGone { producer: 5 }),
            _ => ws::send(5, "more"),
        }
    });

    assert_eq!(result, Err(Error::ProducerGone { producer: 5 }));
    assert_eq!(sum, 3.0);
    assert_eq!(host.open_handles(), 0);
}

#[test]
fn the_host_ends_a_run_that_waits_for_more() {
    let host = MockHost::install();
    host.deliver(QUERY, 1, 10.0, &[], &[]);

    let mut values = Vec::new();
    let end = host.run(|| -> Result<(), Error> {
        for event in live(QUERY)? {
            values.push(event?.value);
        }
        Ok(())
    });

    assert_eq!(end, None);
    assert_eq!(values, [10.0]);
    assert_eq!(host.open_handles(), 0);
}

#[test]
fn a_refused_query_is_an_error_with_the_words_of_the_host() {
    let host = MockHost::install();
    host.refuse("unknown operator \"AVERAGE\"");

    let error = live("AVERAGE:temp:[]").unwrap_err();

    assert_eq!(error.reason(), "unknown operator \"AVERAGE\"");
    assert_eq!(
        error.to_string(),
        "cannot subscribe to \"AVERAGE:temp:[]\": the host refused the query, and has written to its log why"
    );
}

#[test]
fn dropping_and_closing_end_the_subscription() {
    let host = MockHost::install();

    let dropped = live(QUERY).unwrap();
    let closed = live(QUERY).unwrap();
    assert_eq!(host.open_handles(), 2);

    drop(dropped);
    assert_eq!(host.open_handles(), 1);
    assert_eq!(closed.close(), Ok(()));
    assert_eq!(host.open_handles(), 0);
}

#[test]
fn a_malformed_event_ends_the_query_and_names_the_byte() {
    let host = MockHost::install();
    host.deliver_json(QUERY, r#"{"timestamp":1,"value":hot}"#);

    let mut temperature = live(QUERY).unwrap();
    let error = temperature.next().unwrap().unwrap_err();

    assert_eq!(error.to_string(), "cannot decode Event: expected digits at byte 23");
    assert_eq!(host.open_handles(), 0);
    assert!(temperature.next().is_none());
    assert_eq!(temperature.poll(), Ok(None));
    assert_eq!(temperature.close(), Err(Error::UnknownHandle { handle: 0 }));
}

#[test]
fn history_answers_a_value() {
    let host = MockHost::install();
    host.answer_history("MAX:temp:[]:[1d]", 41.5);

    assert_eq!(Query::max("temp").last("1d").history(), Ok(41.5));
}

#[test]
fn history_tells_nothing_stored_from_refused() {
    let host = MockHost::install();

    let nothing = history("AVG:temp:[]").unwrap_err();
    assert_eq!(nothing.reason(), "");

    host.refuse("unknown operator");
    let refused = history("MEAN:temp:[]").unwrap_err();
    assert_eq!(refused.reason(), "unknown operator");
}

#[test]
#[should_panic(expected = "live queries are still open: AVG:temp:[sensor=1]")]
fn a_live_query_left_open_fails_the_test() {
    let _host = MockHost::install();

    std::mem::forget(live(QUERY));
}

#[test]
fn a_failing_test_whose_host_is_gone_first_fails_and_does_not_abort() {
    let failure = std::panic::catch_unwind(|| {
        // Dropped after the host, which is declared later.
        let _temperature;
        let _host = MockHost::install();
        _temperature = live(QUERY).unwrap();
        panic!("an ordinary failure");
    });

    assert_eq!(failure.unwrap_err().downcast_ref(), Some(&"an ordinary failure"));
}

#[test]
#[should_panic(expected = "none is installed")]
fn a_host_call_without_a_host_says_what_to_write() {
    log::info!("nobody listens");
}

#[test]
#[should_panic(expected = "expected the workflow to run inside MockHost::run")]
fn waiting_for_more_outside_of_a_run_says_what_to_write() {
    let _host = MockHost::install();

    let _ = live(QUERY).unwrap().next();
}
