//! Tells the producers when the average temperature of the last minute passes a threshold, once per crossing.
use slung::{ws, Error, Event, Query};

const THRESHOLD: f64 = 100.0;

#[slung::main]
fn main() -> Result<(), Error> {
    let mut alert = Alert::default();
    for event in Query::avg("temp").tag("sensor=1").last("1m").live()? {
        alert.on_event(&event?);
    }
    Ok(())
}

#[derive(Default)]
struct Alert {
    is_high: bool,
}

impl Alert {
    fn on_event(&mut self, event: &Event) {
        let was_high = self.is_high;
        self.is_high = event.value > THRESHOLD;
        if self.is_high && !was_high {
            ws::broadcast(&event.producers, "ALERT: threshold exceeded");
        }
    }
}

#[cfg(test)]
mod tests {
    use slung::testing::MockHost;

    const QUERY: &str = "AVG:temp:[sensor=1]:[1m]";

    #[test]
    fn alerts_once_per_crossing() {
        let host = MockHost::install();
        for (time, value) in [(1, 99.0), (2, 101.0), (3, 102.0), (4, 98.0), (5, 103.0)] {
            host.deliver(QUERY, time, value, &["sensor=1"], &[7]);
        }

        // With nothing left to deliver, the host ends the run.
        assert_eq!(host.run(super::main), None);

        let effects: Vec<String> = host.take_effects().iter().map(ToString::to_string).collect();
        assert_eq!(
            effects,
            ["ws 7 ALERT: threshold exceeded", "ws 7 ALERT: threshold exceeded"]
        );
    }

    #[test]
    fn gives_up_when_the_query_is_refused() {
        let host = MockHost::install();
        host.refuse("too many queries");

        assert!(host.run(super::main).expect("the workflow returns").is_err());
    }
}
