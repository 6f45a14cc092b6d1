//! `downshift prices`: what it shows, and what it leaves alone.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod folder;

use std::fs;

use serde_json::Value;

use folder::{Folder, check};

const PRICED: &str = r#"
models:
  big: { api: openai, base_url: "http://127.0.0.1:9/v1", model: gpt-9 }
  own: { api: openai, base_url: "http://127.0.0.1:9/v1", model: local, price: { per_hour: 2.49 } }
llm: big
prices: prices.json
"#;

/// A file of the operator's own, with a row of an earlier update.
const OWN_PRICES: &str = r#"{"about": "ours", "currency": "USD", "per_tokens": 1000000, "prices": [
  {"model": "gpt-9", "provider": "openai", "input": "1.25", "output": "10.00", "source": "contract", "date": "2026-01-01"},
  {"model": "claude-9", "provider": "anthropic", "input": 3, "output": 15, "source": "map", "date": "2026-01-01", "imported": true}
]}"#;

const MAP: &str = r#"{
  "gpt-9": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 1.6e-05},
  "gpt-9-mini": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3.75e-08, "output_cost_per_token": 3e-07,
    "input_cost_per_token_above_200k_tokens": 7.5e-08},
  "claude-9": {"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05,
    "cache_creation_input_token_cost": 5e-06, "cache_creation_input_token_cost_above_1hr": 8e-06},
  "odd": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.0000000000000001e-06, "output_cost_per_token": 1e-06},
  "bedrock/x": {"litellm_provider": "bedrock", "mode": "chat"}
}"#;

#[test]
fn prices_shows_what_models_cost_and_who_says_so() {
    let folder = Folder::new();
    folder.file("p.yaml", PRICED);
    folder.file("prices.json", OWN_PRICES);
    let shown = check(
        &folder.run(&["prices", "-c", "p.yaml"]),
        0,
        &["big (gpt-9)", "1.25", "contract", "own (local)", "2.49"],
    );
    assert!(!shown.contains("claude-9"), "{shown}");
    check(
        &folder.run(&["prices", "-c", "p.yaml", "--all"]),
        0,
        &["claude-9"],
    );
    let json = check(&folder.run(&["prices", "-c", "p.yaml", "--json"]), 0, &[]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["models"][0]["row"]["input"], "1.25");
    assert_eq!(json["models"][1]["price"]["per_hour"], "2.49");
}

#[test]
fn prices_updates_what_is_imported_and_never_what_is_the_operators_own() {
    let folder = Folder::new();
    folder.file("p.yaml", PRICED);
    let file = folder.file("prices.json", OWN_PRICES);
    folder.file("map.json", MAP);
    let update = ["prices", "-c", "p.yaml", "--update", "map.json"];
    let told = [
        "1 changed\n  claude-9: input 3, output 15 → input 4, write 5m 5, write 1h 8, output 20",
        "1 added\n  gpt-9-mini: input 0.0375, output 0.3, above 200000 tokens input 0.075",
        "1 yours, and left as they are\n  gpt-9: input 1.25, output 10; the source says input 2",
        "odd: `input_cost_per_token`: `1.0000000000000001e-06` has more than 12 decimals",
    ];
    check(
        &folder.run(&[&update[..], &["--dry-run"]].concat()),
        0,
        &told,
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), OWN_PRICES);
    check(&folder.run(&update), 0, &told);
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written["about"], "ours");
    let [own, claude, mini] = written["prices"].as_array().unwrap().as_slice() else {
        panic!("three rows: {written}");
    };
    assert_eq!(
        (&own["input"], &own["source"]),
        (&"1.25".into(), &"contract".into())
    );
    assert_eq!(
        (&claude["input"], &claude["source"]),
        (&"4".into(), &"map.json".into())
    );
    assert_eq!(mini["imported"], true);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 3, "{left:?}");
    check(&folder.run(&update), 0, &["up to date"]);
    check(&folder.run(&["check", "p.yaml"]), 0, &["ok"]);
}

#[test]
fn prices_are_fetched_and_a_file_that_is_not_there_yet_is_made() {
    let folder = Folder::new();
    folder.file("p.yaml", PRICED);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://{}/map.json?key=secret",
        listener.local_addr().unwrap()
    );
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut socket, _) = listener.accept().unwrap();
        let read = socket.read(&mut [0; 4096]).unwrap();
        assert!(read > 0);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", MAP.len());
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(MAP.as_bytes()).unwrap();
    });
    check(
        &folder.run(&[
            "prices", "-c", "p.yaml", "--update", &url, "--only", "gpt-9*",
        ]),
        0,
        &["2 added"],
    );
    server.join().unwrap();
    let written = fs::read_to_string(folder.path().join("prices.json")).unwrap();
    assert!(
        written.contains("gpt-9-mini") && !written.contains("secret"),
        "{written}"
    );
    // It begins with the list that is compiled in.
    assert!(written.contains("gpt-5.4-mini"), "{written}");
}

#[test]
fn prices_that_cannot_be_read_are_refused_with_their_place() {
    let folder = Folder::new();
    folder.file("p.yaml", PRICED);
    folder.file("map.json", MAP);
    let prices = |arguments: &[&str]| folder.run(&[&["prices"], arguments].concat());
    check(&prices(&["-c", "p.yaml"]), 2, &["cannot read prices.json"]);
    check(
        &folder.run(&["check", "p.yaml"]),
        2,
        &["p.yaml:6:9: prices: cannot read prices.json"],
    );
    folder.file("prices.json", &OWN_PRICES.replace("1.25", "-1.25"));
    check(
        &folder.run(&["check", "p.yaml"]),
        2,
        &["p.yaml:6:9", "`-1.25` is no price", "at line 2 column"],
    );
    check(
        &prices(&["-c", "p.yaml", "--update", "map.json"]),
        1,
        &["prices.json", "`-1.25` is no price"],
    );
    check(
        &prices(&["--update", "map.json"]),
        2,
        &["names no price file", "prices: prices.json"],
    );
    check(
        &prices(&["--update", "p.yaml", "--file", "new.json"]),
        1,
        &["p.yaml is neither a LiteLLM price map nor a price list"],
    );
    check(
        &prices(&[
            "--update", "map.json", "--file", "new.json", "--only", "nothing",
        ]),
        1,
        &["has no price that can be taken"],
    );
    check(
        &prices(&["--update", "map.json", "--file", "no/such/new.json"]),
        1,
        &["cannot write no/such/new.json"],
    );
    assert!(!folder.path().join("new.json").exists());
}
