//! What the benches share: a stand-in for a model that costs next to nothing, a client, queries, and a table of times.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a bench that cannot go on stops"
)]

mod client;
mod queries;
mod recorded;
mod standin;
mod times;

pub use self::client::Client;
pub use self::queries::queries;
pub use self::recorded::lines;
pub use self::standin::StandIn;
pub use self::times::{Table, Times};

/// How often each thing is measured: `full`, or a hundredth of it after `-- --quick`.
pub fn rounds(full: usize) -> usize {
    let quick = std::env::args().any(|argument| argument == "--quick");
    if quick { (full / 100).max(10) } else { full }
}

/// The value behind an option of the command line.
pub fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.next().and_then(|_| arguments.next())
}
