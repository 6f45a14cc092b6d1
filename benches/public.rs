//! How much of public intent data's own time, date, sums, units and spelling rung 1 answers, by the shipped policy.
//!
//! Reads `clinc150/data.jsonl` (CLINC150, CC BY 3.0) and `hwu64/data.jsonl` (HWU64, CC BY-SA 3.0) in a folder, a
//! row of `{"text": …, "label": …}` a line; none of it is kept here. Without the folder there is nothing to measure.
//!
//! ```text
//! cargo bench -p downshift-benches --bench public -- --data DIR [--show]
//! ```
//!
//! `--show` prints what was passed on, and what was answered of all other intents.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::fs;
use std::path::Path;

use downshift::explain::{Circumstances, Explainer};
use downshift::{Loaded, Router};
use futures_util::{StreamExt, stream};
use jiff::tz::TimeZone;
use serde_json::Value;

/// Queries under way at once.
const AT_ONCE: usize = 64;

/// The data sets' own intents, with the answerer whose they are.
const INTENTS: &[(&str, &str, &str)] = &[
    ("clinc150", "time", "time"),
    ("clinc150", "timezone", "time"),
    ("clinc150", "date", "date"),
    ("clinc150", "calculator", "arithmetic"),
    ("clinc150", "measurement_conversion", "units"),
    ("clinc150", "spelling", "text"),
    ("hwu64", "datetime_query", "time"),
    ("hwu64", "datetime_convert", "time"),
    ("hwu64", "qa_maths", "arithmetic"),
];

/// A row of public data.
struct Row {
    set: &'static str,
    text: String,
    label: String,
}

fn main() {
    let show = std::env::args().any(|argument| argument == "--show");
    let Some(folder) = downshift_benches::option("--data") else {
        println!("public: no data; see `--data DIR` in benches/public.rs");
        return;
    };
    let rows: Vec<Row> = ["clinc150", "hwu64"]
        .into_iter()
        .flat_map(|set| read(Path::new(&folder), set))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let answers = runtime.block_on(async {
        let loaded = Loaded::open(None).expect("the shipped policy");
        let router = Router::build(loaded).expect("the shipped policy runs");
        let explainer = Explainer::new(&router);
        let at = &Circumstances {
            zone: Some(TimeZone::get("America/New_York").expect("a zone of the tz database")),
            now: Some("2026-11-25T18:44:00Z".parse().expect("a moment")),
        };
        let asked = stream::iter(&rows).map(|row| explainer.explain(&row.text, at));
        let answers = asked.buffered(AT_ONCE);
        answers
            .map(|explained| explained.answer)
            .collect::<Vec<_>>()
            .await
    });
    print(&rows, &answers, show);
}

fn read(folder: &Path, set: &'static str) -> Vec<Row> {
    let path = folder.join(set).join("data.jsonl");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("a row of JSON");
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        Row {
            set,
            text: field("text"),
            label: field("label"),
        }
    };
    text.lines().map(row).collect()
}

fn print(rows: &[Row], answers: &[Option<String>], show: bool) {
    println!("answerer    rows of                            rows  answered  per cent");
    for (set, label, answerer) in INTENTS {
        let of = rows
            .iter()
            .zip(answers)
            .filter(|(row, _)| row.set == *set && row.label == *label);
        let (answered, passed): (Vec<_>, Vec<_>) = of.partition(|(_, answer)| answer.is_some());
        let total = answered.len() + passed.len();
        let percent = 100.0 * answered.len() as f64 / total.max(1) as f64;
        let name = format!("{set}, {label}");
        println!(
            "{answerer:<12}{name:<35}{total:>4}{:>10}{percent:>10.1}",
            answered.len()
        );
        for (row, _) in passed.iter().filter(|_| show) {
            println!("    passed on: {}", row.text);
        }
    }
    let ours = |row: &Row| {
        INTENTS
            .iter()
            .any(|(set, label, _)| row.set == *set && row.label == *label)
    };
    let others: Vec<_> = rows
        .iter()
        .zip(answers)
        .filter(|(row, _)| !ours(row))
        .collect();
    let answered: Vec<_> = others
        .iter()
        .filter(|(_, answer)| answer.is_some())
        .collect();
    println!(
        "all other intents: {} of {} answered",
        answered.len(),
        others.len()
    );
    for (row, answer) in answered.into_iter().filter(|_| show) {
        println!(
            "    {}: {} → {}",
            row.label,
            row.text,
            answer.as_deref().unwrap_or_default()
        );
    }
}
