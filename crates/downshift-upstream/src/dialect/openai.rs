//! OpenAI chat completions, which is also what clients speak: bodies pass through but for what must change.

use bytes::Bytes;
use downshift_wire::sse::{DONE_DATA, Event};
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, ChatTarget, Choices, Edit, Error, ReportedError, Told,
};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};

use super::{Api, Dialect, Encoded, Events};
use crate::{Endpoint, Secret};

/// The dialect.
#[derive(Debug)]
pub(crate) struct OpenAi;

/// One stream's choices: how many were asked for, and which have ended.
struct Progress {
    expected: u32,
    choices: Choices,
}

// === impl OpenAi ===

impl Dialect for OpenAi {
    fn api(&self) -> Api {
        Api::OpenAi
    }

    fn path(&self, _: &str) -> &'static str {
        "/chat/completions"
    }

    fn key_header(&self, key: &Secret) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {}", key.expose()))
    }

    fn takes(&self, header: &str) -> bool {
        !header.starts_with("anthropic-")
    }

    /// Usage is asked of servers that can give it; the others must not see the field at all.
    fn encode(&self, request: &ChatRequest, endpoint: &Endpoint) -> Result<Encoded, Error> {
        if request.original.is_some() {
            let translated = request.encode_translated(ChatTarget {
                model: &endpoint.model,
                include_usage: endpoint.include_usage,
                max_completion_tokens: is_openai(&endpoint.base_url),
            })?;
            return Ok(translated.into());
        }
        let mut edits = Vec::with_capacity(2);
        if request.model != endpoint.model {
            edits.push(Edit::string("model", &endpoint.model));
        }
        if request.stream && !endpoint.include_usage {
            edits.push(Edit::remove("stream_options"));
        } else if request.stream && !request.include_usage {
            edits.push(request.with_stream_usage()?);
        }
        Ok(Encoded {
            body: request.rewritten(&edits)?,
            headers: HeaderMap::new(),
            dropped: Vec::new(),
        })
    }

    fn decode(&self, body: Bytes) -> Result<ChatReply, Error> {
        ChatReply::decode(body)
    }

    fn events(&self, request: &ChatRequest) -> Box<dyn Events> {
        // Beyond this many choices they are no longer told apart.
        let expected = request.n.min(128);
        Box::new(Progress {
            expected,
            choices: Choices::default(),
        })
    }
}

/// OpenAI, and its models on Azure: the newer ones refuse the older names of fields.
fn is_openai(base_url: &str) -> bool {
    ["openai.com", "openai.azure.com"]
        .iter()
        .any(|host| base_url.contains(host))
}

// === impl Progress ===

impl Events for Progress {
    fn read(&mut self, event: Event) -> Result<Told, Error> {
        if event.data.trim_ascii() == DONE_DATA {
            return Ok(Told::Ending(Vec::new()));
        }
        if event.event.as_deref() == Some("error") {
            let error = ReportedError::decode(&event.data);
            return Ok(Told::Failed(error.unwrap_or_default()));
        }
        let mut chunk = ChatChunk::decode(event.data)?;
        if let Some(error) = chunk.error.take() {
            return Ok(Told::Failed(error));
        }
        self.choices.merge(chunk.progress);
        Ok(Told::Pieces(vec![chunk]))
    }

    fn is_complete(&self) -> bool {
        self.choices.all_ended() && self.choices.begun() >= self.expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, include_usage: bool, expected: &str) {
        let request = ChatRequest::decode(body.to_owned().into()).unwrap();
        let endpoint = Endpoint {
            model: "m".into(),
            include_usage,
            ..Endpoint::default()
        };
        let encoded = OpenAi.encode(&request, &endpoint).unwrap();
        assert_eq!(encoded.body, expected);
    }

    #[test]
    fn changes_the_model_and_nothing_else() {
        check(
            r#"{ "model":"auto", "messages":[{"role":"user","content":"\u00e9"}], "top_p":1.0, "x":{"b":1,"a":2} }"#,
            true,
            r#"{ "model":"m", "messages":[{"role":"user","content":"\u00e9"}], "top_p":1.0, "x":{"b":1,"a":2} }"#,
        );
    }

    #[test]
    fn passes_an_unchanged_body_through() {
        let body =
            Bytes::from_static(br#"{"model":"m","messages":[{"role":"user","content":"a"}]}"#);
        let request = ChatRequest::decode(body.clone()).unwrap();
        let endpoint = Endpoint {
            model: "m".into(),
            ..Endpoint::default()
        };
        let encoded = OpenAi.encode(&request, &endpoint).unwrap();
        assert_eq!(encoded.body.as_ptr(), body.as_ptr());
    }

    #[test]
    fn asks_for_the_usage_of_streams() {
        let head = r#"{"model":"m","messages":[{"role":"user","content":"a"}],"stream":true"#;
        let with = |options: &str| format!("{head}{options}}}");
        check(
            &with(""),
            true,
            &with(r#","stream_options":{"include_usage":true}"#),
        );
        check(
            &with(r#","stream_options":null"#),
            true,
            &with(r#","stream_options":{"include_usage":true}"#),
        );
        check(
            &with(r#","stream_options":{"include_usage":false,"include_obfuscation":false}"#),
            true,
            &with(r#","stream_options":{"include_usage":true,"include_obfuscation":false}"#),
        );
        check(
            &with(r#","stream_options":{ "include_usage": true }"#),
            true,
            &with(r#","stream_options":{ "include_usage": true }"#),
        );
        check(
            &with(r#","stream_options":{"include_usage":true}"#),
            false,
            &with(""),
        );
    }
}
