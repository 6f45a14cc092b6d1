//! The demo: the real router over HTTP in front of stand-ins, everything booked once.

use std::time::Duration;

use downshift::demo::{self, Asked, Pace, Script, StandIns, Tally, Visitor};
use downshift::serve::Server;
use downshift_tests::Client;
use futures_util::StreamExt;

#[tokio::test]
async fn a_run_reaches_every_rung_and_adds_up() {
    let models = StandIns::start(true).await.expect("the stand-ins listen");
    let router = demo::router(models.address(), None).expect("the demo's policy runs");
    let history = router.history.clone();
    let server = Server::start(router).await.expect("the router listens");
    let visitor = Visitor::new(server.public_addr(), history, Pace::Hurried).expect("an address");
    let script = Script::new(140, Duration::ZERO, 3);
    let asked: Vec<Asked> = visitor
        .visit(script)
        .map(|asked| asked.expect("the script's requests are whole"))
        .collect()
        .await;
    let mut tally = Tally::default();
    for asked in &asked {
        let entry = asked.entry.as_ref();
        tally.add(entry.unwrap_or_else(|| panic!("no entry for {}", asked.query)));
    }
    assert_eq!(tally.report.total().totals.requests, 140);
    assert_eq!(tally.report.lines().len(), 3, "every rung replied");
    for reason in ["timeout", "upstream_status", "weak_reply"] {
        let name = format!("specialist:{reason}");
        assert!(tally.went_up.contains_key(&name), "{:?}", tally.went_up);
    }
    assert!(!tally.failed.is_empty(), "an upstream failed");
    let admin = Client::new(server.admin_addr());
    let scrape = admin.get("/metrics").await.expect(200).await;
    let metrics = downshift_tests::Metrics::parse(&scrape.text().await);
    assert_eq!(metrics.count("downshift_requests_total", &[]), 140);
}
