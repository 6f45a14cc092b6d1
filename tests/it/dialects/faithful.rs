//! Where both sides speak the same, nothing changes but what must; where they do not, what is lost is said.

use downshift_tests::Script;
use serde_json::{Value, json};

use super::{Spoken, post, started};

#[tokio::test]
async fn a_message_request_arrives_byte_for_byte_but_for_its_model() {
    let (upstream, router) = started().await;
    let sent = r#"{ "max_tokens":1e2,"model":"messages",  "temperature":0.70,"top_k":5,
 "messages":[{"role":"user","content":[{"type":"text","text":"h\u00e9","cache_control":{"type":"ephemeral"}}]}], "made_up":{"z":1,"a":[1.0]},"mcp_servers":[] }"#;
    let client = router
        .client()
        .with_header("anthropic-version", "2023-01-01")
        .with_header("anthropic-beta", "made-up-2026")
        .with_header("openai-organization", "org-1")
        .with_header("x-api-key", "sk-of-the-client");
    let response = client.post("/v1/messages", sent).await.expect(200).await;
    assert_eq!(response.header("x-downshift-dropped"), None);
    let call = upstream.only_call();
    assert_eq!(call.path, "/v1/messages");
    let arrived = std::str::from_utf8(&call.body).expect("UTF-8");
    assert_eq!(
        arrived,
        sent.replace("\"messages\",  ", "\"messages-1\",  ")
    );
    assert_eq!(call.header("x-api-key"), Some("downshift-tests"));
    assert_eq!(call.header("anthropic-version"), Some("2023-01-01"));
    assert_eq!(call.header("anthropic-beta"), Some("made-up-2026"));
    assert_eq!(
        call.header("openai-organization"),
        None,
        "it means nothing there"
    );
}

#[tokio::test]
async fn a_message_arrives_byte_for_byte() {
    let (upstream, router) = started().await;
    let reply = r#"{"id":"msg_1", "type":"message","role":"assistant","model":"m","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{"q":1.0}},{"type":"text","text":"h\u00e9","citations":[{"type":"char_location","cited_text":"x"}]}],"stop_reason":"pause_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":2},"made_up":[1.00]}"#;
    upstream.then(Script::sends("application/json", reply));
    let body = Spoken::Messages.ask("messages", "hello", false);
    let response = post(&router, Spoken::Messages, &body)
        .await
        .expect(200)
        .await;
    assert_eq!(response.text().await, reply);
}

#[tokio::test]
async fn a_stream_of_a_message_arrives_event_for_event() {
    let (upstream, router) = started().await;
    let stream = concat!(
        "event: message_start\ndata: {\"type\": \"message_start\", \"message\": {\"id\":\"msg_1\",\"model\":\"m\",\"usage\":{\"input_tokens\":4,\"output_tokens\":1}}}\n\n",
        "event: ping\ndata: {\"type\": \"ping\"}\n\n",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"made_up\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"made_up_delta\",\"a\":1.50}  }\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
        "event: made_up\ndata: {\"type\":\"made_up\"}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9}}\n\n",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    );
    upstream.then(Script::sends("text/event-stream", stream));
    let body = Spoken::Messages.ask("messages", "hello", true);
    let response = post(&router, Spoken::Messages, &body)
        .await
        .expect(200)
        .await;
    let arrived = response.text().await;
    let from = arrived.find(",\"downshift\":{").expect("what it cost");
    let to = from + arrived[from..].find("}}\n").expect("its end") + 1;
    let costs = &arrived[from..to];
    assert_eq!(arrived.replacen(costs, "", 1), stream);
}

/// Sends `body` to the model of `model`'s dialect; what is dropped on the way, and what arrives.
async fn check(client: Spoken, model: Spoken, more: &Value, dropped: Option<&str>, wanted: Value) {
    let (upstream, router) = started().await;
    let mut body = client.ask(model.model(), "hello", false);
    let fields = more.as_object().expect("fields").clone();
    body.as_object_mut().expect("an object").extend(fields);
    let response = post(&router, client, &body).await.expect(200).await;
    assert_eq!(response.header("x-downshift-dropped"), dropped);
    let arrived = upstream.only_call().json();
    for (field, value) in wanted.as_object().expect("fields") {
        assert_eq!(&arrived[field], value, "{field} in {arrived}");
    }
}

#[tokio::test]
async fn what_cannot_be_said_upstream_is_dropped_and_told() {
    check(
        Spoken::Messages,
        Spoken::Chat,
        &json!({ "top_k": 4, "metadata": { "user_id": "u" }, "made_up": 1, "stop_sequences": ["END"] }),
        Some("top_k, metadata, made_up"),
        json!({ "stop": ["END"], "max_tokens": 100, "top_k": null, "made_up": null }),
    )
    .await;
    check(
        Spoken::Chat,
        Spoken::Messages,
        &json!({ "seed": 4, "logit_bias": {}, "temperature": 1.5, "stop": "END" }),
        Some("seed, logit_bias, temperature>1"),
        json!({ "stop_sequences": ["END"], "max_tokens": 8192, "temperature": 1.0 }),
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_done_without_is_refused_by_name() {
    let (upstream, router) = started().await;
    let mut body = Spoken::Messages.ask("chat", "hello", false);
    body["tools"] = json!([{ "type": "web_search_20250305", "name": "web_search" }]);
    let refused = post(&router, Spoken::Messages, &body)
        .await
        .expect(400)
        .await
        .json()
        .await;
    let message = refused["error"]["message"].as_str().expect("a message");
    assert!(message.contains("`tools[0]`"), "{message}");
    let mut body = Spoken::Chat.ask("messages", "hello", false);
    body["n"] = json!(2);
    let refused = post(&router, Spoken::Chat, &body).await.error(400).await;
    assert_eq!(refused["param"], "n");
    assert_eq!(upstream.counted().calls, 0);
}
