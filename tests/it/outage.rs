//! A ledger whose database is stopped and started again under load: requests go on, and every entry
//! is written late or counted as dropped.

use std::process::Command;
use std::time::{Duration, Instant};

use downshift_tests::{Metrics, Policy, Router};
use serde_json::Value;

const POLICY: &str = r#"
models:
  big: { api: openai, base_url: "http://127.0.0.1:9/v1", model: big-1 }
llm: big
intents:
  arithmetic: { answer: arithmetic }
store: { url: "${LEDGER}", flush_every: 50ms, queue: 150, batch: 50 }
"#;

fn variable(name: &str) -> String {
    downshift::config::variable(name).unwrap_or_else(|| panic!("{name} is not set"))
}

/// Starts or stops the server.
fn postgres(action: &str) {
    let command = format!("{} {action}", variable("DOWNSHIFT_TEST_POSTGRES_CONTROL"));
    let status = Command::new("sh").args(["-c", &command]).status();
    assert!(status.is_ok_and(|status| status.success()), "{command}");
}

async fn ask(router: &Router, requests: usize) {
    for number in 0..requests {
        let sum = format!("what is {number} + 1?");
        let answer = router.client().ask("auto", &sum).await.answer().await;
        assert!(answer.contains(&(number + 1).to_string()), "{answer}");
    }
}

async fn wait(router: &Router, holds: impl Fn(&Metrics) -> bool, what: &str) {
    let begun = Instant::now();
    while !holds(&router.metrics().await) {
        assert!(begun.elapsed() < Duration::from_mins(1), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "stops a Postgres server: tests/store/run starts one for it"]
async fn a_postgres_that_is_stopped_under_load_costs_what_is_counted() {
    let policy = Policy::text(POLICY).set("LEDGER", &variable("DOWNSHIFT_TEST_POSTGRES"));
    let router = Router::start(&policy).await;
    ask(&router, 100).await;
    postgres("stop --mode fast");
    let begun = Instant::now();
    ask(&router, 300).await;
    assert!(
        begun.elapsed() < Duration::from_mins(1),
        "nobody waits for the store"
    );
    wait(
        &router,
        |metrics| metrics.sum("downshift_store_up", &[]) < 0.5,
        "it is told",
    )
    .await;
    let dropped = |metrics: &Metrics| metrics.count("downshift_store_dropped_total", &[]);
    let lost = dropped(&router.metrics().await);
    // The queue and the batch that is being written hold what is not lost.
    assert!((100..=150).contains(&lost), "{lost} of 300 were too many");
    postgres("start");
    wait(
        &router,
        |metrics| metrics.sum("downshift_store_up", &[]) > 0.5,
        "it recovers",
    )
    .await;
    ask(&router, 50).await;
    let metrics = router.shutdown().await;
    assert_eq!(metrics.count("downshift_requests_total", &[]), 450);
    assert_eq!(dropped(&metrics), lost, "none was lost once it was back");
    assert_eq!(
        metrics.count("downshift_store_written_total", &[]),
        450 - lost
    );
    let router = Router::start(&policy).await;
    let report: Value = router
        .admin()
        .get("/report")
        .await
        .expect(200)
        .await
        .json()
        .await;
    assert_eq!(report["total"]["requests"].as_u64(), Some(450 - lost));
    router.shutdown().await;
}
