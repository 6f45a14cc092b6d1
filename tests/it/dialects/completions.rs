//! Legacy completions: every rung, every upstream, and the server that has them itself.

use downshift_tests::{Fault, Policy, Response, Router, Script, Upstream};
use serde_json::{Value, json};

use super::{Spoken, started};

const PATH: &str = "/v1/completions";

async fn complete(router: &Router, body: &Value) -> Response {
    router.client().post(PATH, body.to_string()).await
}

/// The chunks of a stream that ended well.
fn chunks(stream: &str) -> Vec<Value> {
    let (before, end) = stream.split_at(stream.rfind("data: [DONE]").expect("its end"));
    assert_eq!(end, "data: [DONE]\n\n", "{stream}");
    let events = before.split_terminator("\n\n");
    let events = events.filter_map(|event| event.strip_prefix("data: "));
    events
        .map(|data| serde_json::from_str(data).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn rung_1_replies_as_a_completion() {
    let (upstream, router) = started().await;
    let body = json!({ "model": "auto", "prompt": ["What is 17 * 23?"], "max_tokens": 40 });
    let response = complete(&router, &body).await.expect(200).await;
    assert_eq!(response.header("x-downshift-rung"), Some("answer"));
    let reply = response.json().await;
    assert_eq!(reply["object"], "text_completion");
    assert!(
        reply["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("cmpl-")),
        "{reply}"
    );
    assert_eq!(reply["model"], "downshift/arithmetic");
    assert!(
        reply["created"]
            .as_u64()
            .is_some_and(|created| created > 1_600_000_000)
    );
    let choice = &reply["choices"][0];
    assert!(
        choice["text"]
            .as_str()
            .is_some_and(|text| text.contains("391")),
        "{reply}"
    );
    assert_eq!(
        (
            &choice["index"],
            &choice["finish_reason"],
            &choice["logprobs"]
        ),
        (&json!(0), &json!("stop"), &Value::Null)
    );
    assert!(
        reply["usage"]["total_tokens"]
            .as_u64()
            .is_some_and(|total| total > 0)
    );
    assert_eq!(upstream.counted().calls, 0);
}

#[tokio::test]
async fn rung_1_replies_in_chunks_of_a_completion() {
    let (upstream, router) = started().await;
    let mut body = json!({ "model": "auto", "prompt": "What is 17 * 23?" });
    let reply = complete(&router, &body)
        .await
        .expect(200)
        .await
        .json()
        .await;
    let whole = reply["choices"][0]["text"].as_str().expect("text");
    body["stream"] = json!(true);
    body["echo"] = json!(true);
    for asks in [false, true] {
        body["stream_options"] = json!({ "include_usage": asks });
        let stream = complete(&router, &body)
            .await
            .expect(200)
            .await
            .text()
            .await;
        let chunks = chunks(&stream);
        let text: String = chunks
            .iter()
            .filter_map(|chunk| chunk["choices"][0]["text"].as_str())
            .collect();
        assert_eq!(text, format!("What is 17 * 23?{whole}"));
        let last = chunks.last().expect("chunks");
        assert_eq!(
            last["usage"].is_object() && last["choices"] == json!([]),
            asks,
            "{stream}"
        );
        assert_eq!(last["downshift"].is_object(), asks, "{stream}");
        assert!(
            chunks
                .iter()
                .all(|chunk| chunk["object"] == "text_completion")
        );
    }
    assert_eq!(upstream.counted().calls, 0);
}

#[tokio::test]
async fn a_prompt_is_explained_as_it_is_answered() {
    let (upstream, router) = started().await;
    let asked = [
        json!({ "model": "auto", "prompt": "What is 17 * 23?" }),
        json!({ "model": "auto", "input": "What is 17 * 23?" }),
        json!({ "model": "auto", "max_tokens": 9, "system": [], "messages": [{ "role": "user", "content": "What is 17 * 23?" }] }),
    ];
    for body in asked {
        let explained = router.admin().post("/explain", body.to_string()).await;
        let explained = explained.expect(200).await.json().await;
        assert_eq!(explained["rung"], "answer", "{explained}");
    }
    assert_eq!(upstream.counted().calls, 0);
}

#[tokio::test]
async fn every_upstream_is_asked_in_its_own_words() {
    let (upstream, router) = started().await;
    for model in Spoken::ALL {
        for stream in [false, true] {
            upstream.then(Script::says("a b c"));
            let body = json!({ "model": model.model(), "prompt": "Say a b c.", "stream": stream, "max_tokens": 9 });
            let response = complete(&router, &body).await.expect(200).await;
            assert_eq!(response.header("x-downshift-dropped"), None);
            let text = response.text().await;
            let said: String = if stream {
                let texts = chunks(&text).into_iter();
                texts
                    .filter_map(|chunk| Some(chunk["choices"][0]["text"].as_str()?.to_owned()))
                    .collect()
            } else {
                let reply: Value = serde_json::from_str(&text).expect("JSON");
                assert_eq!(reply["usage"]["prompt_tokens"], 11, "{reply}");
                reply["choices"][0]["text"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            assert_eq!(said, "a b c", "{model:?}: {text}");
            let call = upstream.calls().pop().expect("a call");
            assert_eq!(call.path, model.path());
            let asked = call.json();
            let turns = if model == Spoken::Responses {
                "input"
            } else {
                "messages"
            };
            assert_eq!(asked[turns][0]["content"], "Say a b c.", "{asked}");
        }
    }
    let booked = router.admin().get("/requests").await.json().await;
    let requests = booked["requests"].as_array().expect("a list");
    assert_eq!(requests.len(), 6, "{booked}");
    for entry in requests {
        assert_eq!(
            (&entry["input_tokens"], &entry["output_tokens"]),
            (&json!(11), &json!(5)),
            "{entry}"
        );
    }
}

#[tokio::test]
async fn what_a_chat_cannot_say_is_refused_by_name() {
    let (upstream, router) = started().await;
    let cases = [
        (json!({ "prompt": ["a", "b"] }), "prompt"),
        (json!({ "prompt": [1, 2] }), "prompt"),
        (json!({ "suffix": "}" }), "suffix"),
        (json!({ "best_of": 3 }), "best_of"),
        (json!({ "echo": true, "logprobs": 0 }), "echo"),
        (json!({ "echo": "yes" }), "echo"),
        (json!({ "stream": "yes" }), "stream"),
        (json!({ "tools": [] }), "tools"),
        (json!({ "prompt": [{}] }), "prompt[0]"),
        (json!({ "prompt": null }), "prompt"),
        (json!({ "logprobs": true }), "logprobs"),
    ];
    for (more, field) in cases {
        let mut body = json!({ "model": "auto", "prompt": "hello", "max_tokens": 9 });
        body.as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("fields").clone());
        let error = complete(&router, &body).await.error(400).await;
        assert_eq!(error["param"], field, "{error}");
        assert_eq!(error["type"], "invalid_request_error");
    }
    let error = complete(&router, &json!({ "model": "none", "prompt": "a" }))
        .await
        .error(404)
        .await;
    assert_eq!(error["code"], "model_not_found");
    assert_eq!(upstream.counted().calls, 0);
}

#[tokio::test]
async fn what_is_thought_and_what_messages_cannot_take_is_told() {
    let (upstream, router) = started().await;
    let thinks = Script::says("yes").thinks("hm", "sig");
    upstream.then(thinks.clone());
    let body = json!({ "model": "messages", "prompt": "hello", "seed": 1, "logprobs": 2 });
    let response = complete(&router, &body).await.expect(200).await;
    assert_eq!(
        response.header("x-downshift-dropped"),
        Some("seed, logprobs, reply.thinking_blocks, reply.reasoning_content")
    );
    upstream.then(thinks);
    let body = json!({ "model": "messages", "prompt": "hello", "stream": true });
    let stream = complete(&router, &body)
        .await
        .expect(200)
        .await
        .text()
        .await;
    assert!(
        stream.contains("\n\n: x-downshift-dropped: reply.reasoning_content, reply.thinking_blocks\n\ndata: [DONE]"),
        "{stream}"
    );
}

#[tokio::test]
async fn a_cut_stream_never_ends_well() {
    let (upstream, router) = started().await;
    for model in Spoken::ALL {
        for fault in [Fault::CutAfter(4), Fault::EndAfter(4), Fault::ErrorAfter(4)] {
            upstream.then(Script::default().fault(fault));
            let body = json!({ "model": model.model(), "prompt": "hello", "stream": true });
            let stream = complete(&router, &body)
                .await
                .expect(200)
                .await
                .text()
                .await;
            assert!(
                stream.contains("\"error\":{") && !stream.contains("[DONE]"),
                "{stream}"
            );
            assert!(!stream.contains("\"finish_reason\":\""), "{stream}");
        }
    }
}

/// A model whose server has the endpoint itself.
async fn native() -> (Upstream, Router) {
    let upstream = Upstream::start(Script::default()).await;
    let policy = Policy::text(
        "
models:
  base: { api: openai, base_url: \"${UP}\", model: base-1, completions: true, price: { input: 2, output: 8 } }
llm: base
route: [auto]
",
    )
    .set("UP", &upstream.base_url());
    let router = Router::start(&policy).await;
    (upstream, router)
}

#[tokio::test]
async fn a_server_that_has_them_is_given_the_prompt_as_it_came() {
    let (upstream, router) = native().await;
    let sent = r#"{ "model":"base",  "prompt":["a","b"],"suffix":"\u00e9","best_of":3,"n":2, "made_up":1.0 }"#;
    let reply = r#"{"id":"cmpl-1", "object":"text_completion","created":1,"model":"base-1","choices":[{"text":"x","index":0,"logprobs":null,"finish_reason":"stop"},{"text":"y","index":1,"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9},"made_up":[1.0]}"#;
    upstream.then(Script::sends("application/json", reply));
    let response = router.client().post(PATH, sent).await.expect(200).await;
    assert_eq!(response.text().await, reply);
    let call = upstream.only_call();
    assert_eq!(call.path, PATH);
    let arrived = std::str::from_utf8(&call.body).expect("UTF-8");
    assert_eq!(arrived, sent.replace("\"base\"", "\"base-1\""));
    // Chats go where chats go.
    let body = Spoken::Messages.ask("base", "hello", false);
    router
        .client()
        .post("/v1/messages", body.to_string())
        .await
        .expect(200)
        .await;
    assert_eq!(upstream.calls()[1].path, "/v1/chat/completions");
}

#[tokio::test]
async fn its_stream_comes_event_for_event() {
    let (upstream, router) = native().await;
    let event = |choices: &str, usage: &str| {
        format!(
            "data: {{\"id\":\"cmpl-1\",  \"object\":\"text_completion\",\"created\":1,\"model\":\"m\",\"choices\":[{choices}]{usage}}}\n\n"
        )
    };
    let text = r#"{"text":"h\u00e9","index":0,"logprobs":null,"finish_reason":null}"#;
    let last = r#"{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}"#;
    let usage = r#","usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}"#;
    let none = r#","usage":null"#;
    let all = [
        event(text, none),
        event(last, none),
        event("", usage),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let bare = [
        event(text, ""),
        event(last, ""),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    upstream.then(Script::sends("text/event-stream", &all));
    let body = json!({ "model": "auto", "prompt": "a", "stream": true });
    let stream = complete(&router, &body)
        .await
        .expect(200)
        .await
        .text()
        .await;
    assert_eq!(stream, bare);
    assert_eq!(
        upstream.only_call().json()["stream_options"],
        json!({ "include_usage": true })
    );
    let entry = router.admin().get("/requests").await.json().await;
    assert_eq!(entry["requests"][0]["input_tokens"], 7, "{entry}");
    upstream.then(Script::sends("text/event-stream", &all));
    let body = json!({ "model": "auto", "prompt": "a", "stream": true, "stream_options": { "include_usage": true } });
    let stream = complete(&router, &body)
        .await
        .expect(200)
        .await
        .text()
        .await;
    let costs = stream.find(",\"downshift\":{").expect("what it cost");
    assert_eq!(stream[..costs], all[..costs]);
    let cut = [event(text, none), event(text, none)].concat();
    upstream.then(Script::sends("text/event-stream", &cut));
    let stream = complete(&router, &body)
        .await
        .expect(200)
        .await
        .text()
        .await;
    assert!(
        stream.contains("\"error\":{") && !stream.contains("[DONE]"),
        "{stream}"
    );
}
