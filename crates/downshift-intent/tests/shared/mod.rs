//! What holds on every backend.

use std::fs;
use std::path::{Path, PathBuf};

use downshift_intent::{Error, Examples, Model, Runtime, Source, Utterances};
use serde::Deserialize;
use tempfile::TempDir;

pub(crate) mod encoder;
mod refunds;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Token row i of the tiny model is [i, -i, 1], bigram row i is [i, -i, 1] / 8; logits are the sums.
#[track_caller]
pub(crate) fn check_tiny(runtime: &Runtime) {
    let mut model =
        Model::load(runtime, &Source::directory(fixtures().join("tiny"))).expect("it is good");
    let names: Vec<_> = model.labels().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["time", "code", "chat"]);

    for text in [
        "What time is it?",
        "now",
        "what what time time is is now now",
        &"time ".repeat(10_000),
    ] {
        let trace = model.trace(text).expect("it has words");
        let tokens: f32 = trace
            .token_ids
            .iter()
            .map(|&id| f32::from(u8::try_from(id).expect("small")))
            .sum();
        let bigrams: f32 = trace
            .bigram_ids
            .iter()
            .map(|&id| f32::from(u8::try_from(id).expect("small")))
            .sum();
        let third = trace.token_ids.len() as f32 + trace.bigram_ids.len() as f32 / 8.0;
        let first = tokens + bigrams / 8.0;
        assert_eq!(trace.logits, [first, -first, third], "{text}");
        assert_eq!(trace.bigram_ids.len(), trace.token_ids.len() + 1, "{text}");
    }

    // Tokens 1 2 3 4 6; their bigrams fall into these of the 16 buckets, by the same sums in Python.
    let trace = model.trace("What time is it?").expect("it has words");
    assert_eq!(
        (trace.token_ids, trace.bigram_ids),
        (&[1, 2, 3, 4, 6][..], &[15, 11, 7, 3, 15, 3][..])
    );
    let verdict = model.classify("What time is it?").expect("it has words");
    assert_eq!(verdict.top().map(|(name, _)| &**name), Some("time"));
    assert!((verdict.intents.iter().map(|(_, p)| p).sum::<f32>() - 1.0).abs() < 1e-6);
    assert_eq!((verdict.tokens, verdict.flops), (5, 6 * 5 + 3));
    assert!(matches!(model.classify(" "), Err(Error::Empty)));
}

/// One entry of `vectors.json`: what the trainer's own implementation made of a text.
#[derive(Deserialize)]
struct Vector {
    text: String,
    token_ids: Vec<u32>,
    bigram_ids: Vec<i64>,
    logits: Vec<f32>,
    second_logits: Vec<f32>,
}

/// Holds the shipped model against the vectors beside it.
#[track_caller]
pub(crate) fn check_shipped(runtime: &Runtime) {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/intent/vectors.json");
    let vectors = fs::read(vectors).expect("it is there");
    let vectors: Vec<Vector> = serde_json::from_slice(&vectors).expect("it is JSON");
    assert!(vectors.len() >= 40, "only {} vectors", vectors.len());
    let mut model = Model::load(runtime, &Source::shipped()).expect("it is good");
    let mut empty = 0;
    for Vector {
        text,
        token_ids,
        bigram_ids,
        logits,
        second_logits,
    } in vectors
    {
        let trace = match model.trace(&text) {
            Ok(trace) => trace,
            // In training, which has no other choice, a text of no words is one unknown word.
            Err(Error::Empty) => {
                assert!(
                    text.trim().is_empty() && token_ids == [0],
                    "{text:?} is not empty"
                );
                empty += 1;
                continue;
            }
            Err(error) => panic!("{text:?}: {error}"),
        };
        assert_eq!(trace.token_ids, token_ids, "{text:?}");
        assert_eq!(trace.bigram_ids, bigram_ids, "{text:?}");
        // Five decimals are written, and sums are taken in another order.
        check_close(&text, trace.logits, &logits, 1e-4);
        let second = model.trace_second(&text).expect("it has words");
        assert_eq!(second.is_some(), cfg!(feature = "second-stage"));
        if let Some(second) = second {
            check_close(&text, second, &second_logits, 5e-3);
        }
    }
    assert_eq!(empty, 2, "texts without words");
}

#[track_caller]
fn check_close(text: &str, ours: &[f32], theirs: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), theirs.len(), "{text:?}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!(
            (ours - theirs).abs() < tolerance * theirs.abs().max(1.0),
            "{text:?}: {ours} for {theirs}"
        );
    }
}

/// What the shipped model must never get wrong, and what it must survive.
pub(crate) fn check_sense(runtime: &Runtime) {
    let mut model = Model::load(runtime, &Source::shipped()).expect("it is good");
    for (text, intent) in [
        ("what time is it in paris", "time"),
        ("23*7", "arithmetic"),
        ("10 miles in km", "units"),
        ("capital of mongolia", "capital"),
        ("hi", "greeting"),
        (
            "write a python function that reverses a linked list",
            "code",
        ),
    ] {
        let verdict = model.classify(text).expect("it has words");
        let (top, probability) = verdict.top().expect("there are intents");
        assert!(
            &**top == intent && probability > 0.5,
            "{text}: {top} {probability}"
        );
        assert!(
            verdict.out_of_scope < 0.5,
            "{text}: {}",
            verdict.out_of_scope
        );
    }

    for text in NASTY
        .map(str::to_owned)
        .into_iter()
        .chain(NASTY.map(|text| text.repeat(40_000)))
    {
        let verdict = match model.classify(&text) {
            Ok(verdict) => verdict,
            Err(Error::Empty) => continue,
            Err(error) => panic!("{:?}…: {error}", text.chars().take(9).collect::<String>()),
        };
        let sum: f32 = verdict
            .intents
            .iter()
            .map(|(_, probability)| probability)
            .sum();
        assert!(
            (sum - 1.0).abs() < 1e-5 && (1..=256).contains(&verdict.tokens),
            "{verdict:?}"
        );
        assert!((0.0..=1.0).contains(&verdict.out_of_scope), "{verdict:?}");
    }
}

/// Eight examples make an intent: most other ways to ask for it are met, and nothing else is.
pub(crate) fn check_examples(runtime: &Runtime) {
    let mut model = Model::load(runtime, &Source::shipped()).expect("it is good");
    model
        .learn(&Examples::from([(
            "refund".to_owned(),
            taught(&refunds::EXAMPLES),
        )]))
        .expect("they are good");
    let mut refund = |text: &&str| {
        let verdict = model.classify(text).expect("it has words");
        verdict.probability("refund").expect("it was taught")
    };
    let taken = |texts: &[&'static str], refund: &mut dyn FnMut(&&str) -> f32| -> Vec<_> {
        let each = texts.iter().map(|text| (*text, refund(text)));
        each.filter(|(_, probability)| *probability >= 0.6)
            .collect()
    };
    let same = taken(&refunds::SAME, &mut refund);
    assert!(same.len() >= 24, "{} of 30: {same:?}", same.len());
    let other = taken(&refunds::OTHER, &mut refund);
    assert!(other.is_empty(), "{other:?}");
}

fn taught(examples: &[&str]) -> Utterances {
    Utterances {
        examples: examples.iter().map(ToString::to_string).collect(),
        counter_examples: Vec::new(),
    }
}

/// A model of another making may give no vectors; then examples are refused, and that is said of its file.
pub(crate) fn check_no_vectors(runtime: &Runtime) {
    let mut model =
        Model::load(runtime, &Source::directory(fixtures().join("tiny"))).expect("it is good");
    let error = model
        .learn(&Examples::from([("refund".to_owned(), taught(&["now"]))]))
        .expect_err("there is nothing to compare by");
    let message = error.to_string();
    let expected =
        "tiny/model.onnx has no output `embedding`, expected one, to learn intents from `examples`";
    assert!(message.ends_with(expected), "{message}");
}

/// Texts that have broken tokenizers: blanks and controls, marks without letters, letters that grow when folded,
/// other scripts, sequences of joined signs, special tokens spelled out.
const NASTY: [&str; 16] = [
    "",
    " \t\r\n",
    "\0\u{1}\u{7f}\u{85}",
    "\u{feff}\u{200b}\u{202e}\u{fffd}\u{e000}\u{10ffff}",
    "\u{301}\u{302}",
    "e\u{301}\u{302}\u{303}",
    "\u{fdfa}ﬃ½",
    "İıſßΣς",
    "한국어 漢字 ไทย",
    "👩\u{200d}👩\u{200d}👧🏽",
    "[CLS] [SEP] [UNK] ##s ##",
    "!?.,;:-_'\"`",
    "9٣७Ⅷ²",
    "𝕎𝕙𝕒𝕥",
    "a",
    "{\"a\": [1, {}]}\\n",
];

/// A copy of the tiny model, to be broken.
pub(crate) struct Copy(TempDir);

impl Copy {
    pub(crate) fn new() -> Self {
        let copy = Self(TempDir::new().expect("a temporary directory"));
        for name in ["model.onnx", "tokenizer.json", "model.json"] {
            copy.put(
                name,
                &fs::read(fixtures().join("tiny").join(name)).expect("it is there"),
            );
        }
        copy
    }

    fn with_graph(variant: &str) -> Self {
        let copy = Self::new();
        copy.put(
            "model.onnx",
            &fs::read(fixtures().join("broken").join(variant)).expect("it is there"),
        );
        copy
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).expect("it can be written");
    }

    fn replace(&self, name: &str, from: &str, to: &str) {
        let path = self.0.path().join(name);
        let text = fs::read_to_string(&path).expect("it is text");
        assert!(text.contains(from), "{from} is not in {name}");
        fs::write(path, text.replace(from, to)).expect("it can be written");
    }

    /// Loads it and holds the message, less the directory, against what is expected.
    #[track_caller]
    pub(crate) fn check(&self, runtime: &Runtime, label: &str, expected: &str) {
        let source = Source::directory(self.0.path().to_owned());
        let error = Model::load(runtime, &source).expect_err("it should be refused");
        let directory = format!("{}{}", self.0.path().display(), std::path::MAIN_SEPARATOR);
        let message = error.to_string();
        assert!(
            message.contains(&directory),
            "the file's place is not named: {message}"
        );
        let message = message.replace(&directory, "");
        assert!(
            message.starts_with(expected),
            "{message}\ndoes not start with\n{expected}"
        );
        assert_eq!(error.label(), label, "{message}");
    }
}

/// A second reader that is named must be there, and be one.
fn check_second_refused(runtime: &Runtime) {
    let copy = Copy::new();
    copy.replace("model.json", "\"flops\"", SECOND);
    copy.check(runtime, "unreadable", "cannot read second.onnx");
    copy.put(
        "second.onnx",
        &fs::read(fixtures().join("tiny/model.onnx")).expect("it is there"),
    );
    copy.check(
        runtime,
        "contract",
        "second.onnx has the inputs `token_ids`: i64 [any length], `bigram_ids`: i64 [any length], expected \
         `token_ids`: i64 [any length], `position_ids`: i64 [any length]",
    );
}

pub(crate) fn check_refused(runtime: &Runtime) {
    for (variant, found, expected) in CONTRACT {
        let message = format!("model.onnx has {found}, expected {expected}");
        Copy::with_graph(variant).check(runtime, "contract", &message);
    }

    for name in ["model.onnx", "tokenizer.json", "model.json"] {
        let copy = Copy::new();
        fs::remove_file(copy.0.path().join(name)).expect("it was there");
        copy.check(runtime, "unreadable", &format!("cannot read {name}"));
    }

    let copy = Copy::new();
    copy.replace("model.json", "[\"time\",", "[\"time\", \"weather\",");
    copy.check(
        runtime,
        "contract",
        "model.onnx has the outputs `logits`: f32 [3], expected `logits`: f32 [4]",
    );
    let copy = Copy::new();
    copy.replace("model.json", "\"format\": 1", "\"format\": 7");
    copy.check(
        runtime,
        "description",
        "model.json does not describe a model: it is of format 7",
    );
    let copy = Copy::new();
    copy.replace(
        "model.json",
        "\"bigram_buckets\": 16",
        "\"bigram_buckets\": 17",
    );
    copy.check(
        runtime,
        "contract",
        "model.onnx has 16 rows for `bigram_ids`, expected at least 17, for `bigram_buckets`",
    );
    let copy = Copy::new();
    copy.put("tokenizer.json", b"{}");
    copy.check(
        runtime,
        "tokenizer",
        "tokenizer.json is not a usable tokenizer: ",
    );

    check_second_refused(runtime);

    let whole = fs::read(fixtures().join("tiny/model.onnx")).expect("it is there");
    for (bytes, problem) in [
        (&b""[..], "it holds no graph"),
        (b"<!doctype html><title>404</title>", "it is not ONNX"),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "it is not ONNX",
        ),
        (&whole[..whole.len() / 2], "it is cut off, or not ONNX"),
    ] {
        let copy = Copy::new();
        copy.put("model.onnx", bytes);
        copy.check(
            runtime,
            "graph",
            &format!("model.onnx is not a usable ONNX model: {problem}"),
        );
    }
}

/// Names a second reader that is not there.
const SECOND: &str = r#""second": {
    "unsure_below": 0.9, "max_tokens": 4, "temperature": 0.5,
    "average_temperature": 1.0,
    "flops": {"per_token": 10, "per_pair": 2, "fixed": 5}
}, "flops""#;

/// A variant, what is found in it, and what was expected.
const CONTRACT: [(&str, &str, &str); 6] = [
    (
        "token_type.onnx",
        "the inputs `token_ids`: i32 [any length], `bigram_ids`: i64 [any length]",
        "`token_ids`: i64 [any length], `bigram_ids`: i64 [any length]",
    ),
    (
        "input_name.onnx",
        "the inputs `token_ids`: i64 [any length], `pairs`: i64 [any length]",
        "`token_ids`: i64 [any length], `bigram_ids`: i64 [any length]",
    ),
    (
        "output_name.onnx",
        "the outputs `scores`: f32 [3]",
        "`logits`: f32 [3]",
    ),
    (
        "output_rank.onnx",
        "the outputs `logits`: f32 [1, 3]",
        "`logits`: f32 [3]",
    ),
    (
        "output_type.onnx",
        "the outputs `logits`: f64 [3]",
        "`logits`: f32 [3]",
    ),
    (
        "few_rows.onnx",
        "7 rows for `token_ids`",
        "at least 8, for the ids of tokenizer.json",
    ),
];
