//! The chunks of a chat completion, as events of a response.

use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};

use super::encode_reply::{annotation, item_status};
use super::items;
use super::object::{Head, echo, id};
use super::tools::{Calls, FUNCTION};
use crate::json::tree;
use crate::wordless::{SPOKEN, note, note_others};
use crate::{ChatChunk, ChatRequest, ErrorBody, Usage, sse};

/// Writes the events of one stream, in order.
#[derive(Debug)]
pub struct EventWriter {
    out: BytesMut,
    sequence: u64,
    begun: bool,
    head: Head,
    /// The items that have ended.
    output: Vec<Value>,
    open: Option<Open>,
    finish_reason: Option<String>,
    usage: Option<Usage>,
    /// What the router adds to the usage.
    costs: Option<Value>,
    dropped: Vec<String>,
}

/// The item that is open.
#[derive(Debug)]
struct Open {
    kind: Kind,
    id: String,
    /// Text, a refusal, reasoning or arguments so far.
    text: String,
    /// Of a call: its id and its tool.
    call: (Value, Value),
    annotations: Vec<Value>,
    logprobs: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reasoning,
    Text,
    Refusal,
    /// The call with this index.
    Call(u64, Calls),
}

impl EventWriter {
    /// A writer for a response to this request; `created` in Unix seconds.
    pub fn new(request: &ChatRequest, created: i64) -> Self {
        let head = Head {
            id: String::new(),
            created,
            model: String::new(),
            echo: echo(request),
        };
        Self {
            out: BytesMut::new(),
            sequence: 0,
            begun: false,
            head,
            output: Vec::new(),
            open: None,
            finish_reason: None,
            usage: None,
            costs: None,
            dropped: Vec::new(),
        }
    }

    /// The events of a chunk; there may be none.
    pub fn write(&mut self, chunk: &ChatChunk) -> Bytes {
        let body = tree("chunk", chunk.data()).unwrap_or_default();
        if !self.begun {
            self.begun = true;
            body["id"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut self.head.id);
            body["model"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut self.head.model);
            for kind in ["response.created", "response.in_progress"] {
                let response = self.head.object("in_progress", &[]);
                self.event(kind, json!({ "response": response }));
            }
        }
        self.usage = chunk.usage.or(self.usage);
        self.costs = body.get("downshift").cloned().or(self.costs.take());
        for choice in body["choices"].as_array().into_iter().flatten() {
            if choice["index"].as_u64().unwrap_or(0) == 0 {
                note_others(&choice["delta"], SPOKEN, &mut self.dropped);
                self.add(&choice["delta"], &choice["logprobs"]);
            } else {
                note("choices[1]", &mut self.dropped);
            }
        }
        if let Some(reason) = &chunk.finish_reason {
            self.finish_reason = Some(reason.clone());
        }
        self.out.split().freeze()
    }

    /// The events that end a response that is complete. What was cut off says so itself too.
    pub fn end(&mut self) -> Bytes {
        self.close_as(item_status(self.finish_reason.as_deref()), None);
        let mut response = self
            .head
            .ended(self.finish_reason.as_deref(), &self.output, self.usage);
        if let Some(costs) = self.costs.take() {
            response["downshift"] = costs;
        }
        let kind = if response["status"] == "incomplete" {
            "response.incomplete"
        } else {
            "response.completed"
        };
        self.event(kind, json!({ "response": response }));
        self.out.split().freeze()
    }

    /// The event that says that the stream broke. It says so twice: in the fields that the API
    /// documents, and in the `error` object that its servers send and its clients look for.
    pub fn fail(&mut self, error: &ErrorBody) -> Bytes {
        let nested = json!({ "type": error.kind, "code": error.code, "message": error.message, "param": error.param });
        let said = json!({ "code": error.code, "message": error.message, "param": error.param, "error": nested });
        self.event("error", said);
        self.out.split().freeze()
    }

    /// What a response had no words for so far.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    fn add(&mut self, delta: &Value, logprobs: &Value) {
        let text = |name: &str| delta[name].as_str().filter(|text| !text.is_empty());
        if let Some(text) = text("reasoning_content").or(text("reasoning")) {
            self.more(Kind::Reasoning, text, &[]);
        }
        for block in delta["thinking_blocks"].as_array().into_iter().flatten() {
            self.thought(block);
        }
        if let Some(text) = text("content") {
            let logprobs = logprobs["content"].as_array().cloned().unwrap_or_default();
            self.more(Kind::Text, text, &logprobs);
        }
        let cited = delta["annotations"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(annotation);
        let cited: Vec<Value> = cited.collect();
        self.cite(cited);
        if let Some(text) = text("refusal") {
            self.more(Kind::Refusal, text, &[]);
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            let calls = Calls::of_call(call);
            let called = &call[calls.kind];
            let kind = Kind::Call(call["index"].as_u64().unwrap_or(0), calls);
            self.switch(kind, (call["id"].clone(), called["name"].clone()));
            let given = called[calls.given].as_str().unwrap_or_default();
            if !given.is_empty() {
                self.more(kind, given, &[]);
            }
        }
    }

    /// Thinking whose text has been sent already needs only its signature.
    fn thought(&mut self, block: &Value) {
        let sent = self
            .open
            .as_ref()
            .is_some_and(|open| open.kind == Kind::Reasoning);
        if !sent {
            self.switch(Kind::Reasoning, (Value::Null, Value::Null));
            if let Some(text) = block["thinking"].as_str().filter(|text| !text.is_empty()) {
                self.more(Kind::Reasoning, text, &[]);
            }
        }
        self.close(Some(block));
    }

    /// Citations belong to the text that is open.
    fn cite(&mut self, cited: Vec<Value>) {
        let place = self.output.len();
        for annotation in cited {
            let Some(open) = &mut self.open else {
                return;
            };
            let said = json!({
                "item_id": open.id, "output_index": place, "content_index": 0,
                "annotation_index": open.annotations.len(), "annotation": annotation,
            });
            open.annotations.push(annotation);
            self.event("response.output_text.annotation.added", said);
        }
    }

    fn more(&mut self, kind: Kind, text: &str, logprobs: &[Value]) {
        self.switch(kind, (Value::Null, Value::Null));
        let place = self.output.len();
        let Some(open) = &mut self.open else {
            return;
        };
        open.text.push_str(text);
        open.logprobs.extend(logprobs.iter().cloned());
        let mut said = json!({ "item_id": open.id, "output_index": place, "delta": text });
        let (name, index) = match kind {
            Kind::Reasoning => (
                "response.reasoning_summary_text.delta",
                Some("summary_index"),
            ),
            Kind::Text => {
                said["logprobs"] = logprobs.into();
                ("response.output_text.delta", Some("content_index"))
            }
            Kind::Refusal => ("response.refusal.delta", Some("content_index")),
            Kind::Call(_, calls) => (calls.delta, None),
        };
        if let Some(index) = index {
            said[index] = 0.into();
        }
        self.event(name, said);
    }

    fn switch(&mut self, kind: Kind, call: (Value, Value)) {
        if self.open.as_ref().is_some_and(|open| open.kind == kind) {
            return;
        }
        self.close(None);
        let place = self.output.len();
        let prefix = match kind {
            Kind::Reasoning => "rs_",
            Kind::Text | Kind::Refusal => "msg_",
            Kind::Call(_, calls) => calls.prefix,
        };
        let id = id(&format!("{prefix}{place}"), &self.head.id);
        let open = Open {
            kind,
            id,
            text: String::new(),
            call,
            annotations: Vec::new(),
            logprobs: Vec::new(),
        };
        self.event(
            "response.output_item.added",
            json!({ "output_index": place, "item": open.item("in_progress", None) }),
        );
        if let Some((name, part)) = open.part(place, "added") {
            self.event(name, part);
        }
        self.open = Some(open);
    }

    fn close(&mut self, signed: Option<&Value>) {
        self.close_as("completed", signed);
    }

    fn close_as(&mut self, status: &str, signed: Option<&Value>) {
        let Some(open) = self.open.take() else {
            return;
        };
        let place = self.output.len();
        let mut said = json!({ "item_id": open.id, "output_index": place });
        let (name, field) = match open.kind {
            Kind::Reasoning => ("response.reasoning_summary_text.done", "text"),
            Kind::Text => ("response.output_text.done", "text"),
            Kind::Refusal => ("response.refusal.done", "refusal"),
            Kind::Call(_, calls) => (calls.done, calls.given),
        };
        said[field] = open.text.clone().into();
        match open.kind {
            Kind::Reasoning => said["summary_index"] = 0.into(),
            Kind::Call(_, FUNCTION) => said["name"] = open.call.1.clone(),
            Kind::Call(..) => {}
            Kind::Text | Kind::Refusal => said["content_index"] = 0.into(),
        }
        if open.kind == Kind::Text {
            said["logprobs"] = open.logprobs.clone().into();
        }
        self.event(name, said);
        if let Some((name, part)) = open.part(place, "done") {
            self.event(name, part);
        }
        let item = open.item(status, signed);
        self.event(
            "response.output_item.done",
            json!({ "output_index": place, "item": item }),
        );
        self.output.push(item);
    }

    fn event(&mut self, kind: &str, mut said: Value) {
        said["type"] = kind.into();
        said["sequence_number"] = self.sequence.into();
        self.sequence += 1;
        self.out
            .extend_from_slice(&sse::event(Some(kind), said.to_string().as_bytes()));
    }
}

impl Open {
    fn item(&self, status: &str, signed: Option<&Value>) -> Value {
        let text = &self.text;
        let content = |part: Value| {
            if status == "in_progress" {
                json!([])
            } else {
                json!([part])
            }
        };
        match self.kind {
            Kind::Reasoning => {
                let mut item = items::reasoning(signed.unwrap_or(&Value::Null), &self.id, text);
                // Who signs it is known at its end.
                if status == "in_progress" {
                    item["encrypted_content"] = Value::Null;
                }
                item
            }
            Kind::Call(_, calls) => json!({
                "id": self.id, "type": calls.item, "status": status,
                "call_id": self.call.0, "name": self.call.1, calls.given: text,
            }),
            Kind::Text | Kind::Refusal => json!({
                "id": self.id, "type": "message", "role": "assistant", "status": status,
                "content": content(self.content()),
            }),
        }
    }

    fn content(&self) -> Value {
        match self.kind {
            Kind::Refusal => json!({ "type": "refusal", "refusal": self.text }),
            Kind::Reasoning => json!({ "type": "summary_text", "text": self.text }),
            _ => json!({
                "type": "output_text", "text": self.text,
                "annotations": self.annotations, "logprobs": self.logprobs,
            }),
        }
    }

    /// The event that a part begins or ends; a call has none.
    fn part(&self, place: usize, what: &str) -> Option<(&'static str, Value)> {
        let said = json!({ "item_id": self.id, "output_index": place, "part": self.content() });
        let (name, index) = match (self.kind, what) {
            (Kind::Call(..), _) => return None,
            (Kind::Reasoning, "added") => {
                ("response.reasoning_summary_part.added", "summary_index")
            }
            (Kind::Reasoning, _) => ("response.reasoning_summary_part.done", "summary_index"),
            (_, "added") => ("response.content_part.added", "content_index"),
            _ => ("response.content_part.done", "content_index"),
        };
        let mut said = said;
        said[index] = 0.into();
        Some((name, said))
    }
}
