//! The harness itself: a scripted upstream does what it is told, and sees what is done to it.

use std::time::Duration;

use downshift_tests::{Client, Counted, Event, Fault, Script, Upstream};
use serde_json::json;

async fn started(script: Script) -> (Upstream, Client) {
    let upstream = Upstream::start(script).await;
    let client = Client::new(upstream.address());
    (upstream, client)
}

#[tokio::test]
async fn it_replies_and_counts() {
    let (upstream, client) = started(Script::says("one two")).await;
    assert_eq!(client.ask("m", "x").await.answer().await, "one two");
    assert_eq!(
        client.ask_stream("m", "x").await.stream().answer().await,
        "one two"
    );
    upstream.then(Script::refuses(429, "requests", "too many of them").header("retry-after", "3"));
    let response = client.ask("m", "x").await;
    assert_eq!(response.header("retry-after"), Some("3"));
    response.error(429).await;
    let counted = Counted {
        calls: 3,
        reported: 2,
        input: 22,
        cached: 6,
        output: 10,
        left: 0,
    };
    assert_eq!(upstream.counted(), counted);
    assert_eq!(upstream.calls()[1].json()["stream"], true);
}

#[tokio::test]
async fn it_breaks_where_it_is_told_to() {
    let (upstream, client) = started(Script::default()).await;
    upstream.then(Script::default().fault(Fault::CutAfter(2)));
    let mut stream = client.ask_stream("m", "x").await.stream();
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    assert_eq!(stream.next().await, Event::End { clean: false });
    upstream.then(Script::default().fault(Fault::EndAfter(1)));
    assert_eq!(
        client.ask_stream("m", "x").await.stream().all().await.len(),
        1
    );
    upstream.then(Script::default().fault(Fault::ErrorAfter(1)));
    let events = client.ask_stream("m", "x").await.stream().all().await;
    assert!(matches!(events.last(), Some(Event::Error(_))), "{events:?}");
    assert_eq!(upstream.counted().left, 0);
}

#[tokio::test]
async fn it_sees_who_leaves() {
    let (upstream, client) = started(Script::default().fault(Fault::HangAfter(1))).await;
    let mut stream = client.ask_stream("m", "x").await.stream();
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    assert_eq!(upstream.counted().left, 0);
    drop(stream);
    upstream.left().await;
    upstream.then(Script::default().fault(Fault::Hang));
    let asking = tokio::spawn(async move { client.ask("m", "x").await });
    upstream.called(2).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    asking.abort();
    while upstream.counted().left < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn it_takes_scripts_as_json() {
    let (_upstream, client) = started(Script::default()).await;
    let script =
        json!({ "pieces": ["from ", "json"], "fault": { "hang_after": 99 }, "usage": null });
    client
        .post("/script", script.to_string())
        .await
        .expect(200)
        .await;
    let reply = client.ask("m", "x").await.expect(200).await.json().await;
    assert_eq!(reply["choices"][0]["message"]["content"], "from json");
    assert_eq!(reply.get("usage"), None);
    let counted = client.get("/counted").await.json().await;
    assert_eq!(
        (&counted["calls"], &counted["input"]),
        (&json!(1), &json!(0))
    );
}
