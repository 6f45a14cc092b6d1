//! How soon intents that a policy teaches are told: by the middle of their examples, by the reader, and from what was
//! kept of it; 77 intents of ten examples each.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use downshift_benches::{Times, queries};
use downshift_intent::{Classifier, Examples, PoolConfig, Runtime, RuntimeConfig, Source, start};

const INTENTS: usize = 77;
const EACH: usize = 10;
const ROUNDS: usize = 10;

/// Queries of the repository's own, dealt out: what they mean does not matter to the time it takes.
fn examples() -> Examples {
    let (mut examples, mut seen) = (Examples::new(), HashSet::new());
    for query in queries("genuine") {
        // The classifier reads every digit alike, and what it reads alike is one example.
        let shape: String = query
            .chars()
            .filter(|letter| letter.is_alphabetic())
            .flat_map(char::to_lowercase)
            .collect();
        if seen.len() < INTENTS * EACH && !shape.is_empty() && seen.insert(shape) {
            let intent = format!("intent_{}", seen.len() % INTENTS);
            let of = examples.entry(intent).or_default();
            of.examples.push(query);
        }
    }
    examples
}

fn started(runtime: &Runtime, examples: &Examples, cache: Option<&Path>) -> (Classifier, Duration) {
    let begun = Instant::now();
    let pool = PoolConfig::default();
    let classifier = Classifier::start(runtime, &Source::shipped(), &pool, examples, cache);
    (classifier.expect("it starts"), begun.elapsed())
}

fn main() {
    let runtime = start(&RuntimeConfig::default()).expect("a backend");
    let folder = std::env::temp_dir().join(format!("downshift-heads-{}", std::process::id()));
    let examples = examples();
    let mut times: [Times; 4] = Default::default();
    let [without, middles, reader, kept] = &mut times;
    for _ in 0..ROUNDS {
        without.push(started(&runtime, &Examples::new(), None).1);
        let (classifier, begun) = started(&runtime, &examples, Some(&folder));
        middles.push(begun);
        let settling = Instant::now();
        classifier.settle();
        reader.push(settling.elapsed());
        kept.push(started(&runtime, &examples, Some(&folder)).1);
        fs::remove_dir_all(&folder).expect("it was made");
    }
    let [model, middles, reader, kept] = times.map(|times| times.quantile(0.5));
    println!("{INTENTS} intents of {EACH} examples, medians of {ROUNDS}");
    println!("the model alone          {:>8.1} ms", millis(model));
    println!(
        "+ middles, to serve      {:>8.1} ms",
        millis(middles.saturating_sub(model))
    );
    println!("+ reader, in its thread  {:>8.1} ms", millis(reader));
    println!(
        "+ reader, as kept        {:>8.1} ms",
        millis(kept.saturating_sub(model))
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
