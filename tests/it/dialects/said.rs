//! What a reply says, whatever it is said in; reading it checks the dialect's own rules.

use downshift_tests::Response;
use serde_json::{Value, json};

use super::Spoken;

/// What a reply says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Said {
    pub(super) text: String,
    /// Name and arguments of each call.
    pub(super) calls: Vec<(String, Value)>,
    pub(super) thought: String,
    pub(super) signature: String,
    /// In the chat API's words.
    pub(super) finish: String,
    /// Input with what was cached, what was cached, output.
    pub(super) usage: (u64, u64, u64),
    pub(super) costs: bool,
}

/// Reads a whole reply.
pub(super) async fn whole(client: Spoken, response: Response) -> Said {
    let reply = response.expect(200).await.json().await;
    match client {
        Spoken::Chat => chat(
            &reply["choices"][0]["message"],
            &reply["choices"][0],
            &reply["usage"],
        ),
        Spoken::Responses => response_object(&reply),
        Spoken::Messages => {
            assert_eq!(
                (&reply["type"], &reply["role"]),
                (&json!("message"), &json!("assistant"))
            );
            assert!(
                reply["id"]
                    .as_str()
                    .is_some_and(|id| id.starts_with("msg_")),
                "{reply}"
            );
            message(&reply)
        }
    }
}

/// Reads a stream, which must be complete.
pub(super) async fn stream(client: Spoken, response: Response) -> Said {
    let response = response.expect(200).await;
    match client {
        Spoken::Chat => chunks(&response.stream().chunks().await),
        Spoken::Messages => events(&response.text().await),
        Spoken::Responses => response_events(&response.text().await),
    }
}

fn chat(message: &Value, choice: &Value, usage: &Value) -> Said {
    let blocks = message["thinking_blocks"].as_array().into_iter().flatten();
    Said {
        text: text(&message["content"]),
        calls: message["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
            .map(called)
            .collect(),
        thought: text(&message["reasoning_content"]),
        signature: blocks.map(|block| text(&block["signature"])).collect(),
        finish: text(&choice["finish_reason"]),
        usage: (
            count(&usage["prompt_tokens"]),
            count(&usage["prompt_tokens_details"]["cached_tokens"]),
            count(&usage["completion_tokens"]),
        ),
        costs: false,
    }
}

fn called(call: &Value) -> (String, Value) {
    let arguments = text(&call["function"]["arguments"]);
    (
        text(&call["function"]["name"]),
        serde_json::from_str(&arguments).expect("arguments are JSON"),
    )
}

/// Puts the deltas of chunks together as clients do.
fn chunks(chunks: &[Value]) -> Said {
    let mut message =
        json!({ "content": "", "reasoning_content": "", "tool_calls": [], "thinking_blocks": [] });
    let mut finish = Value::Null;
    for chunk in chunks {
        assert!(
            chunk["created"]
                .as_u64()
                .is_some_and(|created| created > 1_600_000_000),
            "{chunk}"
        );
        let choice = &chunk["choices"][0];
        let delta = &choice["delta"];
        for field in ["content", "reasoning_content"] {
            message[field] = (text(&message[field]) + &text(&delta[field])).into();
        }
        let blocks = message["thinking_blocks"].as_array_mut().expect("an array");
        blocks.extend(
            delta["thinking_blocks"]
                .as_array()
                .into_iter()
                .flatten()
                .cloned(),
        );
        let calls = message["tool_calls"].as_array_mut().expect("an array");
        for piece in delta["tool_calls"].as_array().into_iter().flatten() {
            let at = usize::try_from(count(&piece["index"])).expect("small");
            match calls.get_mut(at) {
                None => calls.push(piece.clone()),
                Some(call) => {
                    let so_far = text(&call["function"]["arguments"]);
                    call["function"]["arguments"] =
                        (so_far + &text(&piece["function"]["arguments"])).into();
                }
            }
        }
        if choice["finish_reason"].is_string() {
            finish = choice.clone();
        }
    }
    let last = chunks.last().expect("chunks");
    Said {
        costs: last["downshift"].is_object(),
        ..chat(&message, &finish, &last["usage"])
    }
}

fn message(reply: &Value) -> Said {
    let mut said = Said {
        finish: match reply["stop_reason"].as_str() {
            Some("end_turn") => "stop".to_owned(),
            Some("tool_use") => "tool_calls".to_owned(),
            Some("max_tokens") => "length".to_owned(),
            other => format!("{other:?}"),
        },
        ..Said::default()
    };
    let usage = &reply["usage"];
    let cached = count(&usage["cache_read_input_tokens"]);
    said.usage = (
        count(&usage["input_tokens"]) + cached,
        cached,
        count(&usage["output_tokens"]),
    );
    for block in reply["content"].as_array().expect("content is an array") {
        match block["type"].as_str() {
            Some("text") => said.text += &text(&block["text"]),
            Some("thinking") => {
                assert!(
                    said.text.is_empty() && said.calls.is_empty(),
                    "thinking comes first: {reply}"
                );
                said.thought += &text(&block["thinking"]);
                said.signature += &text(&block["signature"]);
            }
            Some("tool_use") => said
                .calls
                .push((text(&block["name"]), block["input"].clone())),
            other => panic!("{other:?} in {reply}"),
        }
    }
    said
}

/// What a response says, once the fields that clients need are seen to be there.
fn response_object(response: &Value) -> Said {
    for field in [
        "instructions",
        "metadata",
        "parallel_tool_calls",
        "tool_choice",
        "tools",
        "error",
    ] {
        assert!(response.get(field).is_some(), "{field} in {response}");
    }
    assert_eq!(response["object"], "response");
    let id = response["id"].as_str().unwrap_or_default();
    assert!(id.starts_with("resp_"), "{response}");
    let usage = &response["usage"];
    let mut said = Said {
        usage: (
            count(&usage["input_tokens"]),
            count(&usage["input_tokens_details"]["cached_tokens"]),
            count(&usage["output_tokens"]),
        ),
        costs: response["downshift"].is_object(),
        finish: "stop".to_owned(),
        ..Said::default()
    };
    for item in response["output"].as_array().expect("output is an array") {
        match item["type"].as_str() {
            Some("message") => said.text += &text(&item["content"][0]["text"]),
            Some("reasoning") => {
                said.thought += &text(&item["summary"][0]["text"]);
                said.signature += &text(&item["encrypted_content"]);
            }
            Some("function_call") => {
                let arguments = text(&item["arguments"]);
                let arguments = serde_json::from_str(&arguments).expect("JSON");
                said.calls.push((text(&item["name"]), arguments));
                "tool_calls".clone_into(&mut said.finish);
            }
            other => panic!("{other:?} in {response}"),
        }
    }
    if response["incomplete_details"]["reason"] == "max_output_tokens" {
        assert_eq!(response["status"], "incomplete");
        "length".clone_into(&mut said.finish);
    }
    said
}

/// The response at a stream's end, once its events are seen to add up to it.
fn response_events(stream: &str) -> Said {
    let mut last = Value::Null;
    let (mut streamed, mut items) = (String::new(), Vec::new());
    for (number, frame) in stream.split_terminator("\n\n").enumerate() {
        let (name, data) = frame.split_once('\n').expect("two lines");
        let data = data.strip_prefix("data: ").expect("data");
        let event: Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(
            name.strip_prefix("event: "),
            event["type"].as_str(),
            "{frame}"
        );
        assert_eq!(event["sequence_number"], number, "{frame}");
        match event["type"].as_str() {
            Some("response.output_text.delta") => streamed += &text(&event["delta"]),
            Some("response.output_item.done") => items.push(event["item"].clone()),
            _ => {}
        }
        last = event;
    }
    let ended = ["response.completed", "response.incomplete"];
    assert!(
        last["type"]
            .as_str()
            .is_some_and(|kind| ended.contains(&kind)),
        "{stream}"
    );
    assert_eq!(last["response"]["output"], json!(items), "the items add up");
    let said = response_object(&last["response"]);
    assert_eq!(said.text, streamed);
    said
}

/// A message as its events build it up, the way clients do.
#[derive(Default)]
struct Building {
    message: Value,
    /// The block that is open.
    open: Option<Value>,
    /// The arguments of a call so far.
    json: String,
    costs: bool,
    ended: bool,
}

fn events(stream: &str) -> Said {
    let mut building = Building::default();
    for frame in stream.split_terminator("\n\n") {
        let (name, data) = frame.split_once('\n').expect("two lines");
        let event: Value =
            serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("JSON");
        assert_eq!(
            name.strip_prefix("event: "),
            event["type"].as_str(),
            "{frame}"
        );
        assert!(!building.ended, "{frame} after the end");
        building.add(&event);
    }
    let complete = building.ended && building.open.is_none();
    assert!(complete, "the stream is complete: {stream}");
    Said {
        costs: building.costs,
        ..message(&building.message)
    }
}

impl Building {
    fn add(&mut self, event: &Value) {
        match event["type"].as_str().expect("a type") {
            "message_start" => self.message = event["message"].clone(),
            "content_block_start" => {
                assert_eq!(self.open, None, "{event}");
                self.open = Some(event["index"].clone());
                self.json.clear();
                let content = self.message["content"].as_array_mut().expect("an array");
                assert_eq!(event["index"], content.len(), "{event}");
                content.push(event["content_block"].clone());
            }
            "content_block_delta" => {
                assert_eq!(self.open.as_ref(), Some(&event["index"]), "{event}");
                self.delta(&event["delta"]);
            }
            "content_block_stop" => {
                assert_eq!(self.open.take().as_ref(), Some(&event["index"]), "{event}");
                let json = std::mem::take(&mut self.json);
                if !json.is_empty() {
                    self.block()["input"] = serde_json::from_str(&json).expect("JSON");
                }
            }
            "message_delta" => {
                self.message["stop_reason"] = event["delta"]["stop_reason"].clone();
                let usage = event["usage"].as_object().expect("usage").clone();
                let so_far = self.message["usage"].as_object_mut().expect("usage");
                so_far.extend(usage);
                self.costs = event["downshift"].is_object();
            }
            "message_stop" => self.ended = true,
            "ping" => {}
            other => panic!("{other}"),
        }
    }

    fn delta(&mut self, delta: &Value) {
        let (field, more) = match delta["type"].as_str() {
            Some("text_delta") => ("text", &delta["text"]),
            Some("thinking_delta") => ("thinking", &delta["thinking"]),
            Some("signature_delta") => ("signature", &delta["signature"]),
            Some("input_json_delta") => {
                self.json += &text(&delta["partial_json"]);
                return;
            }
            other => panic!("{other:?}"),
        };
        let block = self.block();
        block[field] = (text(&block[field]) + &text(more)).into();
    }

    fn block(&mut self) -> &mut Value {
        let blocks = self.message["content"].as_array_mut();
        blocks
            .and_then(|blocks| blocks.last_mut())
            .expect("a block is open")
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}
