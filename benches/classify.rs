//! What it costs to find out what a query is about: cut into tokens and read once, as every query is, and as it is
//! shipped, with a second reading where the first is unsure. In process, on one thread.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::time::Instant;

use downshift_benches::{Table, Times, queries, rounds};
use downshift_intent::{Model, RuntimeConfig, Source, start};

fn main() {
    let runtime = start(&RuntimeConfig::default()).expect("a backend");
    let mut model = Model::load(&runtime, &Source::shipped()).expect("it is compiled in");
    // Those that only look trivial too.
    let queries = [queries("genuine"), queries("near_misses")].concat();
    let (mut once, mut shipped) = (Times::default(), Times::default());
    // Texts without a word are refused, here as there.
    for _ in 0..rounds(5) {
        for query in &queries {
            let begun = Instant::now();
            let read = model.trace(query).is_ok();
            once.push(begun.elapsed());
            let begun = Instant::now();
            let classified = model.classify(query).is_ok();
            shipped.push(begun.elapsed());
            assert_eq!(read, classified, "{query}");
        }
    }
    let title = format!("{} queries of the repository's own", queries.len());
    println!(
        "{}",
        Table::new(&title)
            .row("tokens and the first reader", once)
            .row("as shipped", shipped)
    );
}
