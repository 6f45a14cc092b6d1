//! Under way and on the way out: many at once do not mix, and a shutdown cuts nobody off.

use std::time::Duration;

use downshift_tests::{Event, Policy, Router, Script, Upstream};

/// Requests under way at once.
const AT_ONCE: u32 = 64;

async fn started(script: Script) -> (Upstream, Router) {
    let big = Upstream::start(script).await;
    let policy = Policy::shipped()
        .set("OPENAI_BASE_URL", &big.base_url())
        .set("OLLAMA_URL", &Upstream::nowhere().await);
    let router = Router::start(&policy).await;
    (big, router)
}

#[tokio::test]
async fn many_at_once_each_get_their_own_answer() {
    let (big, router) = started(Script::says("the large model")).await;
    let asking = (0..AT_ONCE).map(|number| {
        let client = router.client().clone();
        tokio::spawn(async move {
            let question = format!("what is {number} times 1000?");
            let wanted = number * 1000;
            let told = if number % 2 == 0 {
                client.ask("auto", &question).await.answer().await
            } else {
                let response = client.ask_stream("auto", &question).await;
                response.expect(200).await.stream().answer().await
            };
            let digits: String = told.split('=').next_back().map_or_else(String::new, |end| {
                end.chars().filter(char::is_ascii_digit).collect()
            });
            assert_eq!(digits, wanted.to_string(), "{question} → {told}");
            let story = client.ask("auto", "tell me a bedtime story about a dragon");
            assert_eq!(story.await.answer().await, "the large model");
        })
    });
    for asked in asking.collect::<Vec<_>>() {
        asked.await.expect("each gets its own answer");
    }
    assert_eq!(big.counted().calls, u64::from(AT_ONCE));
    let requests = router
        .metrics()
        .await
        .count("downshift_requests_total", &[("outcome", "ok")]);
    assert_eq!(requests, u64::from(AT_ONCE) * 2);
}

#[tokio::test]
async fn a_shutdown_lets_open_streams_end() {
    let slow = Script::says("one two three four five").between(Duration::from_millis(100));
    let (_big, router) = started(slow).await;
    let client = router.client().clone();
    let response = client
        .ask_stream("auto", "tell me a bedtime story about a dragon")
        .await;
    let mut stream = response.expect(200).await.stream();
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    let stopping = tokio::spawn(router.shutdown());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let late = tokio::net::TcpStream::connect(client.address()).await;
    assert!(late.is_err(), "nobody new is let in");
    let mut text = String::new();
    loop {
        match stream.next().await {
            Event::Chunk(chunk) => {
                text += chunk["choices"][0]["delta"]["content"]
                    .as_str()
                    .unwrap_or_default();
            }
            Event::Done => break,
            other => panic!("{other:?} after {text:?}"),
        }
    }
    assert_eq!(text, "one two three four five");
    drop(stream);
    let stopped = tokio::time::timeout(Duration::from_secs(5), stopping).await;
    stopped
        .expect("it stops when the last stream has ended")
        .expect("it stops well");
}
