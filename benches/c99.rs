//! C99: what the frozen policy costs, as a share of all-to-LLM, and how much of its quality is kept.
//!
//! Every request of a trace goes over HTTP through the running executable, whose upstreams say what was
//! recorded of them and count calls and tokens themselves. Without `--trace` or `--data` the small trace of this
//! repository is replayed, which shows that the bench works and no more.
//!
//! ```text
//! cargo bench -p downshift-benches --bench c99 -- --data DIR [--half a|b|all]
//! ```

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured"
)]

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use downshift::Loaded;
use downshift::replay::{Log, Record, Recorded, states};
use downshift_benches::option;
use downshift_ledger::{Money, Price};
use downshift_tests::Client;
use downshift_wire::Usage;
use futures_util::{StreamExt, stream};

/// Requests under way at once.
const AT_ONCE: usize = 8;
/// What the executable may take to start.
const START: Duration = Duration::from_mins(1);

/// What a client saw of one reply.
struct Seen {
    weight: f64,
    rung: String,
    score: f64,
    llm_score: f64,
    cost: Money,
    llm_cost: Money,
}

/// A running executable; killed when it is dropped.
struct Running(Child);

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let policy = folder.join("c99/policy.yaml");
    let log = Arc::new(Log::read(&trace(folder)).expect("a trace"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let recorded = Recorded::start(log.clone()).await.expect("upstreams");
        let (public, admin) = (free(), free());
        let _running = Running(serve(&policy, recorded.address(), public, admin));
        up(public).await;
        let prices = prices(&policy);
        let client = Client::new(public);
        let started = Instant::now();
        let seen: Vec<Seen> = stream::iter(&log.records)
            .map(|record| ask(&client, record, &prices))
            .buffered(AT_ONCE)
            .collect()
            .await;
        let took = started.elapsed();
        report(&seen);
        let metrics = Client::new(admin).get("/metrics").await.text().await;
        accounts(&seen, &recorded, &prices, &metrics);
        println!("{} requests in {:.1} s", seen.len(), took.as_secs_f64());
    });
}

/// The trace that is asked for; composed first, where it is asked for by its data.
fn trace(folder: &Path) -> PathBuf {
    if let Some(trace) = option("--trace") {
        return trace.into();
    }
    let Some(data) = option("--data") else {
        return folder.join("c99/own.jsonl");
    };
    let half = option("--half").unwrap_or_else(|| "all".to_owned());
    let trace = std::env::temp_dir().join(format!("downshift-c99-{}.jsonl", std::process::id()));
    let composed = Command::new("python3")
        .arg(folder.join("c99/compose.py"))
        .args([&data, "--half", &half, "--out"])
        .arg(&trace)
        .status();
    assert!(composed.expect("python3 runs").success(), "no trace");
    trace
}

/// The executable: `--binary`, or what `cargo build` made beside this bench.
fn binary() -> PathBuf {
    if let Some(binary) = option("--binary") {
        return binary.into();
    }
    let bench = std::env::current_exe().expect("this executable has a path");
    let profile = bench.parent().and_then(Path::parent);
    let profile = profile.expect("a bench lies in target/<profile>/deps");
    let names = [
        profile.join("downshift"),
        profile.with_file_name("debug").join("downshift"),
    ];
    let found = names.into_iter().find(|path| path.exists());
    found.expect("no executable: build it first, or name it with --binary PATH")
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener
        .local_addr()
        .expect("a bound listener has an address")
}

fn serve(policy: &Path, models: SocketAddr, public: SocketAddr, admin: SocketAddr) -> Child {
    Command::new(binary())
        .args(["serve", "--config"])
        .arg(policy)
        .env("C99_UPSTREAM", format!("http://{models}"))
        .env("C99_LISTEN", public.to_string())
        .env("C99_ADMIN", admin.to_string())
        .env("DOWNSHIFT_LOG", "error")
        .spawn()
        .expect("the executable runs")
}

async fn up(public: SocketAddr) {
    let started = Instant::now();
    while tokio::net::TcpStream::connect(public).await.is_err() {
        assert!(started.elapsed() < START, "the router does not listen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn prices(policy: &Path) -> BTreeMap<String, Price> {
    let loaded = Loaded::read(policy).expect("a policy");
    let models = loaded.config.models.into_iter();
    let priced = models.filter_map(|(name, model)| Some((name, model.price?.into())));
    priced.collect()
}

async fn ask(client: &Client, record: &Record, prices: &BTreeMap<String, Price>) -> Seen {
    let mut body = record.request.clone();
    body["model"] = "auto".into();
    body["user"] = record.id.as_str().into();
    let response = client.chat(&body).await.expect(200).await;
    let header = |name: &str| response.header(name).unwrap_or_default().to_owned();
    let (rung, model) = (header("x-downshift-rung"), header("x-downshift-model"));
    let cost = Money::from_usd(&header("x-downshift-cost-usd")).unwrap_or_default();
    let text = response.answer().await;
    let llm = &record.replies["large"];
    let score = match record.replies.get(&model) {
        Some(reply) if rung != "answer" => reply.score.unwrap_or_default(),
        _ => {
            let question = record.request["messages"][0]["content"].as_str();
            let gold = record.gold.as_deref().unwrap_or_default();
            f64::from(u8::from(states(question.unwrap_or_default(), &text, gold)))
        }
    };
    Seen {
        weight: record.weight,
        rung,
        score,
        llm_score: llm.score.unwrap_or_default(),
        cost,
        llm_cost: prices["large"].cost(&llm.usage()).expect("a price"),
    }
}

fn report(seen: &[Seen]) {
    let sum = |value: &dyn Fn(&Seen) -> f64| -> f64 {
        seen.iter().map(|seen| seen.weight * value(seen)).sum()
    };
    let cost =
        sum(&|seen| seen.cost.approximate_usd()) / sum(&|seen| seen.llm_cost.approximate_usd());
    let kept = sum(&|seen| seen.score) / sum(&|seen| seen.llm_score);
    println!(
        "cost {:.2} % of all-to-LLM, quality kept {:.2} %",
        cost * 100.0,
        kept * 100.0
    );
    let all = sum(&|_| 1.0);
    for rung in ["answer", "specialist", "llm"] {
        let on = |seen: &Seen| f64::from(u8::from(seen.rung == rung));
        let share = sum(&on);
        let right = sum(&|seen| on(seen) * seen.score) / share.max(f64::MIN_POSITIVE);
        println!(
            "{rung:<11}{:>7.2} % of requests, right in {:.2} %",
            share / all * 100.0,
            right * 100.0
        );
    }
}

/// What replies said, what the ledger counted, and what the upstreams counted: to the micro-dollar.
fn accounts(seen: &[Seen], recorded: &Recorded, prices: &BTreeMap<String, Price>, metrics: &str) {
    let said = Money::sum(seen.iter().map(|seen| Some(seen.cost))).expect("a sum");
    let counts = recorded.counts();
    let billed = counts.iter().map(|(model, counts)| {
        let usage = Usage {
            input: counts.input_tokens,
            output: counts.output_tokens,
            ..Usage::default()
        };
        prices[model].cost(&usage)
    });
    let billed = Money::sum(billed).expect("a sum");
    let booked: f64 = metrics
        .lines()
        .filter(|line| line.starts_with("downshift_cost_usd_total"))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum();
    let missing: u64 = counts.values().map(|counts| counts.missing).sum();
    println!(
        "upstreams billed {billed}, replies said {said}, the ledger counted ${booked:.9}; {missing} calls unrecorded"
    );
    let equal = missing > 0 || said == billed;
    let near = (booked - billed.approximate_usd()).abs() < 1e-6;
    assert!(
        equal && near,
        "the ledger is not what the upstreams counted"
    );
}

impl Drop for Running {
    fn drop(&mut self) {
        // What has stopped by itself needs no end.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
