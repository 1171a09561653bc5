//! Several live queries in one loop: whichever has the next Event.

use crate::error::Error;
use crate::event::Event;
use crate::live::LiveQuery;
use std::borrow::BorrowMut;

/// Waits for the next [`Event`] of any of several live queries, and says which one it is from: its place in the list,
/// from 0.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// # host.deliver("AVG:temp:[]", 1, 20.0, &[], &[]);
/// # host.deliver("MAX:load:[]", 2, 0.5, &[], &[]);
/// # host.run(|| -> Result<(), slung::Error> {
/// use slung::{log, Query, Select};
///
/// let temperature = Query::avg("temp").live()?;
/// let load = Query::max("load").live()?;
/// for next in Select::of([temperature, load]) {
///     match next? {
///         (0, event) => log::info!("temperature {}", event.value),
///         (_, event) => log::info!("load {}", event.value),
///     }
/// }
/// # Ok(())
/// # });
/// # let said: Vec<_> = host.take_effects().iter().map(|effect| effect.to_string()).collect();
/// # assert_eq!(said, ["stdout temperature 20", "stdout load 0.5"]);
/// ```
///
/// It polls them by turns, and begins after the one that had the latest Event, so none has to wait for another. Events
/// come in the order in which their samples arrived, as long as nothing else polls these queries. One sample may make an
/// Event for several.
///
/// A query that ends, after a malformed Event, is passed over from then on. The iterator ends when all have ended.
#[derive(Debug)]
#[must_use = "it waits only when it is iterated over"]
pub struct Select<Query = LiveQuery> {
    queries: Vec<Query>,
    /// Where the next round begins.
    next: usize,
}

impl<Query: BorrowMut<LiveQuery>> Select<Query> {
    /// Takes the queries, or borrows them: `Select::of([&mut temperature, &mut load])`.
    pub fn of(queries: impl IntoIterator<Item = Query>) -> Select<Query> {
        Select {
            queries: queries.into_iter().collect(),
            next: 0,
        }
    }
}

impl<Query: BorrowMut<LiveQuery>> Iterator for Select<Query> {
    type Item = Result<(usize, Event), Error>;

    /// Waits for the next Event. `None` only when no query is left.
    fn next(&mut self) -> Option<Result<(usize, Event), Error>> {
        let mut ended_in_a_row = 0;
        while ended_in_a_row < self.queries.len() {
            let index = self.next;
            self.next = (index + 1) % self.queries.len();
            let query: &mut LiveQuery = self.queries[index].borrow_mut();
            if !query.is_open() {
                ended_in_a_row += 1;
                continue;
            }
            ended_in_a_row = 0;
            if let Some(result) = query.poll().transpose() {
                return Some(result.map(|event| (index, event)));
            }
        }
        None
    }
}
