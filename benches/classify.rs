//! What it costs to find out what a query is about: cut into tokens and read once, as every query is, and as it is
//! shipped, with a second reading where the first is unsure. In process, on one thread.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::fs;
use std::path::Path;
use std::time::Instant;

use downshift_benches::{Table, Times, rounds};
use downshift_intent::{Model, RuntimeConfig, Source, start};

/// Queries of the repository's own, those that only look trivial among them.
fn queries() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/trivial");
    let mut queries = Vec::new();
    for name in ["genuine.jsonl", "near_misses.jsonl"] {
        let rows = fs::read_to_string(folder.join(name)).expect("it is there");
        queries.extend(rows.lines().map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).expect("a row is JSON");
            row["query"].as_str().expect("a row has a query").to_owned()
        }));
    }
    queries
}

fn main() {
    let runtime = start(&RuntimeConfig::default()).expect("a backend");
    let mut model = Model::load(&runtime, &Source::shipped()).expect("it is compiled in");
    let queries = queries();
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
