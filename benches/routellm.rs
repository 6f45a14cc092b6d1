//! How far a router gets that reads the question alone, on the questions and by the measures of `RouteLLM`.
//!
//! Ong et al., "`RouteLLM`: Learning to Route LLMs with Preference Data" (arXiv:2406.18665), §3: with a share `c` of the
//! questions sent to the strong model, PGR(c) is what is gained over the weak model as a part of what the strong
//! one gains on all. APGR is its mean over `c`; CPT(x) is the least `c` with PGR(c) ≥ x. Questions that `RouteLLM` leaves out of its own
//! evaluation as contaminated are left out here too. Equal scores are sent up in random order, on the average.
//!
//! ```text
//! cargo bench -p downshift-benches --bench routellm -- --data DIR
//! ```
//!
//! DIR holds `routellm-mmlu` and `routellm-gsm8k`, rows as `c99/compose.py` describes them.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use downshift_benches::{lines, option};
use downshift_intent::{Model, RuntimeConfig, Source};

const STRONG: &str = "gpt-4-1106-preview";
const WEAK: &str = "mistralai/Mixtral-8x7B-Instruct-v0.1";

/// Parts of the questions: what is learnt for one is learnt from the others.
const FOLDS: usize = 5;

/// Folder, and the best APGR, CPT(50 %) and CPT(80 %) that `RouteLLM`'s authors published for it.
const SETS: &[(&str, [f64; 3])] = &[
    ("routellm-mmlu", [0.603, 35.4, 71.6]),
    ("routellm-gsm8k", [0.622, 33.6, 63.3]),
];

/// One question.
struct Question {
    text: String,
    subject: String,
    weak: f64,
    strong: f64,
}

/// A point of the curve: a share sent up, and the mean quality.
type Point = (f64, f64);

fn main() {
    let Some(data) = option("--data").map(PathBuf::from) else {
        println!("routellm: no data; see `--data DIR` in benches/routellm.rs");
        return;
    };
    let runtime = downshift_intent::start(&RuntimeConfig::default()).expect("a backend");
    let mut model = Model::load(&runtime, &Source::shipped()).expect("the model that ships");
    for (set, published) in SETS {
        let questions = questions(&data.join(set));
        println!("{set}: {} questions", questions.len());
        println!(
            "  {:<38}{:>8}{:>10}{:>10}",
            "router", "APGR", "CPT(50 %)", "CPT(80 %)"
        );
        let [apgr, half, most] = published;
        println!(
            "  {:<38}{apgr:>8.3}{half:>10.1}{most:>10.1}",
            "best published by RouteLLM"
        );
        let row = |name: &str, scores: &[f64]| show(name, &questions, scores);
        row("at random", &vec![0.0; questions.len()]);
        let lengths = questions
            .iter()
            .map(|question| question.text.chars().count() as f64);
        row("longer prompts go up", &lengths.collect::<Vec<_>>());
        let subjects = questions
            .iter()
            .map(|question| vec![(question.subject.as_str().into(), 1.0)]);
        row(
            "mean gain of the subject",
            &learnt(&questions, &subjects.collect::<Vec<_>>()),
        );
        let intents = questions
            .iter()
            .map(|question| intents(&mut model, &question.text));
        row(
            "mean gain of our intents",
            &learnt(&questions, &intents.collect::<Vec<_>>()),
        );
        let gains = questions
            .iter()
            .map(|question| question.strong - question.weak);
        row("all-knowing", &gains.collect::<Vec<_>>());
    }
}

fn questions(folder: &Path) -> Vec<Question> {
    let rows = lines(&folder.join("train.jsonl.gz")).filter(|row| row["contaminated"] != 1);
    let score = |row: &serde_json::Value, model: &str| row["m"][model][0].as_f64();
    let question = |row: serde_json::Value| {
        Some(Question {
            text: row["q"].as_str()?.to_owned(),
            subject: row["domain"].as_str()?.to_owned(),
            weak: score(&row, WEAK)?,
            strong: score(&row, STRONG)?,
        })
    };
    rows.filter_map(question).collect()
}

/// What the shipped classifier thinks a question is about.
fn intents(model: &mut Model, text: &str) -> Vec<(Arc<str>, f64)> {
    let verdict = model.classify(text).expect("a question has words");
    let intents = verdict.intents.iter();
    intents
        .map(|(intent, probability)| (intent.clone(), f64::from(*probability)))
        .collect()
}

/// For each question the mean gain of its groups, by how far it belongs to each; learnt from the other folds.
fn learnt(questions: &[Question], groups: &[Vec<(Arc<str>, f64)>]) -> Vec<f64> {
    let mut scores = vec![0.0; questions.len()];
    for fold in 0..FOLDS {
        let mut gains: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for (at, (question, groups)) in questions.iter().zip(groups).enumerate() {
            if at % FOLDS == fold {
                continue;
            }
            for (group, part) in groups {
                let gain = gains.entry(group).or_default();
                gain.0 += part * (question.strong - question.weak);
                gain.1 += part;
            }
        }
        for at in (fold..questions.len()).step_by(FOLDS) {
            let gain = |(group, part): &(Arc<str>, f64)| {
                let (sum, weight) = gains.get(&**group).copied().unwrap_or_default();
                part * sum / f64::max(weight, f64::MIN_POSITIVE)
            };
            scores[at] = groups[at].iter().map(gain).sum();
        }
    }
    scores
}

fn show(name: &str, questions: &[Question], scores: &[f64]) {
    let curve = curve(questions, scores);
    let (weak, strong) = (curve[0].1, curve[curve.len() - 1].1);
    let gained = |quality: f64| (quality - weak) / (strong - weak);
    let area = curve
        .windows(2)
        .map(|pair| (pair[1].0 - pair[0].0) * f64::midpoint(gained(pair[0].1), gained(pair[1].1)));
    let cpt = |part: f64| {
        let at = curve
            .windows(2)
            .find(|pair| gained(pair[1].1) >= part)
            .expect("all is gained in the end");
        let (low, high) = (gained(at[0].1), gained(at[1].1));
        let between = if high > low {
            (part - low).max(0.0) / (high - low)
        } else {
            0.0
        };
        100.0 * (at[0].0 + between * (at[1].0 - at[0].0))
    };
    println!(
        "  {name:<38}{:>8.3}{:>10.1}{:>10.1}",
        area.sum::<f64>(),
        cpt(0.5),
        cpt(0.8)
    );
}

/// Mean quality by the share sent up, the highest scores first; equal scores are one straight line.
fn curve(questions: &[Question], scores: &[f64]) -> Vec<Point> {
    let all = questions.len() as f64;
    let mut order: Vec<usize> = (0..questions.len()).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
    let mut quality = questions.iter().map(|question| question.weak).sum::<f64>() / all;
    let mut points = vec![(0.0, quality)];
    for (sent, at) in order.iter().enumerate() {
        quality += (questions[*at].strong - questions[*at].weak) / all;
        let ends = order
            .get(sent + 1)
            .is_none_or(|next| scores[*next] < scores[*at]);
        if ends {
            points.push(((sent + 1) as f64 / all, quality));
        }
    }
    points
}
