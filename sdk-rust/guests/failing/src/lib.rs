//! The ways in which Rust ends a workflow, chosen by the value of a sample; 0 only counts.
//!
//! Most of what the compiler puts into the module is code of the standard library, some of it for types of this crate: the
//! author's are `main` (inlined into `call`), `descend`, `twice`, the closure in it, and `Level`'s `fmt`.
use std::fmt;

use slung::{log, Error, Query};

struct Level(f64);

impl fmt::Display for Level {
    #[inline(never)]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "level {:e}", self.0)
    }
}

/// Needs 4 KiB of the stack each time.
#[inline(never)]
fn descend(depth: u64, above: &mut [u8; 4096]) -> u64 {
    let mut here = [0u8; 4096];
    here[(depth % 4096) as usize] = above[0].wrapping_add(1);
    if depth == 0 {
        return u64::from(here[0]);
    }
    let below = descend(depth - 1, &mut here);
    below + u64::from(here[(below % 4096) as usize])
}

/// Calls nothing, and needs more than the whole stack.
#[inline(never)]
fn spread(seed: u8) -> usize {
    let mut wide = [seed; 2_000_000];
    for index in 1..wide.len() {
        wide[index] = wide[index - 1].wrapping_mul(31).wrapping_add(seed);
    }
    wide.iter().filter(|byte| **byte == seed).count()
}

/// Two instances of one function.
#[inline(never)]
fn twice<T: Copy + fmt::Display>(value: T) -> Vec<String> {
    [value, value].iter().map(|one| one.to_string()).collect()
}

fn fill() -> usize {
    let mut all = vec![1u8];
    loop {
        let twice = all.len() * 2;
        all.resize(twice, 1);
        log::debug!("{} bytes", all.len());
    }
}

#[slung::main]
fn main() -> Result<(), Error> {
    for event in Query::max("way").last("0s").live()? {
        let value = event?.value;
        match value as i64 {
            0 => log::info!("{} {:?} {:?}", Level(value), twice(value), twice(7u8)),
            1 => log::info!("{}", Vec::<u8>::new()[value as usize]),
            2 => log::info!("{}", fill()),
            3 => log::info!("{}", descend(100_000, &mut [0; 4096])),
            _ => log::info!("{}", spread(value as u8)),
        }
    }
    Ok(())
}
