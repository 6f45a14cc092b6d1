//! What goes wrong upstream, as the client sees it: the right status, OpenAI's shape, whether to retry.

use downshift_tests::{Event, Fault, Policy, Response, Router, Script, Upstream};

async fn ask(script: Script) -> (Response, Upstream) {
    let big = Upstream::start(script).await;
    let router = Router::start(&Policy::two_models(
        &big.base_url(),
        &Upstream::nowhere().await,
    ))
    .await;
    (router.client().ask("auto", "hello").await, big)
}

#[tokio::test]
async fn too_many_requests_says_when_to_come_back() {
    let body = r#"{"error":{"message":"Rate limit reached for big-1","type":"requests","param":null,"code":"rate_limit_exceeded","extra":1}}"#;
    let script = Script {
        status: 429,
        ..Script::sends("application/json", body)
    };
    let (response, _) = ask(script
        .header("retry-after", "7")
        .header("x-ratelimit-remaining-requests", "0"))
    .await;
    assert_eq!(response.header("retry-after"), Some("7"));
    assert_ne!(
        response.header("x-should-retry"),
        Some("false"),
        "it may be tried again"
    );
    let response = response.expect(429).await;
    assert_eq!(
        response.text().await,
        body,
        "the upstream's own error, byte for byte"
    );
}

#[tokio::test]
async fn the_callers_mistake_is_theirs_to_read() {
    let script = Script::refuses(400, "invalid_request_error", "max_tokens is too large");
    let (response, big) = ask(script).await;
    assert_eq!(response.header("x-should-retry"), Some("false"));
    let error = response.error(400).await;
    assert_eq!(error["message"], "max_tokens is too large");
    assert_eq!(big.counted().calls, 1, "a mistake is not sent twice");
}

#[tokio::test]
async fn the_routers_own_key_is_not_the_callers_fault() {
    for status in [401, 403] {
        let script = Script::refuses(
            status,
            "invalid_request_error",
            "Incorrect API key provided: sk-12345",
        );
        let (response, _) = ask(script).await;
        let error = response.error(502).await;
        assert_eq!(error["code"], "upstream_refused_key");
        assert!(
            !error.to_string().contains("sk-12345"),
            "nothing of the key is repeated: {error}"
        );
    }
}

#[tokio::test]
async fn a_server_error_keeps_its_status() {
    for status in [500, 503] {
        let (response, _) = ask(Script::refuses(
            status,
            "server_error",
            "the model is overloaded",
        ))
        .await;
        assert_ne!(
            response.header("x-should-retry"),
            Some("false"),
            "it may be tried again"
        );
        let error = response.error(status).await;
        assert_eq!(error["message"], "the model is overloaded");
    }
}

#[tokio::test]
async fn an_error_that_is_no_json_gets_openais_shape() {
    let page = Script {
        status: 502,
        ..Script::sends("text/html", "<h1>502 Bad Gateway</h1>")
    };
    let (response, _) = ask(page).await;
    response.error(502).await;
    let empty = Script {
        status: 500,
        ..Script::sends("application/json", "")
    };
    ask(empty).await.0.error(500).await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let elsewhere = Upstream::start(Script::default()).await;
    let location = format!("{}/chat/completions", elsewhere.base_url());
    let redirect = Script {
        status: 307,
        ..Script::sends("text/plain", "")
    }
    .header("location", &location);
    let (response, _) = ask(redirect).await;
    response.error(502).await;
    assert_eq!(elsewhere.counted().calls, 0);
}

#[tokio::test]
async fn a_200_that_is_no_reply_is_an_error() {
    for body in [
        "<html>hello</html>",
        "",
        "{",
        "[]",
        "{\"choices\":[]}",
        "null",
    ] {
        let (response, _) = ask(Script::sends("application/json", body)).await;
        let error = response.error(502).await;
        assert_eq!(error["code"], "bad_upstream_reply", "{body:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_reply() {
    let (response, _) = ask(Script::default().fault(Fault::Reset)).await;
    let status = response.status.as_u16();
    assert!([502, 503].contains(&status), "{status}");
    response.error(status).await;
}

#[tokio::test]
async fn a_model_that_never_answers_times_out() {
    let (response, big) = ask(Script::default().fault(Fault::Hang)).await;
    let error = response.error(504).await;
    assert_eq!(error["code"], "upstream_timeout");
    big.left().await;
}

/// Reads a stream that must not end well; gives the chunks before the error.
async fn breaks(fault: Fault) -> usize {
    let big = Upstream::start(Script::default().fault(fault)).await;
    let router = Router::start(&Policy::two_models(
        &big.base_url(),
        &Upstream::nowhere().await,
    ))
    .await;
    let response = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await;
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    let events = response.stream().all().await;
    let (last, before) = events.split_last().expect("events");
    let Event::Error(error) = last else {
        panic!("{fault:?} ended with {last:?} after {before:#?}")
    };
    let keys: Vec<_> = error.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["message", "type", "param", "code"]);
    let ended = before.iter().any(|event| match event {
        Event::Chunk(chunk) => chunk["choices"][0]["finish_reason"].is_string(),
        _ => true,
    });
    assert!(
        !ended,
        "nothing says that the reply is complete: {before:#?}"
    );
    assert_eq!(router.entry(&id).await["outcome"], "upstream_error");
    before.len()
}

#[tokio::test]
async fn a_stream_that_breaks_never_ends_well() {
    assert_eq!(breaks(Fault::CutAfter(2)).await, 2);
    assert_eq!(breaks(Fault::EndAfter(2)).await, 2);
    assert_eq!(breaks(Fault::MalformedAfter(2)).await, 2);
    assert_eq!(breaks(Fault::ErrorAfter(2)).await, 2);
    assert_eq!(breaks(Fault::HangAfter(2)).await, 2);
}

#[tokio::test]
async fn a_stream_that_breaks_before_its_first_event_is_a_plain_error() {
    for fault in [
        Fault::EndAfter(0),
        Fault::MalformedAfter(0),
        Fault::ErrorAfter(0),
        Fault::CutAfter(0),
    ] {
        let big = Upstream::start(Script::default().fault(fault)).await;
        let router = Router::start(&Policy::two_models(
            &big.base_url(),
            &Upstream::nowhere().await,
        ))
        .await;
        router
            .client()
            .ask_stream("auto", "hello")
            .await
            .error(502)
            .await;
    }
}
