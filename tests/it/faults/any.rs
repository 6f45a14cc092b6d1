//! Any sequence of behaviours: each request ends in time, with one entry, and with no more calls than it may make.

use downshift_tests::{Fault, Script, Upstream};
use proptest::prelude::*;
use serde_json::json;

use super::{Ending, ending, started, well};

/// Requests of one run.
const REQUESTS: u64 = 4;

/// One thing that an upstream may do.
fn behaviour() -> impl Strategy<Value = Script> {
    let refusal = prop::sample::select(vec![400, 401, 404, 408, 409, 413, 422, 429, 500, 503, 529]);
    let refusal =
        refusal.prop_map(|status| Script::refuses(status, "made_up", "a refusal of some kind"));
    let broken = (0..62_usize, 0..4_usize).prop_map(|(after, how)| {
        let fault = match how {
            0 => Fault::CutAfter(after),
            1 => Fault::EndAfter(after.min(60)),
            2 => Fault::MalformedAfter(after),
            _ => Fault::ErrorAfter(after),
        };
        well().fault(fault)
    });
    prop_oneof![
        3 => Just(well()),
        3 => refusal,
        3 => broken,
        1 => Just(well().fault(Fault::Reset)),
        1 => Just(well().fault(Fault::NoDone)),
        1 => Just(Script::sends("text/html", "<html>")),
        1 => Just(Script::sends("application/json", "{}")),
        1 => Just(Script::refuses(429, "slow", "slow down, please").header("retry-after", "9")),
    ]
}

fn written() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "hold_back: whole", "hold_back: none"])
}

async fn holds(scripts: Vec<Script>, written: &str, stream: bool) {
    let primary = Upstream::start(well()).await;
    for script in scripts {
        primary.then(script);
    }
    let healthy = Upstream::start(well()).await;
    let router = started(&primary.base_url(), &healthy.base_url(), written).await;
    let messages = json!([{ "role": "user", "content": "count" }]);
    let body = json!({ "model": "auto", "stream": stream, "messages": messages });
    let mut taken_over = 0;
    for _ in 0..REQUESTS {
        // A truncated answer as success, and no end in time, fail in here.
        let ended = ending(&router, &body).await;
        taken_over += u64::from(ended == Ending::Complete("healthy".into()));
    }
    let metrics = router.metrics().await;
    let count = |name: &str, labels: &[(&str, &str)]| metrics.count(name, labels);
    assert_eq!(count("downshift_requests_total", &[]), REQUESTS);
    let attempts = "downshift_upstream_attempts_total";
    let calls = primary.counted().calls;
    assert_eq!(
        count(attempts, &[("model", "primary")]),
        calls,
        "each is booked"
    );
    assert!(calls <= 3 * REQUESTS, "{calls} calls");
    assert_eq!(healthy.counted().calls, taken_over);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        max_shrink_iters: 32,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_request_ends_once_and_in_time_whatever_happens(
        scripts in prop::collection::vec(behaviour(), 1..10),
        written in written(),
        stream in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(holds(scripts, written, stream));
    }
}
