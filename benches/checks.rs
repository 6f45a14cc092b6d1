//! How often each check of `judge` finds a defect in a reply that was right, and in one that was wrong.
//!
//! Replies that several models gave to benchmarks, each graded, are laid before one check after the other. What a
//! check finds in a right reply is a false alarm: a call to the large model that nobody needed.
//!
//! ```text
//! cargo bench -p downshift-benches --bench checks -- --data DIR [--show]
//! ```
//!
//! DIR holds a folder per benchmark as `c99/compose.py` describes it. `--show` prints what was found.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use downshift::judge::{Answer, Exhibit, JUDGES};
use downshift_benches::{lines, option};
use downshift_ledger::Judge;
use downshift_policy::{CHECKS, Judging};
use downshift_wire::ChatRequest;
use serde_json::{Value, json};

/// Replies that were right and wrong, and how many of each a check objects to.
#[derive(Debug, Default, Clone, Copy)]
struct Found {
    right: usize,
    wrong: usize,
}

fn main() {
    let Some(data) = option("--data").map(PathBuf::from) else {
        println!("checks: no data; see `--data DIR` in benches/checks.rs");
        return;
    };
    let show = std::env::args().any(|argument| argument == "--show");
    let folders = std::fs::read_dir(&data).expect("a folder of benchmarks");
    let mut folders: Vec<PathBuf> = folders
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    let mut of_all: BTreeMap<&str, Found> = BTreeMap::new();
    let mut all = Found::default();
    for folder in folders {
        for (question, reply, right) in replies(&folder) {
            all.count(right);
            for check in CHECKS {
                let Some(evidence) = defect(&question, &reply, check) else {
                    continue;
                };
                of_all.entry(*check).or_default().count(right);
                if show {
                    let said = if right { "right" } else { "wrong" };
                    let end = reply.char_indices().rev().nth(120).map_or(0, |(at, _)| at);
                    println!("{check}, {said}: {evidence}\n    … {:?}", &reply[end..]);
                }
            }
        }
    }
    println!(
        "{:<12}{:>10}{:>12}{:>10}{:>12}",
        "check", "of right", "", "of wrong", ""
    );
    for check in CHECKS {
        let found = of_all.get(check).copied().unwrap_or_default();
        let percent = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
        println!(
            "{check:<12}{:>10}{:>10.3} %{:>10}{:>10.3} %",
            found.right,
            percent(found.right, all.right),
            found.wrong,
            percent(found.wrong, all.wrong)
        );
    }
    println!("{} right replies, {} wrong ones", all.right, all.wrong);
}

/// The questions of a benchmark with each recorded reply, and whether that was right.
fn replies(folder: &Path) -> Vec<(String, String, bool)> {
    let rows = folder.join("train.jsonl.gz");
    if !rows.exists() {
        return Vec::new();
    }
    let rows: BTreeMap<String, Value> = lines(&rows)
        .map(|row| (row["id"].as_str().unwrap_or_default().to_owned(), row))
        .collect();
    let mut replies = Vec::new();
    for file in std::fs::read_dir(folder).expect("a benchmark's folder") {
        let path = file.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let Some(model) = name
            .strip_prefix("responses.")
            .and_then(|rest| rest.strip_suffix(".jsonl.gz"))
        else {
            continue;
        };
        for said in lines(&path) {
            let Some(row) = said["id"].as_str().and_then(|id| rows.get(id)) else {
                continue;
            };
            // A model's name in a file's is without the characters that files cannot have.
            let graded = row["m"].as_object().and_then(|models| {
                models
                    .iter()
                    .find(|(name, _)| name.replace('/', "_") == model)
            });
            let (Some((_, graded)), Some(text)) = (graded, said["r"].as_str()) else {
                continue;
            };
            let question = row["q"].as_str().unwrap_or_default().to_owned();
            replies.push((question, text.to_owned(), graded[0].as_f64() == Some(1.0)));
        }
    }
    replies
}

/// What one check alone finds.
fn defect(question: &str, reply: &str, check: &str) -> Option<String> {
    let mut body =
        json!({ "model": "auto", "messages": [{ "role": "user", "content": question }] });
    // Who demands JSON demands it of the server too.
    if reply.trim_start().starts_with('{') {
        body["response_format"] = json!({ "type": "json_object" });
    }
    let request = ChatRequest::decode(body.to_string().into()).expect("a request");
    let others = CHECKS.iter().filter(|other| **other != check);
    let judging = Judging {
        left_out: others.map(|other| (*other).into()).collect(),
        ..Judging::default()
    };
    let exhibit = Exhibit {
        judging: &judging,
        request: &request,
        question,
        answer: &Answer::of_text(reply),
        others: &[],
        verified: None,
    };
    let checks = JUDGES
        .iter()
        .find(|judge| judge.name() == Judge::Checks)
        .expect("checks are a judge");
    let finding = checks.judge(&exhibit)?;
    finding.defect.map(|_| finding.evidence)
}

impl Found {
    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.wrong += usize::from(!right);
    }
}
