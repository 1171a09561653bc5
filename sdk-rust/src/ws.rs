//! Writebacks to producers: text frames on the connections that send samples.

use crate::abi::u_writeback_ws;
use crate::error::Error;
use crate::region::Lent;

/// Sends `text` to a producer, one of [`Event::producers`](crate::Event::producers).
///
/// # Errors
///
/// [`Error::ProducerGone`] when its connection is unknown or already closed.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// slung::ws::send(7, "ALERT: threshold exceeded")?;
/// # assert_eq!(host.take_effects()[0].to_string(), "ws 7 ALERT: threshold exceeded");
/// # Ok::<(), slung::Error>(())
/// ```
pub fn send(producer: u64, text: &str) -> Result<(), Error> {
    match send_region(producer, &Lent::new(text.as_bytes())) {
        true => Ok(()),
        false => Err(Error::ProducerGone { producer }),
    }
}

/// Sends `text` to each of the producers. Returns how many accepted it.
///
/// ```
/// # use slung::testing::MockHost;
/// # let host = MockHost::install();
/// assert_eq!(slung::ws::broadcast(&[1, 2], "hot"), 2);
/// # assert_eq!(host.take_effects().len(), 2);
/// ```
pub fn broadcast(producers: &[u64], text: &str) -> usize {
    let region = Lent::new(text.as_bytes());
    let took = |&&producer: &&u64| send_region(producer, &region);
    producers.iter().filter(took).count()
}

fn send_region(producer: u64, text: &Lent<'_>) -> bool {
    // SAFETY: the caller holds the Region for longer than this call.
    unsafe { u_writeback_ws(producer, text.address()) == 0 }
}
