//! What operators read of past requests: lists, pages and reports on the admin port.

use downshift_tests::{Dollars, Policy, Router, Script, Tokens, Upstream};
use serde_json::Value;

async fn started() -> (Upstream, Router) {
    let big = Upstream::start(Script::default().used(Tokens {
        input: 100,
        cached: 0,
        output: 10,
    }))
    .await;
    let policy = Policy::two_models(&big.base_url(), &Upstream::nowhere().await)
        .and("intents:\n  arithmetic: { answer: arithmetic }\n")
        .without_rule("*");
    let router = Router::start(&policy).await;
    for query in ["what is 17 * 23?", "write a poem", "write another poem"] {
        let response = router.client().ask("auto", query).await.expect(200).await;
        response.bytes().await;
    }
    (big, router)
}

async fn get(router: &Router, path: &str) -> Value {
    router
        .admin()
        .get(path)
        .await
        .expect(200)
        .await
        .json()
        .await
}

async fn refused(router: &Router, path: &str) -> String {
    let response = router.admin().get(path).await.expect(400).await;
    let body = response.json().await;
    body["error"]["message"]
        .as_str()
        .expect("a message")
        .to_owned()
}

fn ids(page: &Value) -> Vec<String> {
    let requests = page["requests"].as_array().expect("requests");
    let ids = requests
        .iter()
        .map(|entry| entry["id"].as_str().expect("an id").to_owned());
    ids.collect()
}

#[tokio::test]
async fn requests_are_listed_newest_first_page_by_page() {
    let (_big, router) = started().await;
    let all = ids(&get(&router, "/requests").await);
    assert_eq!(all.len(), 3);
    let mut sorted = all.clone();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(all, sorted, "ids sort by time");
    let first = get(&router, "/requests?limit=2").await;
    assert_eq!(ids(&first), all[..2]);
    let next = first["next"].as_str().expect("a next page");
    let second = get(&router, &format!("/requests?limit=2&before={next}")).await;
    assert_eq!(ids(&second), all[2..]);
    assert_eq!(second["next"], Value::Null);
    assert_eq!(ids(&get(&router, "/requests?before=1h").await), [""; 0]);
}

#[tokio::test]
async fn requests_are_filtered() {
    let (_big, router) = started().await;
    for (filter, count) in [
        ("rung=answer", 1),
        ("rung=llm", 2),
        ("model=big", 2),
        ("intent=arithmetic", 1),
        ("outcome=ok", 3),
        ("outcome=internal", 0),
        ("rung=llm&outcome=ok&model=big", 2),
        ("key=none", 3),
        ("since=1h", 3),
        ("since=2999-01-01", 0),
    ] {
        let page = get(&router, &format!("/requests?{filter}")).await;
        assert_eq!(ids(&page).len(), count, "{filter}");
    }
}

#[tokio::test]
async fn a_report_sums_and_groups() {
    let (_big, router) = started().await;
    let report = get(&router, "/report?since=1h&by=rung").await;
    let total = &report["total"];
    assert_eq!(total["requests"], 3);
    assert_eq!(total["input_tokens"], 200);
    // 100 × 2.5 and 10 × 15 USD per million tokens, twice.
    assert_eq!(total["cost_usd"], "0.0008");
    assert_eq!(total["cost_unknown"], 0);
    let baseline = Dollars::parse(total["baseline_usd"].as_str().expect("dollars"));
    let saving = Dollars::parse(total["saving_usd"].as_str().expect("dollars"));
    assert_eq!(Dollars::parse("0.0008") + saving, baseline);
    let groups = report["groups"].as_array().expect("groups");
    let names: Vec<_> = groups.iter().map(|group| &group["name"]).collect();
    assert_eq!(names, ["llm", "answer"]);
    assert!(groups[0]["seconds_p50"].as_f64() > Some(0.0));
    assert_eq!(
        get(&router, "/report?until=1h").await["total"]["requests"],
        0
    );
    let days = get(&router, "/report?by=day").await;
    assert_eq!(days["groups"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_wrong_question_is_told_what_is_right() {
    let (_big, router) = started().await;
    for (path, told) in [
        (
            "/report?by=colour",
            "there are `rung`, `intent`, `model`, `key`, `day`",
        ),
        ("/report?since=yesterday", "write how long ago (24h, 7d)"),
        ("/report?sinse=1h", "unknown field `sinse`"),
        ("/requests?limit=0", "a page holds 1 to 1000 requests"),
        ("/requests?limit=5000", "a page holds 1 to 1000 requests"),
        ("/requests?limit=many", "ask as /requests?limit=50"),
        (
            "/requests?before=nobody",
            "neither the id of a request that is remembered nor a moment",
        ),
        (
            "/requests?rung=top",
            "there are `answer`, `specialist`, `llm`, `none`",
        ),
        ("/requests?outcome=good", "there are `ok`, `client_error`"),
    ] {
        let message = refused(&router, path).await;
        assert!(message.contains(told), "{path}: {message}");
    }
}
