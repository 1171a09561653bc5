//! What a workflow sends out, over a scripted host.

use slung::testing::{Effect, MockHost};
use slung::{http, log, now_micros, ws, Error, EventWriter, Outcome, SECOND};

fn lines(host: &MockHost) -> Vec<String> {
    host.take_effects().iter().map(Effect::to_string).collect()
}

#[test]
fn an_event_writer_writes_samples_of_its_series() {
    let host = MockHost::install();
    let hourly = EventWriter::new("temp_hourly").tag("sensor=1").tag("muted");

    hourly.write(9007199254740991, 41.2).unwrap();
    hourly.write(-5, 1e21).unwrap();

    let written = Effect::Event {
        series: "temp_hourly".into(),
        timestamp: 9007199254740991,
        value: 41.2,
        tags: vec!["muted".into(), "sensor=1".into()],
    };
    let effects = host.take_effects();
    assert_eq!(effects[0], written);
    assert_eq!(effects[1].to_string(), "event temp_hourly{muted,sensor=1} 1e+21 @-5");
}

#[test]
fn an_event_that_would_arrive_as_another_is_not_sent() {
    let host = MockHost::install();
    let error = |text: &str| Err(Error::Untransportable { text: text.into() });

    assert_eq!(EventWriter::new("a,b").tag("c").write(1, 1.0), error("a,b"));
    assert_eq!(EventWriter::new("a").tag("b,c").tag("d,e").write(1, 1.0), error("b,c"));
    assert_eq!(EventWriter::new("a").tag("series=b").write(1, 1.0), error("series=b"));
    assert_eq!(lines(&host), Vec::<String>::new());
}

#[test]
fn an_event_the_host_refuses_is_an_error() {
    let host = MockHost::install();

    let error = EventWriter::new("temp").write(1, f64::NAN).unwrap_err();

    assert_eq!(
        error.reason(),
        "cannot write the event: value \"NaN\" is not a finite decimal number"
    );
    assert!(error
        .to_string()
        .starts_with("cannot write the event \"series=temp\": "));
    assert!(EventWriter::new("temp").write(1 << 53, 1.0).is_err());
    assert!(EventWriter::new("temp").tag("a\tb").write(1, 1.0).is_err());
    assert_eq!(lines(&host), Vec::<String>::new());
}

#[test]
fn a_text_reaches_its_producer_or_is_an_error() {
    let host = MockHost::install();

    ws::send((1 << 53) - 1, "heiß 😀").unwrap();
    host.refuse("producer 2 is closed");
    let error = ws::send(2, "x").unwrap_err();

    assert_eq!(lines(&host), ["ws 9007199254740991 heiß 😀"]);
    assert_eq!(error, Error::ProducerGone { producer: 2 });
    assert_eq!(error.reason(), "producer 2 is closed");
}

#[test]
fn no_connection_has_a_number_outside_of_1_to_2_to_the_53_minus_1() {
    let host = MockHost::install();

    for producer in [0, 1 << 53, u64::MAX] {
        let error = ws::send(producer, "x").unwrap_err();
        assert_eq!(error.reason(), format!("connection {} is unknown", producer));
    }
    assert_eq!(lines(&host), Vec::<String>::new());
}

#[test]
fn broadcast_counts_who_took_it() {
    let host = MockHost::install();
    host.refuse("producer 1 is closed");

    assert_eq!(ws::broadcast(&[1, 2, 3], "hot"), 2);
    assert_eq!(lines(&host), ["ws 2 hot", "ws 3 hot"]);
}

#[test]
fn each_method_sends_its_request() {
    let host = MockHost::install();

    http::get("http://h/1").unwrap();
    http::post("http://h/2", "{}").unwrap();
    http::put("http://h/3", "ä").unwrap();
    http::delete("http://h/4").unwrap();

    let expected = [
        "http GET http://h/1",
        "http POST http://h/2 {}",
        "http PUT http://h/3 ä",
        "http DELETE http://h/4",
    ];
    assert_eq!(lines(&host), expected);
}

#[test]
fn a_2xx_brings_its_body_and_status() {
    let host = MockHost::install();
    host.answer_http(201, "größer");
    host.answer_http(204, "");

    let created = http::post("http://h/", "{}").unwrap();
    assert_eq!((created.text().as_ref(), created.status()), ("größer", 201));

    let empty = http::get("http://h/").unwrap();
    assert_eq!((empty.body.len(), empty.status()), (0, 204));

    host.answer_http(200, b"caf\xe9 au lait");
    assert_eq!(http::get("http://h/").unwrap().text(), "caf\u{fffd} au lait");
}

#[test]
fn any_other_status_is_an_error_and_no_response_has_status_0() {
    let host = MockHost::install();
    host.answer_http(503, "later");
    let busy = http::get("http://h/").unwrap_err();
    assert_eq!(busy.status(), 503);
    assert_eq!(busy.reason(), "the server answered with status 503");
    assert_eq!(
        Error::from(busy).to_string(),
        "cannot complete GET \"http://h/\": expected a response with a 2xx status, and none came"
    );

    host.refuse("host \"h\" is not allowed");
    let denied = http::get("http://h/").unwrap_err();
    assert_eq!(
        (denied.status(), denied.reason().as_str()),
        (0, "host \"h\" is not allowed")
    );
}

#[test]
fn a_status_not_asked_for_before_the_next_request_is_gone() {
    let host = MockHost::install();
    host.answer_http(200, "");
    host.answer_http(404, "");

    let first = http::get("http://h/1").unwrap();
    let second = http::get("http://h/2").unwrap_err();

    assert_eq!((first.status(), second.status()), (0, 404));
}

#[test]
fn each_level_writes_a_line_to_its_stream() {
    let host = MockHost::install();
    let name = "grüße";

    log::debug!("a");
    log::info!("{} 😀", name);
    log::warn!("c");
    log::error!("{:?}", "d");
    log::info!("");

    let expected = [
        "stdout debug: a",
        "stdout grüße 😀",
        "stderr warn: c",
        "stderr error: \"d\"",
        "stdout ",
    ];
    assert_eq!(lines(&host), expected);
}

#[test]
fn a_line_may_end_as_on_windows() {
    let host = MockHost::install();

    log::info!("a\r");

    assert_eq!(lines(&host), ["stdout a"]);
}

#[test]
fn now_is_the_clock_of_the_host() {
    let host = MockHost::install();
    host.set_now(1_700_000_000 * SECOND);

    assert_eq!(now_micros(), 1_700_000_000_000_000);
    assert_eq!(slung::unix_micros(), 1_700_000_000_000_000);
}

#[test]
fn the_end_of_a_workflow_is_a_code_and_a_line() {
    let host = MockHost::install();

    assert_eq!(().into_code(), 0);
    assert_eq!(Ok::<(), Error>(()).into_code(), 0);
    assert_eq!(Err::<(), Error>(Error::ProducerGone { producer: 7 }).into_code(), 1);
    assert_eq!(
        lines(&host),
        ["stderr error: cannot send to producer 7: its connection is closed, expected one from the latest Event"]
    );
}
