//! `GET /v1/models`, and what happens to a name that is not on it.

use downshift_tests::{Policy, Router, Script, Upstream};

async fn started() -> (Upstream, Upstream, Router) {
    let big = Upstream::start(Script::says("the large model")).await;
    let small = Upstream::start(Script::says("the small model")).await;
    let router = Router::start(&Policy::two_models(&big.base_url(), &small.base_url())).await;
    (big, small, router)
}

#[tokio::test]
async fn lists_what_may_be_asked() {
    let (_big, _small, router) = started().await;
    let list = router
        .client()
        .get("/v1/models")
        .await
        .expect(200)
        .await
        .json()
        .await;
    assert_eq!(list["object"], "list");
    let models = list["data"].as_array().expect("a list");
    for model in models {
        assert_eq!(model["object"], "model", "{model}");
        assert!(
            model["created"].is_u64() && model["owned_by"].is_string(),
            "{model}"
        );
    }
    let ids: Vec<_> = models
        .iter()
        .filter_map(|model| model["id"].as_str())
        .collect();
    assert_eq!(ids, ["auto", "small-first", "big", "small"], "and no globs");
    for id in ids {
        let model = router
            .client()
            .get(&format!("/v1/models/{id}"))
            .await
            .expect(200)
            .await
            .json()
            .await;
        assert_eq!(model["id"], id);
        router.client().ask(id, "hello").await.expect(200).await;
    }
}

#[tokio::test]
async fn a_models_name_goes_straight_to_it() {
    let (big, small, router) = started().await;
    assert_eq!(
        router
            .client()
            .ask("small", "what is 2+2?")
            .await
            .answer()
            .await,
        "the small model"
    );
    assert_eq!((big.counted().calls, small.counted().calls), (0, 1));
    assert_eq!(
        router
            .client()
            .ask("big", "what is 2+2?")
            .await
            .answer()
            .await,
        "the large model"
    );
    assert_eq!((big.counted().calls, small.counted().calls), (1, 1));
}

#[tokio::test]
async fn an_unknown_name_is_a_404_that_says_which_names_there_are() {
    let (big, _small, router) = started().await;
    for name in [
        "claude", "GPT-4o", "", " auto", "gpt", "Auto", "big\n", "../big",
    ] {
        let response = router.client().ask(name, "hello").await;
        let status = response.status.as_u16();
        let error = response
            .error(if name.is_empty() { status } else { 404 })
            .await;
        assert!(status == 404 || status == 400, "{name:?}: {status}");
        assert_eq!(error["param"], "model", "{name:?}");
        if status == 404 {
            assert_eq!(error["code"], "model_not_found");
            assert!(
                error["message"]
                    .as_str()
                    .is_some_and(|message| message.contains("auto")),
                "{error}"
            );
        }
    }
    let response = router.client().get("/v1/models/claude").await;
    assert_eq!(response.error(404).await["code"], "model_not_found");
    assert_eq!(big.counted().calls, 0);
}

#[tokio::test]
async fn a_rung_may_be_insisted_on() {
    let (big, small, router) = started().await;
    let forced = |rung: &'static str| router.client().with_header("x-downshift-rung", rung);
    let response = forced("llm")
        .ask("small-first", "hello")
        .await
        .expect(200)
        .await;
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    assert_eq!((big.counted().calls, small.counted().calls), (1, 0));
    let response = forced("answer").ask("auto", "hello").await;
    let error = response.error(422).await;
    assert_eq!(error["code"], "rung_declined");
    let error = forced("middle").ask("auto", "hello").await.error(400).await;
    assert_eq!(error["code"], "invalid_header");
    assert_eq!((big.counted().calls, small.counted().calls), (1, 0));
}

#[tokio::test]
async fn lists_them_to_anthropics_clients_in_their_words() {
    let (_big, _small, router) = started().await;
    let client = router
        .client()
        .with_header("anthropic-version", "2023-06-01");
    let list = |query: &'static str| {
        let client = client.clone();
        async move {
            let path = format!("/v1/models{query}");
            client.get(&path).await.expect(200).await.json().await
        }
    };
    let all = list("").await;
    assert_eq!(
        (&all["first_id"], &all["last_id"], &all["has_more"]),
        (&"auto".into(), &"small".into(), &false.into()),
        "{all}"
    );
    for model in all["data"].as_array().expect("a list") {
        assert_eq!(model["type"], "model");
        assert_eq!(model["display_name"], model["id"]);
        assert!(
            model["created_at"]
                .as_str()
                .is_some_and(|at| at.ends_with('Z'))
        );
    }
    let second = list("?limit=1&after_id=auto").await;
    assert_eq!(
        (&second["data"][0]["id"], &second["has_more"]),
        (&"small-first".into(), &true.into())
    );
    let one = list("/big").await;
    assert_eq!((&one["type"], &one["id"]), (&"model".into(), &"big".into()));
    let refused = client.get("/v1/models?limit=0").await.expect(400).await;
    assert_eq!(
        refused.json().await["error"]["type"],
        "invalid_request_error"
    );
    let unknown = client.get("/v1/models/none").await.expect(404).await;
    assert_eq!(unknown.json().await["error"]["type"], "not_found_error");
}
