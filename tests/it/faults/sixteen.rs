//! Sixteen faults, each with the whole answer held back and with a live stream.

use std::ops::RangeInclusive;
use std::time::Duration;

use downshift_tests::{Fault, Script, Upstream};
use serde_json::{Value, json};

use super::{Ending, complete, ending, started, streamed, well};

/// A primary that does these in turn and then the last for ever.
async fn primary(scripts: Vec<Script>) -> Upstream {
    let last = scripts.last().expect("a script").clone();
    let upstream = Upstream::start(last).await;
    for script in &scripts[..scripts.len() - 1] {
        upstream.then(script.clone());
    }
    upstream
}

/// Asks once for a stream, and sees who answers after how many calls.
async fn check(scripts: &[Script], written: &str, calls: RangeInclusive<u64>, expected: Ending) {
    let primary = primary(scripts.to_vec()).await;
    let healthy = Upstream::start(well()).await;
    let router = started(&primary.base_url(), &healthy.base_url(), written).await;
    let found = streamed(&router).await;
    assert_eq!(found, expected, "{written}");
    let made = primary.counted().calls;
    assert!(
        calls.contains(&made),
        "{made} calls to the primary, not {calls:?}"
    );
    let asked = healthy.counted().calls;
    let taken_over = expected == complete("healthy");
    assert_eq!(asked, u64::from(taken_over), "calls to the fallback");
    // And afterwards all is well.
    primary.always(well());
    let again = streamed(&router).await;
    assert!(matches!(again, Ending::Complete(_)), "{again:?}");
}

/// The same ending, however much is held.
async fn both(scripts: &[Script], calls: RangeInclusive<u64>, model: &str) {
    for written in ["hold_back: whole", "hold_back: none", ""] {
        check(scripts, written, calls.clone(), complete(model)).await;
    }
}

/// Rescued whole; live, it broke after so many words.
async fn rescued_whole(script: Script, words: usize) {
    let scripts = [script];
    check(&scripts, "hold_back: whole", 1..=1, complete("healthy")).await;
    let live = "hold_back: none";
    check(&scripts, live, 1..=1, Ending::Broke(words)).await;
}

fn busy() -> Script {
    Script::refuses(429, "rate_limit_error", "slow down")
}

fn down() -> Script {
    Script::refuses(503, "server_error", "overloaded")
}

fn refused(code: &str) -> Script {
    let body = json!({ "error": {
        "message": "the request is refused", "type": "invalid_request_error", "param": null, "code": code,
    }});
    Script {
        status: 400,
        ..Script::sends("application/json", &body.to_string())
    }
}

#[tokio::test]
async fn f01_too_many_requests_with_retry_after() {
    let told = busy().header("retry-after", "1");
    both(&[told, well()], 2..=2, "primary").await;
    let longer = busy().header("retry-after", "60");
    both(&[longer], 1..=1, "healthy").await;
}

#[tokio::test]
async fn f02_too_many_requests_without_end() {
    both(&[busy()], 3..=3, "healthy").await;
}

#[tokio::test]
async fn f03_an_error_once() {
    let broken = Script::refuses(500, "server_error", "oops");
    both(&[broken, well()], 2..=2, "primary").await;
}

#[tokio::test]
async fn f04_unavailable_without_end() {
    both(&[down()], 3..=3, "healthy").await;
}

#[tokio::test]
async fn f05_reset_before_headers() {
    let reset = well().fault(Fault::Reset);
    both(&[reset, well()], 2..=2, "primary").await;
}

#[tokio::test]
async fn f06_silence_is_not_asked_again() {
    both(&[well().fault(Fault::Hang)], 1..=1, "healthy").await;
}

#[tokio::test]
async fn f07_a_first_token_after_twenty_seconds() {
    let late = well().first(Duration::from_secs(20));
    both(&[late], 1..=1, "healthy").await;
}

#[tokio::test]
async fn f08_a_stream_that_is_cut() {
    rescued_whole(well().fault(Fault::CutAfter(41)), 40).await;
}

#[tokio::test]
async fn f09_a_stream_that_stalls() {
    rescued_whole(well().fault(Fault::HangAfter(21)), 20).await;
}

#[tokio::test]
async fn f10_a_malformed_event() {
    rescued_whole(well().fault(Fault::MalformedAfter(10)), 9).await;
}

#[tokio::test]
async fn f11_no_done() {
    both(&[well().fault(Fault::NoDone)], 1..=1, "primary").await;
}

#[tokio::test]
async fn f12_a_context_that_is_too_short() {
    both(&[refused("context_length_exceeded")], 1..=1, "healthy").await;
}

#[tokio::test]
async fn f13_a_content_filter_is_the_callers_to_hear_of() {
    for code in ["content_policy_violation", "content_filter"] {
        for written in ["hold_back: whole", "hold_back: none"] {
            let ended = Ending::Refused(400, Value::from(code));
            check(&[refused(code)], written, 1..=1, ended).await;
        }
    }
}

#[tokio::test]
async fn f14_a_fallback_that_refuses_an_unfinished_turn() {
    let cut = Upstream::start(well().fault(Fault::CutAfter(41))).await;
    let refusing = Upstream::start(Script::refuses(
        400,
        "invalid_request_error",
        "This model does not support assistant message prefill.",
    ))
    .await;
    let healthy = Upstream::start(well()).await;
    let written = format!(
        "hold_back: whole\n  refusing: {{ api: openai, base_url: \"{}\", model: refusing-1 }}",
        refusing.base_url()
    );
    let router = started_with(&cut, &healthy, "[refusing, healthy]", &written).await;
    let messages = json!([
        { "role": "user", "content": "count" }, { "role": "assistant", "content": "0 1 2" },
    ]);
    let body = json!({ "model": "auto", "stream": true, "messages": messages });
    assert_eq!(ending(&router, &body).await, complete("healthy"));
    assert_eq!(refusing.counted().calls, 1);
    let sent = healthy.only_call().json();
    assert_eq!(sent["messages"], messages, "as the caller sent it");
}

/// The policy of all the others, with other fallbacks.
async fn started_with(
    primary: &Upstream,
    healthy: &Upstream,
    fallbacks: &str,
    written: &str,
) -> downshift_tests::Router {
    let policy = downshift_tests::Policy::text(&format!(
        r#"
models:
  healthy: {{ api: openai, base_url: "{}", model: healthy-1 }}
  primary:
    api: openai
    base_url: "{}"
    model: primary-1
    fallback: {fallbacks}
    timeouts: {{ connect: 1s, first_token: 1s, between_tokens: 1s, total: 8s }}
    {written}
llm: primary
route: [auto]
"#,
        healthy.base_url(),
        primary.base_url()
    ));
    downshift_tests::Router::start(&policy).await
}

#[tokio::test]
async fn f15_a_primary_that_flaps() {
    let primary = Upstream::start(down()).await;
    let healthy = Upstream::start(well()).await;
    let written = "hold_back: whole\n    breaker: { failures: 3, open: 400ms }";
    let router = started(&primary.base_url(), &healthy.base_url(), written).await;
    for _ in 0..20 {
        assert_eq!(streamed(&router).await, complete("healthy"));
    }
    let during = primary.counted().calls;
    assert!(during < 20, "hammered: {during} calls for twenty requests");
    primary.always(well());
    let mut tries = 0;
    while streamed(&router).await != complete("primary") {
        tries += 1;
        assert!(tries < 100, "it never returned to the primary");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for _ in 0..5 {
        assert_eq!(streamed(&router).await, complete("primary"));
    }
}
