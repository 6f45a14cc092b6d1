//! Every client's dialect on every upstream's, whole and streamed, and rung 1 in each.

mod completions;
mod errors;
mod faithful;
mod matrix;
mod said;
mod stateless;

use downshift_tests::{Policy, Response, Router, Script, Upstream};
use serde_json::{Value, json};

/// A dialect that is spoken on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spoken {
    Chat,
    Messages,
    Responses,
}

impl Spoken {
    const ALL: [Self; 3] = [Self::Chat, Self::Messages, Self::Responses];

    /// Where clients call it.
    fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Messages => "/v1/messages",
            Self::Responses => "/v1/responses",
        }
    }

    /// The model that speaks it.
    fn model(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Messages => "messages",
            Self::Responses => "responses",
        }
    }

    /// A request with one question.
    fn ask(self, model: &str, question: &str, stream: bool) -> Value {
        let turns = json!([{ "role": "user", "content": question }]);
        match self {
            Self::Chat => json!({
                "model": model, "messages": turns, "stream": stream,
                "stream_options": { "include_usage": stream },
            }),
            Self::Responses => json!({ "model": model, "input": turns, "stream": stream }),
            Self::Messages => {
                json!({ "model": model, "max_tokens": 100, "messages": turns, "stream": stream })
            }
        }
    }
}

/// One model of each dialect, all at one scripted upstream, and an intent for rung 1.
async fn started() -> (Upstream, Router) {
    let upstream = Upstream::start(Script::default()).await;
    let policy = Policy::text(
        "
models:
  chat: { api: openai, base_url: \"${UP}\", model: chat-1, price: { input: 2, cached_input: 1, output: 8 } }
  messages: { api: anthropic, base_url: \"${UP}\", model: messages-1, key: \"${KEY}\", price: { input: 2, cached_input: 1, output: 8 } }
  responses: { api: responses, base_url: \"${UP}\", model: responses-1, price: { input: 2, cached_input: 1, output: 8 } }
llm: chat
route: [auto]
intents:
  arithmetic: { answer: arithmetic }
",
    )
    .set("UP", &upstream.base_url())
    .set("KEY", "${CARGO_PKG_NAME}");
    let router = Router::start(&policy).await;
    (upstream, router)
}

async fn post(router: &Router, client: Spoken, body: &Value) -> Response {
    router.client().post(client.path(), body.to_string()).await
}
