//! What the ledger costs: the time it adds to a request, how many entries it takes in a second, and how
//! long a million of them take to be looked at.
//!
//! `-- --only added`, `written` or `million` measures one of the three; `--store FILE` keeps the million
//! there, or looks at those that are there already.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use downshift_benches::{Client, StandIn, Table, Times, option, rounds};
use downshift_ledger::{
    Address, AttemptOutcome, Closing, Ledger, ModelCost, Opening, Outcome, PriceConfig, Reason,
    Rung, Sink, Step, Store, StoreConfig, Tab,
};
use downshift_tests::{Collector, Policy, Router};
use downshift_wire::Usage;
use jiff::Timestamp;
use serde_json::json;

const POLICY: &str = r#"
models:
  big: { api: openai, base_url: "${BIG}", model: big-1, price: { input: 2.5, output: 15 }, active_parameters: 1e11 }
llm: big
intents:
  arithmetic: { answer: arithmetic }
"#;

/// Entries that wait at most; the writer is never short of work.
const QUEUE: u64 = 4096;

/// The intents that entries are given, and so groups that reports have.
const INTENTS: [&str; 12] = [
    "arithmetic",
    "time",
    "date",
    "units",
    "code",
    "summary",
    "translation",
    "story",
    "legal",
    "medical",
    "support",
    "none",
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let only = option("--only");
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("added") {
        runtime.block_on(added());
    }
    if wanted("written") {
        runtime.block_on(written());
    }
    if wanted("million") {
        runtime.block_on(million());
    }
}

/// The same requests through routers that differ in what they keep and tell alone.
async fn added() {
    let standin = StandIn::start();
    let collector = Collector::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = |name: &str, more: &str| {
        format!(
            "store: {{ url: \"sqlite:{}/{name}.db\"{more} }}",
            folder.path().display()
        )
    };
    let policies = [
        ("nothing is kept", String::new()),
        ("kept in SQLite", store("plain", "")),
        ("kept, with what was said", store("said", ", bodies: true")),
        (
            "told by OTLP",
            format!("telemetry: {{ otlp: \"{}\" }}", collector.address()),
        ),
        (
            "logged, a line for each",
            "log: { requests: true }".to_owned(),
        ),
    ];
    let mut routers = Vec::new();
    for (name, more) in policies {
        let policy = Policy::text(POLICY)
            .set("BIG", &standin.base_url())
            .and(&more);
        let router = Router::start(&policy).await;
        let client = Client::connect(router.address()).await;
        routers.push((name, router, client));
    }
    for (title, question) in [
        ("computed on the first rung", "what is 15% of 2,340?"),
        ("a model's whole reply", "tell me a tale"),
    ] {
        let body =
            json!({ "model": "auto", "messages": [{ "role": "user", "content": question }] });
        let body = Bytes::from(body.to_string());
        let rounds = rounds(10_000);
        let mut times = vec![Times::default(); routers.len()];
        for round in 0..rounds + rounds / 10 {
            for ((_, _, client), times) in routers.iter_mut().zip(&mut times) {
                let (_, taken) = client.post(&body).await;
                if round >= rounds / 10 {
                    times.push(taken);
                }
            }
        }
        let rows = routers.iter().zip(times);
        let table = rows.fold(Table::new(title), |table, ((name, ..), times)| {
            table.row(name, times)
        });
        println!("{table}");
    }
}

/// How many entries a store takes in a second, and what memory that takes.
async fn written() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("ledger.db"));
    let entries = rounds(200_000);
    let before = resident();
    let begun = Instant::now();
    let now = downshift::clock::now();
    fill(&store, entries, |place| now - age(place, entries, 1.0)).await;
    let took = begun.elapsed().as_secs_f64();
    println!("entries written                {entries:>12} in {took:.1} s");
    println!(
        "  a second                     {:>12.0}",
        entries as f64 / took
    );
    println!(
        "  memory, before and after     {before:>8} and {} MiB",
        resident()
    );
}

/// What a million entries take to be looked at, over the admin port.
async fn million() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = option("--store").map_or_else(|| folder.path().join("ledger.db"), PathBuf::from);
    if !path.exists() {
        book_all(&path).await;
    }
    let policy = Policy::text(POLICY)
        .set("BIG", "http://127.0.0.1:9/v1")
        .and(&format!(
            "store: {{ url: \"sqlite:{}\", retention: forever }}",
            path.display()
        ));
    let router = Router::start(&policy).await;
    println!(
        "{:<44}{:>10}{:>10}",
        "asked over the admin port", "first ms", "next ms"
    );
    for path in [
        "/report",
        "/report?by=intent",
        "/report?by=day",
        "/report?since=24h&by=model",
        "/report?since=7d&by=rung",
        "/requests?limit=25",
        "/requests?limit=1000",
        "/requests?limit=25&outcome=internal",
        "/requests/00000500",
        "/dashboard/timeline?span=hour",
        "/dashboard/timeline?span=day",
        "/dashboard/policy",
    ] {
        let mut times = Times::default();
        let first = ask(&router, path).await;
        for _ in 0..5 {
            times.push(ask(&router, path).await);
        }
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "  {path:<42}{:>10.1}{:>10.1}",
            millis(first),
            millis(times.quantile(0.5))
        );
    }
    println!(
        "  memory                                    {:>8} MiB",
        resident()
    );
    router.shutdown().await;
}

/// Half of the entries on the last day, the others in the month before.
async fn book_all(path: &Path) {
    let entries = rounds(1_000_000);
    let now = downshift::clock::now();
    let begun = Instant::now();
    let store = open(path);
    fill(&store, entries, |place| now - age(place, entries, 30.0)).await;
    store.close(Duration::from_mins(1)).await;
    let bytes = std::fs::metadata(path).expect("a file").len();
    println!(
        "{entries} entries, {:.0} bytes each, written in {:.0} s",
        bytes as f64 / entries as f64,
        begun.elapsed().as_secs_f64()
    );
}

async fn ask(router: &Router, path: &str) -> Duration {
    let asked = Instant::now();
    router
        .admin()
        .get(path)
        .await
        .expect(200)
        .await
        .bytes()
        .await;
    asked.elapsed()
}

fn open(path: &Path) -> Store {
    let store = Store::new(StoreConfig {
        address: Address::Sqlite(path.to_owned()),
        retention: None,
        queue: usize::try_from(QUEUE).unwrap_or(usize::MAX),
        batch: 256,
        flush_every: Duration::from_millis(200),
        clock: downshift::clock::now,
    });
    store.start();
    store
}

/// How long ago an entry arrived: half of them on the last day, the others evenly before.
fn age(place: usize, entries: usize, days: f64) -> Duration {
    let part = 1.0 - place as f64 / entries as f64;
    let days = if part < 0.5 {
        part * 2.0
    } else {
        1.0 + (part - 0.5) * 2.0 * (days - 1.0)
    };
    Duration::from_secs_f64(days * 86_400.0)
}

/// Books so many requests through the real ledger, the oldest first, as fast as the store takes them.
async fn fill(store: &Store, entries: usize, when: impl Fn(usize) -> Timestamp) {
    let price: PriceConfig =
        serde_json::from_value(json!({ "input": 2.5, "output": 15 })).expect("a price");
    let model = |name: &str, size: f64| ModelCost {
        price: Some(price.clone().into()),
        active_parameters: Some(size),
        ..ModelCost::named(name)
    };
    let ledger = Ledger::new([model("big", 1e11), model("small", 7e9)], "big", []);
    for place in 0..entries {
        while store.health().queued > QUEUE / 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        book(&ledger, store, place, when(place));
    }
    while store.health().queued > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(store.health().dropped, 0);
}

/// One request of a mix: a third on each rung, some escalated, a few that fail.
fn book(ledger: &Ledger, sink: &Store, place: usize, started: Timestamp) {
    let open = ledger.open(Opening {
        id: format!("{place:08}"),
        started,
        arrived: Instant::now(),
        requested_model: "auto".to_owned(),
        stream: place.is_multiple_of(2),
    });
    let tab = open.tab();
    let intent = INTENTS[place % INTENTS.len()];
    tab.classified(downshift_ledger::Classified {
        intent: Some(intent.into()),
        confidence: Some(0.9),
        seconds: 5e-5,
        flops: 100_000,
    });
    let (rung, model) = climb(&tab, place);
    let outcome = if place % 97 == 5 {
        Outcome::UpstreamError
    } else {
        Outcome::Ok
    };
    let entry = open.close(Closing {
        rung: Some(rung),
        model: Some(model.into()),
        ..Closing::with(outcome)
    });
    sink.record(&entry);
}

/// What the rungs do of it; where it stops.
fn climb(tab: &Tab, place: usize) -> (Rung, &'static str) {
    let call = |rung: Rung, model: &str, outcome: AttemptOutcome| {
        let attempt = tab.attempt(rung, model);
        attempt.usage(Usage {
            input: 900 + place as u64 % 700,
            output: 50 + place as u64 % 300,
            ..Usage::default()
        });
        attempt.finish(outcome)
    };
    let pass_on = |rung, reason, spent| {
        tab.pass_on(Step {
            rung,
            reason,
            confidence: Some(0.9),
            detail: None,
            spent,
        });
    };
    match place % 3 {
        0 => (Rung::Answer, "downshift/arithmetic"),
        1 => {
            pass_on(Rung::Answer, Reason::NotUnderstood, None);
            call(Rung::Specialist, "small", AttemptOutcome::Ok);
            (Rung::Specialist, "small")
        }
        _ => {
            pass_on(Rung::Answer, Reason::NotUnderstood, None);
            if place % 5 == 2 {
                let spent = call(Rung::Specialist, "small", AttemptOutcome::Ok);
                pass_on(Rung::Specialist, Reason::WeakReply, Some(spent));
            }
            call(Rung::Llm, "big", AttemptOutcome::Ok);
            (Rung::Llm, "big")
        }
    }
}

/// Memory in use, in MiB; 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
