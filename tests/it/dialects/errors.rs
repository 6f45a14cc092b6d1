//! Errors in the dialect of the path that was called, and streams that never end well by mistake.

use downshift_tests::{Fault, Script};
use serde_json::{Value, json};

use super::{Spoken, post, started};

/// The type and the message of an error in Anthropic's shape.
async fn refused(response: downshift_tests::Response, status: u16) -> (String, String) {
    let id = response.header("x-downshift-id").map(str::to_owned);
    let told = response.header("request-id").map(str::to_owned);
    let body: Value = response.expect(status).await.json().await;
    assert_eq!(body["type"], "error", "{body}");
    assert!(told.is_some(), "clients read the header");
    assert!(
        body["request_id"].as_str() == id.as_deref() || body["request_id"].is_null(),
        "{body}"
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        text(&body["error"]["type"]),
        text(&body["error"]["message"]),
    )
}

#[tokio::test]
async fn before_the_ladder() {
    let (_upstream, router) = started().await;
    let client = router.client();
    let cases = [
        (
            "/v1/messages",
            "{",
            400,
            "invalid_request_error",
            "not valid JSON|cut off",
        ),
        (
            "/v1/messages",
            r#"{"model":"auto"}"#,
            400,
            "invalid_request_error",
            "`messages`",
        ),
        (
            "/v1/messages",
            r#"{"model":"none","messages":[{"role":"user","content":"a"}]}"#,
            404,
            "not_found_error",
            "none",
        ),
        (
            "/v1/messages",
            r#"{"model":"auto","messages":[{"role":"wizard","content":"a"}]}"#,
            400,
            "invalid_request_error",
            "`messages[0].role`",
        ),
        (
            "/v1/messages",
            r#"{"model":"auto","messages":[{"role":"user","content":[{"type":"image"}]}]}"#,
            400,
            "invalid_request_error",
            "`messages[0].content[0].source`",
        ),
    ];
    for (path, body, status, kind, part) in cases {
        let (told, message) = refused(client.post(path, body).await, status).await;
        assert_eq!(told, kind, "{message}");
        assert!(
            part.split('|').any(|part| message.contains(part)),
            "{message}"
        );
    }
    let (kind, _) = refused(client.get("/v1/messages").await, 405).await;
    assert_eq!(kind, "invalid_request_error");
    let forced = client.with_header("x-downshift-rung", "top");
    let (kind, message) = refused(forced.post("/v1/messages", "{}").await, 400).await;
    assert_eq!(kind, "invalid_request_error");
    assert!(message.contains("x-downshift-rung"), "{message}");
}

#[tokio::test]
async fn an_upstreams_error_is_told_in_the_clients_words() {
    let (upstream, router) = started().await;
    let theirs = json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "slow down, please" }, "request_id": "req_1" });
    let anthropic = Script {
        status: 429,
        body: Some(theirs.to_string()),
        ..Script::default()
    };
    let anthropic = anthropic
        .header("retry-after", "7")
        .header("request-id", "req_1");
    let openai = Script::refuses(429, "requests", "slow down, please").header("retry-after", "7");
    for (model, script) in [(Spoken::Messages, anthropic), (Spoken::Chat, openai)] {
        upstream.then(script.clone());
        let body = Spoken::Messages.ask(model.model(), "hello", false);
        let response = post(&router, Spoken::Messages, &body).await;
        assert_eq!(response.header("retry-after"), Some("7"));
        let body: Value = response.expect(429).await.json().await;
        assert_eq!(
            body["error"],
            json!({ "type": "rate_limit_error", "message": "slow down, please" })
        );
        upstream.then(script);
        let body = Spoken::Chat.ask(model.model(), "hello", false);
        let error = post(&router, Spoken::Chat, &body).await.error(429).await;
        assert_eq!(error["message"], "slow down, please");
    }
}

#[tokio::test]
async fn a_cut_stream_never_ends_well() {
    let (upstream, router) = started().await;
    let faults = [
        Fault::CutAfter(4),
        Fault::EndAfter(4),
        Fault::ErrorAfter(4),
        Fault::MalformedAfter(4),
    ];
    for client in Spoken::ALL {
        for model in Spoken::ALL {
            for fault in faults {
                upstream.then(Script::default().fault(fault));
                let body = client.ask(model.model(), "hello", true);
                let stream = post(&router, client, &body)
                    .await
                    .expect(200)
                    .await
                    .text()
                    .await;
                let told = format!("{client:?} on {model:?}, {fault:?}: {stream}");
                assert!(stream.contains("\"error\":{"), "{told}");
                for end in [
                    "[DONE]",
                    "message_stop",
                    "response.completed",
                    "\"finish_reason\":\"",
                    "\"stop_reason\":\"",
                ] {
                    assert!(!stream.contains(end), "{told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_error_within_a_stream_comes_as_it_was_sent_where_both_sides_speak_the_same() {
    let (upstream, router) = started().await;
    for (client, own) in [
        (
            Spoken::Messages,
            "\"type\":\"overloaded_error\",\"message\":\"the model broke down\"}}\n\n",
        ),
        (
            Spoken::Responses,
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"server_error\",\"code\":\"server_error\",\"message\":\"the model broke down\",\"param\":null},\"sequence_number\":9}\n\n",
        ),
        (
            Spoken::Chat,
            "data: {\"error\":{\"message\":\"the model broke down\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n",
        ),
    ] {
        for model in Spoken::ALL {
            upstream.then(Script::default().fault(Fault::ErrorAfter(4)));
            let body = client.ask(model.model(), "hello", true);
            let stream = post(&router, client, &body).await.expect(200).await;
            let stream = stream.text().await;
            assert_eq!(stream.ends_with(own), client == model, "{stream}");
            assert_eq!(
                stream.contains("the stream broke before"),
                client != model,
                "{stream}"
            );
        }
    }
}

#[tokio::test]
async fn a_message_without_its_last_event_is_broken_off() {
    let (upstream, router) = started().await;
    for client in Spoken::ALL {
        upstream.then(Script::default().fault(Fault::NoDone));
        let body = client.ask("messages", "hello", true);
        let stream = post(&router, client, &body)
            .await
            .expect(200)
            .await
            .text()
            .await;
        assert!(stream.contains("broke off"), "{stream}");
        assert!(
            !stream.contains("[DONE]") && !stream.contains("message_stop"),
            "{stream}"
        );
    }
}
