//! Responses as clients use them: what is translated, what needs a provider who remembers, and counts of tokens.

use downshift_tests::Script;
use serde_json::json;

use super::{Spoken, post, started};

#[tokio::test]
async fn a_response_request_arrives_byte_for_byte_but_for_its_model() {
    let (upstream, router) = started().await;
    let sent = r#"{ "input":"h\u00e9", "model":"responses",  "previous_response_id":"resp_1","store":true,"tools":[{"type":"web_search"}],"made_up":1.0 }"#;
    let response = router
        .client()
        .post("/v1/responses", sent)
        .await
        .expect(200)
        .await;
    assert_eq!(response.header("x-downshift-dropped"), None);
    let call = upstream.only_call();
    assert_eq!(call.path, "/v1/responses");
    let arrived = std::str::from_utf8(&call.body).expect("UTF-8");
    assert_eq!(arrived, sent.replace("\"responses\"", "\"responses-1\""));
}

#[tokio::test]
async fn words_that_only_look_like_a_signature_are_left_alone() {
    let (upstream, router) = started().await;
    let bodies = [
        r#"{ "model":"responses", "input":[ {"role":"user", "content":"unsigned: x"} ]}"#,
        r#"{ "model":"responses", "input":[ {"type":"reasoning","summary":[ ],"encrypted_content":"own"}, {"role":"user", "content":"anthropic:\u0061"} ]}"#,
        r#"{ "model":"responses", "input":"anthropic: \u00e9" }"#,
    ];
    for sent in bodies {
        let response = router.client().post("/v1/responses", sent).await;
        let response = response.expect(200).await;
        assert_eq!(response.header("x-downshift-dropped"), None, "{sent}");
        let call = upstream.calls().pop().expect("a call");
        let arrived = std::str::from_utf8(&call.body).expect("UTF-8");
        assert_eq!(arrived, sent.replace("\"responses\"", "\"responses-1\""));
    }
}

#[tokio::test]
async fn what_needs_a_memory_is_refused_by_name_elsewhere() {
    let (upstream, router) = started().await;
    let cases = [
        (
            "previous_response_id",
            json!("resp_1"),
            "previous_response_id",
        ),
        ("background", json!(true), "background"),
        ("store", json!(true), "store"),
        ("tools", json!([{ "type": "web_search" }]), "tools[0]"),
    ];
    for model in [Spoken::Chat, Spoken::Messages] {
        for (field, value, told) in &cases {
            let mut body = Spoken::Responses.ask(model.model(), "hello", false);
            body[field] = value.clone();
            let error = post(&router, Spoken::Responses, &body)
                .await
                .error(400)
                .await;
            assert_eq!(error["param"], *told, "{error}");
        }
    }
    assert_eq!(upstream.counted().calls, 0);
}

#[tokio::test]
async fn a_round_trip_of_tools_is_put_together_for_the_chat_api() {
    let (upstream, router) = started().await;
    let body = json!({
        "model": "chat", "instructions": "be brief", "max_output_tokens": 9,
        "input": [
            { "role": "user", "content": [{ "type": "input_text", "text": "look" }, { "type": "input_image", "image_url": "data:image/png;base64,AA==" }] },
            { "type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}" },
            { "type": "function_call_output", "call_id": "c1", "output": "a cat" },
        ],
        "tools": [{ "type": "function", "name": "look", "parameters": { "type": "object" }, "strict": true }],
        "text": { "format": { "type": "json_schema", "name": "n", "schema": { "type": "object" } } },
    });
    post(&router, Spoken::Responses, &body)
        .await
        .expect(200)
        .await;
    let arrived = upstream.only_call().json();
    assert_eq!(
        arrived["messages"],
        json!([
            { "role": "system", "content": "be brief" },
            { "role": "user", "content": [{ "type": "text", "text": "look" }, { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA==" } }] },
            { "role": "assistant", "content": null, "tool_calls": [{ "id": "c1", "type": "function", "function": { "name": "look", "arguments": "{}" } }] },
            { "role": "tool", "tool_call_id": "c1", "content": "a cat" },
        ])
    );
    assert_eq!(arrived["max_tokens"], 9);
    assert_eq!(arrived["response_format"]["json_schema"]["name"], "n");
    assert_eq!(arrived["tools"][0]["function"]["strict"], true);
}

#[tokio::test]
async fn tokens_are_counted_by_anthropic_or_estimated() {
    let (upstream, router) = started().await;
    let ask = |model: &str| {
        json!({ "model": model, "messages": [{ "role": "user", "content": "Tell me a story." }] })
            .to_string()
    };
    upstream.then(Script::sends("application/json", r#"{"input_tokens":14}"#));
    let path = "/v1/messages/count_tokens";
    let counted = router
        .client()
        .post(path, ask("messages"))
        .await
        .expect(200)
        .await;
    assert_eq!(counted.json().await["input_tokens"], 14);
    let call = upstream.only_call();
    assert_eq!(
        (call.path.as_str(), &call.json()["model"]),
        (path, &json!("messages-1"))
    );
    let estimated = router
        .client()
        .post(path, ask("chat"))
        .await
        .expect(200)
        .await;
    assert_eq!(
        estimated.header("x-downshift-estimate"),
        Some("input_tokens")
    );
    let count = estimated.json().await["input_tokens"].as_u64();
    assert!(
        count.is_some_and(|count| (2..12).contains(&count)),
        "{count:?}"
    );
    let unknown = router
        .client()
        .post(path, ask("none"))
        .await
        .expect(404)
        .await;
    assert_eq!(unknown.json().await["type"], "error");
    assert_eq!(upstream.counted().calls, 1);
}
