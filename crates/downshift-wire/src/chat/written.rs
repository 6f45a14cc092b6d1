//! Hides how a reply that no model made is put into OpenAI's shape: whole, or as a stream.

use serde::{Serialize, Serializer};

use super::{ChatChunk, ChatReply, Usage};

/// A reply that was computed, as its author gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The reply's id, such as `chatcmpl-…`.
    pub id: String,
    /// Seconds since 1970.
    pub created: i64,
    /// The name it is signed with.
    pub model: String,
    /// What it says.
    pub text: String,
    /// The tokens it counts as.
    pub usage: Usage,
}

#[derive(Serialize)]
struct Completion<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    choices: [Choice<'a>; 1],
    usage: Usage,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    message: Message<'a>,
    logprobs: Option<()>,
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
    refusal: Option<&'a str>,
    annotations: [(); 0],
}

#[derive(Serialize)]
struct Piece<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    choices: &'a [PieceChoice<'a>],
    #[serde(skip_serializing_if = "UsageField::is_absent")]
    usage: UsageField,
}

/// Not there if usage was not asked for; null in all pieces but the last if it was.
#[derive(Clone, Copy)]
enum UsageField {
    Absent,
    Null,
    Given(Usage),
}

#[derive(Serialize)]
struct PieceChoice<'a> {
    index: u32,
    delta: Delta<'a>,
    logprobs: Option<()>,
    finish_reason: Option<&'static str>,
}

#[derive(Serialize, Default)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    /// Null in the first piece, not there in the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<()>,
}

impl ChatReply {
    /// A reply in one piece that no model made.
    pub fn written(written: &Written) -> Self {
        let Written {
            id,
            created,
            model,
            text,
            usage,
        } = written;
        let message = Message {
            role: "assistant",
            content: text,
            refusal: None,
            annotations: [],
        };
        let choice = Choice {
            index: 0,
            message,
            logprobs: None,
            finish_reason: "stop",
        };
        let completion = Completion {
            id,
            object: "chat.completion",
            created: *created,
            model,
            choices: [choice],
            usage: *usage,
        };
        Self {
            body: json(&completion).into(),
            id: id.clone(),
            model: model.clone(),
            usage: Some(*usage),
            finish_reason: Some("stop".to_owned()),
            text: text.clone(),
            tool_calls: false,
            refusal: false,
            native: None,
        }
    }
}

/// The same reply as a stream: the role, the text, the end, and the usage if it was asked for.
pub fn written_chunks(written: &Written, include_usage: bool) -> Vec<ChatChunk> {
    let role = Delta {
        role: Some("assistant"),
        content: Some(""),
        refusal: Some(()),
    };
    let text = Delta {
        content: Some(&written.text),
        ..Delta::default()
    };
    let usage = if include_usage {
        UsageField::Null
    } else {
        UsageField::Absent
    };
    let mut chunks = vec![
        chunk(written, &[piece(role, None)], usage),
        chunk(written, &[piece(text, None)], usage),
        chunk(written, &[piece(Delta::default(), Some("stop"))], usage),
    ];
    if include_usage {
        chunks.push(chunk(written, &[], UsageField::Given(written.usage)));
    }
    chunks
}

fn piece<'a>(delta: Delta<'a>, finish_reason: Option<&'static str>) -> PieceChoice<'a> {
    PieceChoice {
        index: 0,
        delta,
        logprobs: None,
        finish_reason,
    }
}

fn chunk(written: &Written, choices: &[PieceChoice<'_>], usage: UsageField) -> ChatChunk {
    let Written {
        id, created, model, ..
    } = written;
    let piece = Piece {
        id,
        object: "chat.completion.chunk",
        created: *created,
        model,
        choices,
        usage,
    };
    let mut chunk = ChatChunk {
        data: json(&piece).into(),
        ..ChatChunk::empty()
    };
    chunk.model = Some(model.clone());
    chunk.usage = usage.given();
    chunk.choices = choices.len();
    for choice in choices {
        chunk
            .text
            .push_str(choice.delta.content.unwrap_or_default());
        chunk.finish_reason = choice.finish_reason.map(str::to_owned);
        chunk.progress.note(0, choice.finish_reason.is_some());
    }
    chunk
}

/// Strings and integers cannot fail to be written.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

// === impl UsageField ===

impl UsageField {
    fn given(self) -> Option<Usage> {
        match self {
            Self::Given(usage) => Some(usage),
            Self::Absent | Self::Null => None,
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Serialize for UsageField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.given().serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
