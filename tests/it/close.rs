//! Close matches: what means nearly the same as a row of the operator's table is answered from it, by name, where the
//! policy allows it; what differs in a word that counts goes up.

use downshift_tests::{Policy, Response, Router, Script, Upstream};

const SHOP: &str = r#"
models:
  big: { api: openai, base_url: "${BIG}", model: big-1 }
llm: big
classifier: { timeout: 60s }
intents:
  shop:
    confidence: 0
    answer: { lookup: config/shop-answers.yml, close: true }
    examples: ["how do i return these shoes", "what does shipping cost", "where is my parcel", "what are your opening hours"]
"#;

async fn started(text: &str) -> (Router, Upstream) {
    let big = Upstream::start(Script::says("the large model")).await;
    let router = Router::start(&Policy::text(text).set("BIG", &big.base_url())).await;
    (router, big)
}

async fn asked(router: &Router, query: &str) -> Response {
    router.client().ask("auto", query).await.expect(200).await
}

#[track_caller]
fn said(answer: &str, fact: &str, row: &str) {
    assert!(answer.starts_with(fact), "{answer}");
    assert!(
        answer.ends_with(&format!("(This is the answer to \"{row}\".)")),
        "{answer}"
    );
}

#[tokio::test]
async fn slips_and_other_wordings_reach_their_row() {
    let (router, big) = started(SHOP).await;
    for (query, fact, row) in [
        (
            "how long can i retrun an item",
            "Within 30 days",
            "How long can I return an item?",
        ),
        (
            "how can i reset my pasword",
            "Choose",
            "How do I reset my password?",
        ),
        (
            "can i cancel an order",
            "On your order page",
            "How do I cancel my order?",
        ),
    ] {
        let response = asked(&router, query).await;
        assert_eq!(
            response.header("x-downshift-rung"),
            Some("answer"),
            "{query}"
        );
        assert_eq!(
            response.header("x-downshift-model"),
            Some("downshift/lookup")
        );
        said(&response.answer().await, fact, row);
    }
    let streamed = router
        .client()
        .ask_stream("auto", "how long can i retrun an item")
        .await;
    let streamed = streamed.expect(200).await.stream().answer().await;
    said(
        &streamed,
        "Within 30 days",
        "How long can I return an item?",
    );
    let exact = asked(&router, "How long can I return an item?")
        .await
        .answer()
        .await;
    assert_eq!(
        exact, "Within 30 days, unworn and with its receipt.",
        "as it stands, nothing is added"
    );
    assert_eq!(big.counted().calls, 0);
}

#[tokio::test]
async fn what_differs_in_a_word_that_counts_goes_up() {
    let (router, big) = started(SHOP).await;
    let queries = [
        "how long can i not return an item",
        "how do i subscribe to the newsletter",
        "how long does a return take",
        "do you repair phones",
        "what time is it in Tokyo",
        "write a poem about returning an item",
        "how do i reset my router",
        "when is the shop closed",
        "item",
    ];
    for query in queries {
        let response = asked(&router, query).await;
        let rung = response.header("x-downshift-rung").map(str::to_owned);
        let answer = response.answer().await;
        assert_eq!(rung.as_deref(), Some("llm"), "{query}: {answer}");
    }
    assert_eq!(big.counted().calls, queries.len() as u64);
}

#[tokio::test]
async fn without_leave_of_the_policy_only_the_row_itself_is_answered() {
    let (router, big) = started(&SHOP.replace(", close: true", "")).await;
    let response = asked(&router, "how long can i retrun an item").await;
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    assert_eq!(big.counted().calls, 1);
}

#[tokio::test]
async fn a_slip_in_a_name_is_read_as_the_name_and_says_so() {
    let text = SHOP.replace(
        "config/shop-answers.yml, close: true",
        "config/countries.csv, close: { similarity: 0.3 }",
    );
    let (router, big) = started(&text).await;
    let response = asked(&router, "what is the capital of Argentinia?").await;
    assert_eq!(
        response.answer().await,
        "The capital of Argentina is Buenos Aires. (Read \"argentinia\" as Argentina.)"
    );
    let other = asked(&router, "what is the capital of north sudan?").await;
    assert_eq!(other.header("x-downshift-rung"), Some("llm"));
    assert_eq!(big.counted().calls, 1);
}

async fn refused(close: &str, needles: &[&str]) {
    let text = SHOP.replace("close: true", close);
    let policy = Policy::text(&text).set("BIG", "http://127.0.0.1:9/v1");
    let error = Router::try_start(&policy).await.err();
    let error = error.unwrap_or_else(|| panic!("the router starts with {close}"));
    for needle in needles {
        assert!(error.contains(needle), "no {needle:?} in:\n{error}");
    }
}

#[tokio::test]
async fn bounds_that_are_none_are_told_at_their_place() {
    refused(
        "close: { risk: 0 }",
        &["router.yaml:11:", "no risk", "at most 0.5"],
    )
    .await;
    refused("close: { similarity: 90 }", &["no similarity", "at most 1"]).await;
    refused("close: { risk: 0.1, similarity: 0.9 }", &["leave one out"]).await;
    refused("close: { rsk: 0.1 }", &["rsk", "did you mean `risk`"]).await;
    refused("close: perhaps", &["`true`, `false`, `{ risk: 0.05 }`"]).await;
    refused(
        "close: { risk: 0.01 }",
        &["24 different answers", "0.04", "it needs 99"],
    )
    .await;
}

#[tokio::test]
async fn close_is_for_tables_alone() {
    let text = SHOP.replace(
        "{ lookup: config/shop-answers.yml, close: true }",
        "{ currency: config/rates-example.csv, close: true }",
    );
    let policy = Policy::text(&text).set("BIG", "http://127.0.0.1:9/v1");
    let error = Router::try_start(&policy).await.err();
    let error = error.unwrap_or_else(|| panic!("there is no table to be close to"));
    assert!(error.contains("there is no `lookup`"), "{error}");
}
