//! How many decisions a second: `explain` over many queries at once, and one after another.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::time::Instant;

use downshift::explain::{Circumstances, Explainer};
use downshift::{Loaded, Router};
use downshift_benches::{Table, Times, rounds};
use futures_util::{StreamExt, stream};

/// As many as `downshift explain --lines` keeps under way.
const AT_ONCE: usize = 64;

const QUERIES: [&str; 10] = [
    "what time is it in Tokyo?",
    "what is 15% of 2,340?",
    "how many kilometres are 26.2 miles?",
    "what is the capital of Mongolia?",
    "what are the side effects of ibuprofen?",
    "can my landlord keep my security deposit without giving a reason?",
    "write a python function that reverses a linked list",
    "tell me a bedtime story about a dragon who is afraid of the dark",
    "hi",
    "summarise the plot of the odyssey in three sentences, and say which of its episodes later writers retold most often",
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let loaded = Loaded::open(None).expect("the shipped policy");
    runtime.block_on(async {
        let router = Router::build(loaded).expect("the shipped policy runs");
        let explainer = Explainer::new(&router);
        let now = Circumstances::default();
        let queries = QUERIES.iter().cycle();

        let mut times = Times::default();
        let total = rounds(20_000);
        let started = Instant::now();
        for query in queries.clone().take(total) {
            let asked = Instant::now();
            explainer.explain(query, &now).await;
            times.push(asked.elapsed());
        }
        let alone = total as f64 / started.elapsed().as_secs_f64();
        println!("{}", Table::new("explain").row("one after another", times));

        let total = rounds(100_000);
        let started = Instant::now();
        let decided = stream::iter(queries.take(total)).map(|query| explainer.explain(query, &now));
        let decided = decided.buffered(AT_ONCE).count().await;
        let together = decided as f64 / started.elapsed().as_secs_f64();
        println!("one after another  {alone:>10.0} queries a second");
        println!(
            "{AT_ONCE} at once         {together:>10.0} queries a second, {:.2}× as many",
            together / alone
        );
    });
}
