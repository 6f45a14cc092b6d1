//! Reads a line of `downshift export` as a record: hides what of a ledger entry traffic is replayed from.

use std::collections::BTreeMap;

use downshift_ledger::{Entry, Rung};
use serde_json::{Map, Value};

use super::log::{Record, RecordedReply};

/// What a line is of which there is nothing to replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// The policy kept no bodies, or the body was too long.
    NoBody,
    /// It is no chat: an embedding, an upload, a request that was passed through.
    NoChat,
}

/// Whether a line is one of `downshift export`: every entry has a time at which it started.
pub(super) fn is_row(line: &Map<String, Value>) -> bool {
    line.contains_key("started") && line.contains_key("attempts")
}

/// The record of an exported entry. What was replied stands under the name of the model that replied; of other
/// models nothing was recorded, and what is known to say in their place is `assumed`.
pub(super) fn record(mut line: Map<String, Value>) -> Result<Result<Record, Unread>, String> {
    let (request, reply) = (line.remove("request"), line.remove("reply"));
    let entry: Entry =
        serde_json::from_value(Value::Object(line)).map_err(|error| error.to_string())?;
    let Some(request) = request.filter(|request| !request.is_null()) else {
        return Ok(Err(Unread::NoBody));
    };
    let said = reply.as_ref().and_then(Value::as_str).zip(entry.usage);
    let said = said.map(|(text, usage)| RecordedReply {
        text: text.to_owned(),
        input_tokens: usage.input,
        output_tokens: usage.output,
        score: None,
    });
    let by = entry.model.filter(|_| entry.rung != Some(Rung::Answer));
    let replies = by
        .zip(said.clone())
        .map(|(model, said)| (model.to_string(), said));
    let record = Record {
        id: entry.id,
        request,
        replies: replies.into_iter().collect::<BTreeMap<_, _>>(),
        gold: None,
        weight: 1.0,
        assumed: said,
    };
    let chat = record.asked("auto").is_ok();
    Ok(if chat {
        Ok(record)
    } else {
        Err(Unread::NoChat)
    })
}
