//! `replay` and `tune` by the executable: traffic through a policy, and a policy made better by it.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Two small models of different families, a large one, and questions with lettered options by a rule.
const POLICY: &str = r#"# How we route.
models:
  large: { api: openai, base_url: "http://127.0.0.1:9/v1", model: large-1, price: { input: 2, output: 10 } }
  small: { api: openai, base_url: "http://127.0.0.1:9/v1", model: small-1, price: { input: 0.1, output: 0.1 } }
  other: { api: openai, base_url: "http://127.0.0.1:9/v1", model: other-1, price: { input: 0.1, output: 0.1 } }
llm: large
rules:
  - { when: { options: true }, as: choices } # whatever they are about
intents:
  arithmetic: { answer: arithmetic }
  # Two that choose the same.
  choices: { specialist: small, judge: { agreement: { models: [other], in_turn: true } } } # our own
"#;

fn downshift(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DOWNSHIFT_LOG")
        .env("DOWNSHIFT_STORE", "off")
        .output()
        .unwrap()
}

#[track_caller]
fn ok(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn benches() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/c99")
}

/// `count` questions: on three of four both small models say the same, and then they are wrong once in `wrong`.
fn log(count: usize, wrong: usize) -> String {
    let mut log = String::new();
    for at in 0..count {
        let agree = !at.is_multiple_of(4);
        let good = if agree {
            !at.is_multiple_of(wrong)
        } else {
            at.is_multiple_of(8)
        };
        let (said, others) = (
            if good { "A" } else { "B" },
            if agree == good { "A" } else { "B" },
        );
        let reply = |letter: &str, score: u8| json!({ "text": format!("The answer is ({letter})."), "input_tokens": 30, "output_tokens": 9, "score": score });
        let question = format!("Which of these is number {at}?\nA. one\nB. two\nC. three\nD. four");
        let record = json!({
            "id": format!("q{at}"), "gold": "A",
            "request": { "messages": [{ "role": "user", "content": question }] },
            "replies": { "large": reply("A", 1), "small": reply(said, u8::from(good)), "other": reply(others, 0) },
        });
        writeln!(log, "{record}").unwrap();
    }
    log
}

#[test]
fn the_trace_of_this_repository_goes_up_the_frozen_policy() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, policy) = (benches().join("own.jsonl"), benches().join("policy.yaml"));
    let replay = || {
        let policy = policy.to_str().unwrap();
        ok(&downshift(
            folder.path(),
            &[
                "replay",
                trace.to_str().unwrap(),
                "--policy",
                policy,
                "--json",
            ],
        ))
    };
    let (once, twice) = (replay(), replay());
    assert_eq!(once, twice, "the same traffic comes to the same");
    let report: Value = serde_json::from_str(&once).unwrap();
    let summary = &report["summary"];
    assert_eq!(
        (&summary["requests"], &summary["failed"]),
        (&json!(8), &json!(0)),
        "{report}"
    );
    assert_eq!(summary["rungs"]["answer"]["requests"], 3, "{report}");
    assert_eq!(summary["rungs"]["answer"]["quality"], 1.0, "{report}");
    assert!(summary["quality_kept"].as_f64().unwrap() >= 1.0, "{report}");
    assert!(summary["cost_share"].as_f64().unwrap() < 0.6, "{report}");
}

#[test]
fn another_policy_is_told_from_this_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log.jsonl"), log(40, 100)).unwrap();
    fs::write(folder.path().join("router.yaml"), POLICY).unwrap();
    let all_up = POLICY.split("rules:").next().unwrap();
    fs::write(folder.path().join("up.yaml"), all_up).unwrap();
    let arguments = ["replay", "log.jsonl", "--against", "up.yaml"];
    let table = ok(&downshift(folder.path(), &arguments));
    assert!(table.contains("against the other policy"), "{table}");
    let json = ok(&downshift(
        folder.path(),
        &[&arguments[..], &["--json"]].concat(),
    ));
    let report: Value = serde_json::from_str(&json).unwrap();
    let changed = &report["difference"]["changed"];
    assert_eq!(changed, &json!({ "large → small": 30 }), "{report}");
    assert!(
        report["difference"]["cost"]
            .as_str()
            .unwrap()
            .starts_with('-'),
        "{report}"
    );
}

#[test]
fn judges_are_fitted_and_a_threshold_is_found_that_replays_as_promised() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log.jsonl"), log(600, 601)).unwrap();
    fs::write(folder.path().join("router.yaml"), POLICY).unwrap();
    let told = ok(&downshift(
        folder.path(),
        &["tune", "log.jsonl", "--quality", "0.95"],
    ));
    assert!(
        told.contains("choices ") && told.contains("fitted to "),
        "{told}"
    );
    let tuned = fs::read_to_string(folder.path().join("router.yaml")).unwrap();
    // What an operator wrote is still there, at its place, and what was found beside it.
    let added = |line: &&str| !POLICY.lines().any(|written| written == *line);
    let added = tuned.lines().filter(added).collect::<Vec<_>>();
    let [evidence, entry] = added[..] else {
        panic!("{tuned}");
    };
    assert!(
        evidence.starts_with("  # tuned choices.escalate_below: "),
        "{tuned}"
    );
    assert!(
        entry.starts_with("  choices: { escalate_below: 0."),
        "{tuned}"
    );
    assert!(
        entry.contains("judge: { calibration: { bias: 0, judges: { agreement: {"),
        "{tuned}"
    );
    assert!(entry.ends_with("in_turn: true } } } # our own"), "{tuned}");
    let json = ok(&downshift(
        folder.path(),
        &["replay", "log.jsonl", "--json"],
    ));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert!(
        report["summary"]["quality_kept"].as_f64().unwrap() >= 0.95,
        "{report}"
    );
    assert!(
        report["summary"]["rungs"]["specialist"]["share"]
            .as_f64()
            .unwrap()
            > 0.7,
        "{report}"
    );
    // Tuned again, it says the same, once.
    ok(&downshift(
        folder.path(),
        &["tune", "log.jsonl", "--quality", "0.95"],
    ));
    assert_eq!(
        fs::read_to_string(folder.path().join("router.yaml")).unwrap(),
        tuned
    );
}

#[test]
fn too_few_data_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log.jsonl"), log(24, 601)).unwrap();
    fs::write(folder.path().join("router.yaml"), POLICY).unwrap();
    let told = ok(&downshift(folder.path(), &["tune", "log.jsonl"]));
    assert!(
        told.contains("too few data: ") && told.contains("the judges keep their defaults: "),
        "{told}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("router.yaml")).unwrap(),
        POLICY
    );
}

/// A model that always says the same, on a thread of its own.
fn model() -> String {
    const REPLY: &str = r#"{"id":"1","object":"chat.completion","created":0,"model":"large-1","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"It depends."}}],"usage":{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500}}"#;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut request = BufReader::new(socket.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                request.read_line(&mut line).unwrap();
                if let Some(said) = line.to_lowercase().strip_prefix("content-length:") {
                    length = said.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            request.read_exact(&mut vec![0; length]).unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            write!(
                socket,
                "{head}\r\ncontent-length: {}\r\n\r\n{REPLY}",
                REPLY.len()
            )
            .unwrap();
        }
    });
    format!("http://{address}/v1")
}

/// Serves three requests by `policy`, and exports what the ledger kept of them.
fn exported(folder: &TempDir) -> PathBuf {
    let policy = folder.path().join("router.yaml");
    let mut serving = Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(["serve", "--config"])
        .arg(&policy)
        .env("DOWNSHIFT_LOG", "info")
        .env("NO_COLOR", "1")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(serving.stderr.take().unwrap());
    let address = loop {
        let mut line = String::new();
        assert!(told.read_line(&mut line).unwrap() > 0, "it does not start");
        if let Some((_, rest)) = line.split_once("listen=") {
            break rest.split_whitespace().next().unwrap().to_owned();
        }
    };
    std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
    for question in [
        "what is 17 * 23?",
        "write an essay about rain",
        "is it better to rent or to buy?",
    ] {
        let body =
            json!({ "model": "auto", "messages": [{ "role": "user", "content": question }] })
                .to_string();
        let mut socket = TcpStream::connect(&address).unwrap();
        write!(
            socket,
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    }
    // An orderly end writes what is still to be written.
    let ended = Command::new("kill")
        .args(["-TERM", &serving.id().to_string()])
        .status();
    assert!(ended.unwrap().success() && serving.wait().unwrap().success());
    let export = folder.path().join("export.jsonl");
    let arguments = [
        "export",
        "--config",
        "router.yaml",
        "--output",
        "export.jsonl",
    ];
    let written = Command::new(env!("CARGO_BIN_EXE_downshift"))
        .args(arguments)
        .current_dir(folder.path())
        .status();
    assert!(written.unwrap().success());
    export
}

#[test]
fn what_the_ledger_exports_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("ledger.db");
    let serving = |bodies: bool| {
        let head = format!(
            "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nstore: {{ url: \"sqlite:{}\", bodies: {bodies} }}\n",
            store.display()
        );
        head + &POLICY.replacen("http://127.0.0.1:9/v1", &model(), 1)
    };
    fs::write(folder.path().join("router.yaml"), serving(true)).unwrap();
    let export = exported(&folder);
    assert_eq!(fs::read_to_string(&export).unwrap().lines().count(), 3);
    let json = ok(&downshift(
        folder.path(),
        &["replay", "export.jsonl", "--json"],
    ));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        report["summary"]["rungs"]["answer"]["requests"], 1,
        "{report}"
    );
    assert_eq!(report["upstreams"]["large"]["calls"], 2, "{report}");
    assert_eq!(report["upstreams"]["large"]["assumed"], 0, "{report}");
    // 2 · (1,000 · $2 + 500 · $10) per million.
    assert_eq!(report["summary"]["cost"], "0.014", "{report}");

    // A policy that sends essays to the small model: what that would say is not known, what it would cost is.
    let other = POLICY.replacen(
        "  arithmetic:",
        "  creative: { specialist: small, confidence: 0.1 }\n  arithmetic:",
        1,
    );
    fs::write(
        folder.path().join("other.yaml"),
        other.replace("  # Two that", "  # Two"),
    )
    .unwrap();
    let arguments = [
        "replay",
        "export.jsonl",
        "--policy",
        "other.yaml",
        "--against",
        "router.yaml",
        "--json",
    ];
    let report: Value = serde_json::from_str(&ok(&downshift(folder.path(), &arguments))).unwrap();
    assert_eq!(
        report["difference"]["changed"]["large → small"], 1,
        "{report}"
    );
    assert_eq!(report["upstreams"]["small"]["assumed"], 1, "{report}");
    assert_eq!(report["difference"]["cost"], "-0.00685", "{report}");

    // Without bodies there is nothing to replay, and it says what to do about that.
    fs::remove_file(&store).unwrap();
    fs::write(folder.path().join("router.yaml"), serving(false)).unwrap();
    exported(&folder);
    let output = downshift(folder.path(), &["replay", "export.jsonl"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        told.contains("3 entries without a body") && told.contains("bodies: true"),
        "{told}"
    );
}
