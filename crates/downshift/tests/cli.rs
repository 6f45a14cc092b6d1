//! The executable by its command line: what it prints, and how it exits.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of the test's own, in which the executable runs.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_downshift"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("DOWNSHIFT_LOG")
            .env("DOWNSHIFT_STORE", "off")
            .output()
            .unwrap()
    }
}

#[track_caller]
fn check(output: &Output, code: i32, needles: &[&str]) -> String {
    let all = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{all}");
    for needle in needles {
        assert!(all.contains(needle), "{needle:?} is not in: {all}");
    }
    String::from_utf8(output.stdout.clone()).unwrap()
}

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
