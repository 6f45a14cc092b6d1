//! Upstreams that fail in every way they do, in front of a healthy one: a complete answer or a clean error, in bounded time.

mod accounts;
mod any;
mod further;
mod several;
mod sixteen;

use std::time::Duration;

use downshift_tests::{Event, Policy, Router, Script, Tokens};
use serde_json::{Value, json};

/// What every complete answer says: sixty words.
fn answer() -> String {
    let words: Vec<String> = (0..60).map(|word| format!("{word} ")).collect();
    words.concat()
}

/// A reply that is well.
fn well() -> Script {
    Script {
        usage: Some(Tokens {
            input: 10,
            cached: 0,
            output: 60,
        }),
        ..Script::says(&answer())
    }
}

/// A call that must end within this, whatever happens: far more than the policy's timeouts
/// add up to, far less than for ever.
const BOUND: Duration = Duration::from_secs(25);

/// How a call ended, as its caller sees it.
#[derive(Debug, PartialEq)]
enum Ending {
    /// The complete answer, from this model.
    Complete(String),
    /// A refusal with this status, code and `x-should-retry`.
    Refused(u16, Value),
    /// A stream that said that it broke, after this many words.
    Broke(usize),
}

/// A primary that fails and a fallback that is well, with a line for the primary.
async fn started(primary: &str, fallback: &str, written: &str) -> Router {
    let policy = Policy::text(&format!(
        r#"
models:
  primary:
    api: openai
    base_url: "{primary}"
    model: primary-1
    price: {{ input: 2, output: 10 }}
    fallback: [healthy]
    timeouts: {{ connect: 1s, first_token: 1s, between_tokens: 1s, total: 8s }}
    retries: {{ attempts: 3, backoff: 50ms, retry_after_max: 2s }}
    {written}
  healthy:
    api: openai
    base_url: "{fallback}"
    model: healthy-1
    price: {{ input: 1, output: 5 }}
llm: primary
route: [auto]
"#
    ));
    Router::start(&policy).await
}

/// Asks for a stream and sees it end.
async fn streamed(router: &Router) -> Ending {
    let messages = json!([{ "role": "user", "content": "count" }]);
    let body = json!({ "model": "auto", "stream": true, "messages": messages });
    ending(router, &body).await
}

/// Asks and sees how it ends; a truncated answer that ends well fails the test.
async fn ending(router: &Router, body: &Value) -> Ending {
    let ended = tokio::time::timeout(BOUND, asked(router, body)).await;
    ended.unwrap_or_else(|_| panic!("no end within {BOUND:?}"))
}

async fn asked(router: &Router, body: &Value) -> Ending {
    let response = router.client().chat(body).await;
    let status = response.status.as_u16();
    if status != 200 {
        let error = response.error(status).await;
        return Ending::Refused(status, error["code"].clone());
    }
    let model = response.header("x-downshift-model").map(str::to_owned);
    let model = model.expect("a reply names its model");
    if body["stream"] != true {
        let reply = response.json().await;
        let said = &reply["choices"][0]["message"]["content"];
        assert_eq!(said, &answer(), "a truncated answer as success");
        assert_eq!(reply["model"], format!("{model}-1"), "who answered");
        return Ending::Complete(model);
    }
    let events = response.stream().all().await;
    let (mut text, mut done) = (String::new(), false);
    for event in &events {
        match event {
            Event::Chunk(chunk) => {
                assert_eq!(chunk["model"], format!("{model}-1"), "one model alone");
                let piece = &chunk["choices"][0]["delta"]["content"];
                text.push_str(piece.as_str().unwrap_or_default());
            }
            Event::Done => done = true,
            Event::Error(_) | Event::End { .. } => {}
        }
    }
    let broke = matches!(events.last(), Some(Event::Error(_)));
    match (done, broke) {
        (true, false) => {
            assert_eq!(text, answer(), "a truncated answer as success");
            Ending::Complete(model)
        }
        (false, true) => Ending::Broke(text.split_whitespace().count()),
        other => panic!("neither an end nor an error: {other:?} {events:?}"),
    }
}

fn complete(model: &str) -> Ending {
    Ending::Complete(model.to_owned())
}
