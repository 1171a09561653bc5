//! Reaches for all extensions, and panics in the end: what a module then imports, and what a panic looks like.
use slung::{env, http, log, now_micros, state};

#[slung::main]
fn workflow() {
    log::info!("now {}", now_micros());
    log::info!("room {:?}, limit {:?}", env::get("ROOM"), env::number("LIMIT"));
    let known = state::remove("old")
        .and_then(|_| state::set("runs", 1))
        .and_then(|_| state::number("runs"));
    log::info!("runs {:?}", known);
    let refused = slung::live("AVERAGE:temp:[]").map(drop);
    if let Err(error) = refused {
        log::info!("{}: {}", error, error.reason());
    }
    if let Err(error) = http::get("https://hooks.example.com/") {
        log::info!("status {}: {}", error.status(), error.reason());
    }
    let nothing: Vec<f64> = Vec::new();
    log::info!("{}", nothing[now_micros() as usize]);
}
