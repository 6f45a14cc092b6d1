//! A conversation stays on its model unless it must go up, and a tool's result goes to the model that called the tool.

use downshift_tests::{Client, Fault, Policy, Response, Router, Script, Upstream};
use serde_json::{Value, json};

const CODE: &str = "write a python function that reverses a linked list";
const CHAT: &str = "thank you, that was very kind of you";

async fn started(more: &str) -> (Upstream, Upstream, Router) {
    let big = Upstream::start(Script::says("from big")).await;
    let coder = Upstream::start(Script::says("from coder")).await;
    let policy = format!(
        "
models:
  big: {{ api: openai, base_url: \"{}\", model: big-1 }}
  coder: {{ api: openai, base_url: \"{}\", model: coder-1 }}
llm: big
route: [auto]
intents:
  code: {{ specialist: coder, confidence: 0.5 }}
  time: {{ answer: time }}
{more}
",
        big.base_url(),
        coder.base_url()
    );
    let router = Router::start(&Policy::text(&policy)).await;
    (big, coder, router)
}

fn user(text: &str) -> Value {
    json!({ "role": "user", "content": text })
}

fn assistant(text: &str) -> Value {
    json!({ "role": "assistant", "content": text })
}

async fn sent(client: &Client, messages: &[Value]) -> Response {
    let body = json!({ "model": "auto", "messages": messages });
    client.chat(&body).await.expect(200).await
}

/// Sends a conversation, and sees which model replies.
#[track_caller]
fn check(response: &Response, model: &str) {
    assert_eq!(
        response.header("x-downshift-model"),
        Some(model),
        "{response:#?}"
    );
}

#[tokio::test]
async fn a_later_turn_stays_on_the_model_of_the_first() {
    let (_big, _coder, router) = started("").await;
    let client = router.client();
    let later = [user(CODE), assistant("def reverse…"), user(CHAT)];
    check(&sent(client, &later).await, "big");
    check(&sent(client, &[user(CHAT)]).await, "big");
    // Another caller's, so that what has been seen so far is not its own.
    let client = &client.with_header("authorization", "Bearer b");
    check(&sent(client, &[user(CODE)]).await, "coder");
    let response = sent(client, &later).await;
    check(&response, "coder");
    assert_eq!(
        response.header("x-downshift-escalated"),
        Some("answer:sticky")
    );
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    assert_eq!(router.entry(&id).await["trail"][0]["reason"], "sticky");
    // What begins alike may be another conversation: it is decided by itself.
    check(&sent(client, &[user(CHAT)]).await, "big");
    let other = client.with_header("authorization", "Bearer c");
    check(&sent(&other, &later).await, "big");
}

#[tokio::test]
async fn a_session_keeps_its_model_whatever_is_said_in_it() {
    let (_big, _coder, router) = started("").await;
    let of = |session, key| {
        let client = router.client().with_header("x-downshift-session", session);
        client.with_header("authorization", key)
    };
    check(&sent(&of("s", "a"), &[user(CODE)]).await, "coder");
    check(&sent(&of("s", "a"), &[user(CHAT)]).await, "coder");
    check(&sent(&of("s", "b"), &[user(CHAT)]).await, "big");
    check(&sent(&of("t", "a"), &[user(CHAT)]).await, "big");
    assert_eq!(
        router
            .metrics()
            .await
            .count("downshift_escalations_total", &[("reason", "sticky")]),
        1
    );
}

#[tokio::test]
async fn a_computed_answer_binds_nothing_and_is_given_in_any_conversation() {
    let (_big, _coder, router) = started("").await;
    let client = router.client().with_header("x-downshift-session", "s");
    let time = [user("what time is it in Tokyo?")];
    check(&sent(&client, &time).await, "downshift/time");
    check(&sent(&client, &[user(CODE)]).await, "coder");
    check(&sent(&client, &time).await, "downshift/time");
    check(&sent(&client, &[user(CHAT)]).await, "coder");
}

#[tokio::test]
async fn a_conversation_that_moved_up_stays_up() {
    let (_big, coder, router) = started("").await;
    let client = router.client().with_header("x-downshift-session", "s");
    check(&sent(&client, &[user(CODE)]).await, "coder");
    coder.then(Script::default().fault(Fault::Reset));
    let failed = sent(&client, &[user(CHAT)]).await;
    check(&failed, "big");
    check(&sent(&client, &[user(CODE)]).await, "big");
    assert_eq!(coder.counted().calls, 2);
}

#[tokio::test]
async fn rules_force_and_names_go_before() {
    let (_big, _coder, router) = started("rules: [{ when: { tokens: \">200\" }, use: llm }]").await;
    let client = router.client().with_header("x-downshift-session", "s");
    check(&sent(&client, &[user(CODE)]).await, "coder");
    check(&sent(&client, &[user(&CODE.repeat(40))]).await, "big");
    let client = router.client().with_header("x-downshift-session", "t");
    check(&sent(&client, &[user(CODE)]).await, "coder");
    let forced = client.with_header("x-downshift-rung", "llm");
    check(&sent(&forced, &[user(CHAT)]).await, "big");
    let named = json!({ "model": "big", "messages": [user(CHAT)] });
    check(&client.chat(&named).await.expect(200).await, "big");
    check(&sent(&client, &[user(CHAT)]).await, "coder");
}

fn calling(id: &str) -> Script {
    let call = json!({ "index": 0, "id": id, "type": "function",
        "function": { "name": "look", "arguments": "{}" } });
    let whole = json!({ "id": "x", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{ "index": 0, "finish_reason": "tool_calls",
            "message": { "role": "assistant", "content": null, "tool_calls": [call] } }] });
    Script::sends("application/json", &whole.to_string())
}

fn streamed_call(id: &str) -> Script {
    let delta = json!({ "tool_calls": [{ "index": 0, "id": id, "type": "function",
        "function": { "name": "look", "arguments": "{}" } }] });
    let chunk = |delta: &Value, reason: Value| {
        json!({ "id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }] })
    };
    let (first, last) = (
        chunk(&delta, Value::Null),
        chunk(&json!({}), json!("tool_calls")),
    );
    let events = format!("data: {first}\n\ndata: {last}\n\ndata: [DONE]\n\n");
    Script::sends("text/event-stream", &events)
}

fn with_result(id: &str, behind: &[Value]) -> Value {
    let mut messages = vec![
        // Of other words, so that the conversation is not known by its beginning.
        user(&format!("{CODE} {id}")),
        json!({ "role": "assistant", "content": null, "tool_calls": [
            { "id": id, "type": "function", "function": { "name": "look", "arguments": "{}" } }] }),
        json!({ "role": "tool", "tool_call_id": id, "content": "found" }),
    ];
    messages.extend(behind.iter().cloned());
    json!({ "model": "auto", "messages": messages, "tools": tools() })
}

fn tools() -> Value {
    json!([{ "type": "function", "function": { "name": "look", "parameters": {} } }])
}

#[tokio::test]
async fn a_tools_result_goes_to_the_model_that_called_it_and_is_not_classified() {
    let (big, coder, router) = started("").await;
    let client = router.client();
    let mut asked = json!({ "model": "auto", "messages": [user(CODE)], "tools": tools() });
    coder.then(calling("call-1"));
    check(&client.chat(&asked).await.expect(200).await, "coder");
    asked["stream"] = json!(true);
    coder.then(streamed_call("call-2"));
    drop(client.chat(&asked).await.expect(200).await.bytes().await);
    let classified = async || {
        let metrics = router.metrics().await;
        metrics.count("downshift_classify_seconds_count", &[])
    };
    let before = classified().await;
    let reminder = user("<system-reminder>be quick</system-reminder>");
    for behind in [&[][..], std::slice::from_ref(&reminder)] {
        for id in ["call-1", "call-2"] {
            let response = client
                .chat(&with_result(id, behind))
                .await
                .expect(200)
                .await;
            check(&response, "coder");
            assert_eq!(
                response.header("x-downshift-escalated"),
                Some("answer:sticky")
            );
        }
        // Whose call this was is not known: the llm can go on from anything.
        let response = client
            .chat(&with_result("call-3", behind))
            .await
            .expect(200)
            .await;
        check(&response, "big");
        assert_eq!(response.header("x-downshift-intent"), None);
    }
    assert_eq!(classified().await, before);
    let other = client.with_header("authorization", "Bearer b");
    check(
        &other
            .chat(&with_result("call-1", &[]))
            .await
            .expect(200)
            .await,
        "big",
    );
    assert_eq!(big.counted().calls, 3);
}

#[tokio::test]
async fn what_is_remembered_is_bounded_and_may_be_nothing() {
    let (_big, _coder, router) = started("sticky: { remember: 1, idle: 10m }").await;
    let of = |session| router.client().with_header("x-downshift-session", session);
    check(&sent(&of("s"), &[user(CODE)]).await, "coder");
    check(&sent(&of("s"), &[user(CHAT)]).await, "coder");
    check(&sent(&of("t"), &[user(CODE)]).await, "coder");
    check(&sent(&of("s"), &[user(CHAT)]).await, "big");
    let (_big, _coder, router) = started("sticky: { remember: 0 }").await;
    let client = router.client().with_header("x-downshift-session", "s");
    check(&sent(&client, &[user(CODE)]).await, "coder");
    check(&sent(&client, &[user(CHAT)]).await, "big");
}
