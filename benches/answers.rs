//! What rung 1 takes of its own: classifier, grammar and answer by answerer, and the refusal of a long prompt.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::hint::black_box;
use std::time::Instant;

use downshift::explain::{Circumstances, Explainer};
use downshift::{Loaded, Router};
use downshift_answers::{ANSWERERS, Context, Question};
use downshift_benches::{Table, Times, rounds};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Five hundred words that no grammar accounts for, though they begin and end as if one did.
fn essay() -> String {
    let middle = "the committee met again and nobody could say how long it had been since the last decision ";
    let words: Vec<_> = middle.split(' ').filter(|word| !word.is_empty()).collect();
    let body: Vec<_> = words.iter().copied().cycle().take(490).collect();
    format!("what is 15% of {} in new york right now?", body.join(" "))
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let loaded = Loaded::open(None).expect("the shipped policy");
    let essay = essay();
    runtime.block_on(async {
        let mut table = Table::new("the whole rung: classify, grammar, answer");
        let router = Router::build(loaded).expect("the shipped policy runs");
        let explainer = Explainer::new(&router);
        let now = Circumstances::default();
        for answerer in ANSWERERS {
            let mut times = Times::default();
            for example in answerer.examples().iter().cycle().take(rounds(5_000)) {
                let asked = Instant::now();
                let found = explainer.explain(example.query, &now).await;
                // What the shipped policy does not bind, or a key does not fit, is no answer to time.
                if found.answer.is_some() {
                    times.push(asked.elapsed());
                }
            }
            if !times.is_empty() {
                table = table.row(answerer.name(), times);
            }
        }
        let mut times = Times::default();
        for _ in 0..rounds(5_000) {
            let asked = Instant::now();
            explainer.explain(&essay, &now).await;
            times.push(asked.elapsed());
        }
        println!("{}", table.row("refused, 500 words", times));
    });

    let zone = TimeZone::UTC;
    let context = Context {
        now: Timestamp::UNIX_EPOCH,
        zone: Some(&zone),
        table: None,
    };
    let mut table = Table::new("the grammars alone, refusing 500 words");
    for answerer in ANSWERERS {
        let mut times = Times::default();
        for _ in 0..rounds(5_000) {
            let asked = Instant::now();
            let answer = answerer.answer(&Question::alone(black_box(&essay)), &context);
            times.push(asked.elapsed());
            assert!(answer.is_none(), "an essay is no query");
        }
        table = table.row(answerer.name(), times);
    }
    println!("{table}");
}
