//! The executable by its command line: what it prints, and how it exits.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod folder;

use std::fs;
use std::process::Command;

use serde_json::Value;

use folder::{Folder, check};

const LABELLED: &str = r#"{"text": "what time is it in Tokyo?", "label": "time"}
{"text": "what is 15% of 2,340?", "label": "arithmetic"}
{"text": "write a python function that reverses a linked list", "label": "code"}
{"text": "side effects of ibuprofen", "label": "medical"}
{"text": "zxqv blorp", "label": "oos"}
"#;

#[test]
fn eval_prints_figures_as_a_table_as_json_and_as_a_page() {
    let folder = Folder::new();
    folder.file("data.jsonl", LABELLED);
    let table = folder.run(&["eval", "data.jsonl", "--html", "page.html"]);
    check(&table, 0, &["accuracy", "100.00 %", "falsely trivial"]);
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("data.jsonl"));

    let json = check(&folder.run(&["eval", "data.jsonl", "--json"]), 0, &[]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["accuracy"], 1.0);
    assert_eq!(json["oos_auroc"], 1.0);
    assert_eq!(json["per_intent"]["time"]["queries"], 1);
    for key in ["macro_f1", "oos_fpr95", "error_auroc", "ece"] {
        assert!(json.get(key).is_some(), "{json}");
    }
}

#[test]
fn eval_says_what_is_wrong_with_its_data() {
    let folder = Folder::new();
    folder.file("bad.jsonl", "{\"text\": \"hi\"}\n");
    check(
        &folder.run(&["eval", "bad.jsonl"]),
        1,
        &["bad.jsonl, line 1", "label"],
    );
    folder.file("label.jsonl", "{\"text\": \"hi\", \"label\": \"tiem\"}\n");
    check(
        &folder.run(&["eval", "label.jsonl"]),
        1,
        &["line 1", "`tiem`", "time, date"],
    );
    check(
        &folder.run(&["eval", "none.jsonl"]),
        1,
        &["cannot read none.jsonl"],
    );
}

const PARCELS: &str = r#"{"text": "where is my parcel", "label": "parcel"}
{"text": "track my package please", "label": "parcel"}
{"text": "my order has not arrived", "label": "parcel"}
{"text": "is my package on its way", "label": "parcel"}
{"text": "I want my money back", "label": "refund"}
{"text": "please refund me", "label": "refund"}
{"text": "return it for a refund", "label": "refund"}
{"text": "give me the money back", "label": "refund"}
"#;

#[test]
fn a_trained_model_is_evaluated_and_used_by_a_policy() {
    let folder = Folder::new();
    folder.file("parcels.jsonl", PARCELS);
    let trained = folder.run(&["train", "parcels.jsonl", "--out", "shop"]);
    check(
        &trained,
        0,
        &[
            "2 intents learned from 8 queries",
            "classifier: { model: shop }",
        ],
    );
    let card = fs::read_to_string(folder.path().join("shop/MODEL_CARD.md")).unwrap();
    assert!(
        card.starts_with("# shop\n") && card.contains("| parcel | 4 |"),
        "{card}"
    );

    let json = folder.run(&["eval", "parcels.jsonl", "--model", "shop", "--json"]);
    let json: Value = serde_json::from_str(&check(&json, 0, &[])).unwrap();
    assert_eq!(json["accuracy"], 1.0);

    folder.file(
        "router.yaml",
        "models: { big: { api: openai, base_url: 'http://127.0.0.1:9', model: big } }\nllm: big\n\
         classifier: { model: shop }\ntests: [{ query: track my parcel, rung: llm, intent: parcel }]\n",
    );
    check(&folder.run(&["check"]), 0, &["1 tests passed"]);
    let again = folder.run(&["train", "parcels.jsonl", "--out", "shop"]);
    check(&again, 1, &["shop is not empty"]);
    // Every query of the log is labelled.
    let mut train = vec!["train", "parcels.jsonl", "--out", "again"];
    train.extend(["--unlabelled", "parcels.jsonl"]);
    check(&folder.run(&train), 0, &["no new queries in parcels.jsonl"]);
    if cfg!(feature = "second-stage") {
        let quick = folder.run(&["train", "parcels.jsonl", "--out", "quick", "--quick"]);
        check(&quick, 1, &["--quick", "whose head goes by both readers"]);
    }
}

#[test]
fn a_quick_model_goes_by_the_first_reader_whatever_the_policy_has() {
    let folder = Folder::new();
    folder.file("parcels.jsonl", PARCELS);
    folder.file(
        "router.yaml",
        &format!(
            "models: {{ big: {{ api: openai, base_url: 'http://127.0.0.1:9', model: big }} }}\nllm: big\n\
             classifier: {{ encoder: '{ENCODER}' }}\n"
        ),
    );
    let trained = folder.run(&["train", "parcels.jsonl", "--out", "quick", "--quick"]);
    check(&trained, 0, &["2 intents learned"]);
    let card = fs::read_to_string(folder.path().join("quick/MODEL_CARD.md")).unwrap();
    assert!(
        card.contains("over the vectors of the first reader of"),
        "{card}"
    );
    assert!(!folder.path().join("quick/encoder").exists());
}

/// A toy encoder as Hugging Face's tools would export it.
const ENCODER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../downshift-intent/tests/fixtures/encoder"
);

#[test]
fn a_model_is_trained_over_an_encoder_and_beside_a_log() {
    let folder = Folder::new();
    folder.file("parcels.jsonl", PARCELS);
    folder.file(
        "log.jsonl",
        "{\"text\": \"has the parcel arrived\"}\n{\"text\": \"my money\"}\n{\"text\": \"please refund me\"}\n",
    );
    let mut train = vec!["train", "parcels.jsonl", "--out", "shop", "--json"];
    train.extend(["--encoder", ENCODER, "--unlabelled", "log.jsonl"]);
    let json = folder.run(&train);
    let json: Value = serde_json::from_str(&check(&json, 0, &[])).unwrap();
    let log = &json["unlabelled"];
    // The third is labelled already.
    assert_eq!(log["texts"], 2, "{json}");
    let less = log["with"]["loss"].as_f64() < log["without"]["loss"].as_f64();
    assert_eq!(log["kept"], less, "{json}");
    let card = fs::read_to_string(folder.path().join("shop/MODEL_CARD.md")).unwrap();
    assert!(
        card.contains("over the vectors of the encoder encoder")
            && card.contains("of 2 queries that nobody labelled"),
        "{card}"
    );

    folder.file(
        "test.jsonl",
        &format!("{PARCELS}{{\"text\": \"sing me a song\", \"label\": \"oos\"}}\n"),
    );
    let json = folder.run(&["eval", "test.jsonl", "--model", "shop", "--json"]);
    let json: Value = serde_json::from_str(&check(&json, 0, &[])).unwrap();
    for key in [
        "accuracy",
        "macro_f1",
        "oos_auroc",
        "oos_fpr95",
        "error_auroc",
        "ece",
        "per_intent",
    ] {
        assert!(json.get(key).is_some(), "{key} is not in {json}");
    }
    assert!(json["accuracy"].as_f64().unwrap() > 0.6, "{json}");
    folder.file("log.jsonl", "{\"query\": 1}\n");
    train[3] = "another";
    let trained = folder.run(&train);
    check(
        &trained,
        1,
        &["is neither rows of {\"text\": \"…\"} nor recorded traffic"],
    );
}

#[test]
fn a_policy_tells_its_examples_by_an_encoder() {
    let folder = Folder::new();
    let policy = |encoder: &str| {
        format!(
            "models:\n  big: {{ api: openai, base_url: 'http://127.0.0.1:9', model: big }}\n  \
             small: {{ api: openai, base_url: 'http://127.0.0.1:9', model: small }}\nllm: big\n\
             classifier: {{ encoder: '{encoder}', cache: off }}\nintents:\n  parcel:\n    examples: [where is my parcel, \
             track my order, has the package arrived]\n    confidence: 0.3\n    specialist: small\n\
             tests: [{{ query: where is my parcel, rung: specialist, intent: parcel }}]\n"
        )
    };
    folder.file("router.yaml", &policy(ENCODER));
    check(&folder.run(&["check"]), 0, &["1 tests passed"]);
    folder.file("router.yaml", &policy("nowhere"));
    check(&folder.run(&["check"]), 2, &["cannot read", "nowhere"]);
}

#[test]
fn training_says_what_it_lacks() {
    let folder = Folder::new();
    folder.file("one.jsonl", "{\"text\": \"hi\", \"label\": \"a\"}\n");
    let trained = folder.run(&["train", "one.jsonl", "--out", "m"]);
    check(
        &trained,
        1,
        &["one.jsonl is not enough", "expected at least two"],
    );
    assert!(!folder.path().join("m").exists());
}

#[test]
fn explain_and_check_work_anywhere_with_the_policy_that_is_compiled_in() {
    let folder = Folder::new();
    let explained = folder.run(&["explain", "what is 15% of 2,340?"]);
    check(&explained, 0, &["351", "downshift/arithmetic"]);
    check(&folder.run(&["check"]), 0, &["ok", "tests passed"]);
}

#[test]
fn a_log_that_goes_to_no_terminal_has_no_escape_codes() {
    let folder = Folder::new();
    let output = Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(["explain", "hi"])
        .current_dir(folder.path())
        .env("DOWNSHIFT_LOG", "info")
        .output()
        .unwrap();
    check(&output, 0, &["classifier model loaded"]);
    assert!(!output.stderr.contains(&0x1b), "{output:?}");
}

#[test]
fn a_policy_that_leaves_the_ledgers_place_open_is_good_without_a_home() {
    let folder = Folder::new();
    let shipped = include_str!("../../../router.yaml");
    assert!(shipped.contains("sqlite:"));
    folder.file("homeless.yaml", "store: { url: 'sqlite:' }\nmodels: { big: { api: openai, base_url: 'http://127.0.0.1:9', model: big } }\nllm: big\n");
    let output = Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(["check", "homeless.yaml"])
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();
    check(&output, 0, &["homeless.yaml: ok", "kept in memory alone"]);
}

#[test]
fn exit_codes_tell_a_wrong_policy_from_failed_work() {
    let folder = Folder::new();
    folder.file("router.yaml", "llm: 1\nfrist: 2\n");
    check(&folder.run(&["check"]), 2, &["router.yaml:2", "frist"]);
    check(&folder.run(&["explain", "hi"]), 2, &["frist"]);
    check(&folder.run(&["nonsense"]), 2, &["nonsense"]);
}

#[test]
fn slips_and_unknown_names_are_told_in_one_run() {
    let folder = Folder::new();
    let models = |small: &str| {
        format!(
            "models:\n  frontier: {{ api: openai, base_url: 'http://127.0.0.1:9', model: big, fallbak: [x] }}\n  {small}\n"
        )
    };
    let wrong = "llm: fronteir\nroute: [auto]\nintents: { time: { answer: tiem }, code: { specialist: small } }\n";
    let small = "small: { api: antropic, base_url: 'http://127.0.0.1:9', model: small }";
    folder.file("router.yaml", &(models(small) + wrong));
    let all = [
        "fallbak",
        "antropic",
        "fronteir",
        "`frontier`",
        "tiem",
        "`time`",
    ];
    let output = folder.run(&["check"]);
    let told = check(&output, 2, &all);
    assert!(!told.contains("unknown model `small`"), "{told}");

    // A model that cannot be read at all is missing by that alone.
    for small in ["small: 5", "small.1: 5"] {
        folder.file("router.yaml", &(models(small) + wrong));
        let output = folder.run(&["check"]);
        let told = check(&output, 2, &["fallbak", small.trim_end_matches(": 5")]);
        assert!(!told.contains("unknown answerer"), "{told}");
    }
}
