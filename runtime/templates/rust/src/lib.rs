//! Alerts when the average temperature of the last minute passes 80 °C, and gives the all-clear when it is back below 70 °C.
//!
//! In between nothing changes: at a single threshold, an average that wavers around it would alert again and again.
use slung::{http, log, ws, Error, Json, Query};

const ALERT_ABOVE: f64 = 80.0;
const CLEAR_BELOW: f64 = 70.0;
const WEBHOOK: &str = "https://hooks.example.com/alerts";

#[slung::main]
fn main() -> Result<(), Error> {
    let mut is_high = false;
    // AVG:temp:[]:[1m]
    for event in Query::avg("temp").last("1m").live()? {
        let event = event?;
        let changes = if is_high {
            event.value < CLEAR_BELOW
        } else {
            event.value > ALERT_ABOVE
        };
        if !changes {
            continue;
        }
        is_high = !is_high;
        let level = if is_high { "high" } else { "normal" };

        ws::broadcast(&event.producers, &format!("temperature is {level}"));
        let body = Json::object()
            .set("level", level)
            .set("average", event.value)
            .set("at", event.timestamp);
        if http::post(WEBHOOK, body).is_err() {
            log::error!("the webhook did not take: {level}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use slung::testing::MockHost;

    const QUERY: &str = "AVG:temp:[]:[1m]";

    #[test]
    fn alerts_above_80_and_gives_the_all_clear_below_70() {
        let host = MockHost::install();
        for (time, value) in [(1, 79.0), (2, 81.0), (3, 90.0), (4, 71.0), (5, 69.0)] {
            host.deliver(QUERY, time, value, &[], &[7]);
        }

        // With nothing left to deliver, the host ends the run.
        assert_eq!(host.run(super::main), None);

        let effects: Vec<String> = host.take_effects().iter().map(ToString::to_string).collect();
        let texts: Vec<&String> = effects.iter().filter(|effect| effect.starts_with("ws")).collect();
        assert_eq!(texts, ["ws 7 temperature is high", "ws 7 temperature is normal"]);
    }

    #[test]
    fn gives_up_when_the_query_is_refused() {
        let host = MockHost::install();
        host.refuse("too many queries");

        assert!(host.run(super::main).expect("the workflow returns").is_err());
    }
}
