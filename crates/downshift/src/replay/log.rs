//! Hides how recorded traffic is written: a JSON object per line, of our own export or of this format.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use bytes::Bytes;
use downshift_wire::{ChatRequest, Usage};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::export::{self, Unread};

/// A request and what each model replied to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its name: no two of a log have the same.
    pub id: String,
    /// The request, as a client sends it to `/v1/chat/completions`. What it asks to be streamed is
    /// replayed in one piece.
    pub request: Value,
    /// What each model replied, by its name in the policy or at its provider.
    pub replies: BTreeMap<String, RecordedReply>,
    /// The right answer, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold: Option<String>,
    /// How much it counts in shares and averages; 1 if absent.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: f64,
    /// What models are taken to say of which nothing was recorded: what the one said that replied.
    #[serde(skip)]
    pub assumed: Option<RecordedReply>,
}

/// What a model replied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedReply {
    /// The text.
    pub text: String,
    /// Tokens of the prompt, as they were billed.
    pub input_tokens: u64,
    /// Tokens of the reply, as they were billed.
    pub output_tokens: u64,
    /// How good it is, 0 to 1, where somebody graded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// Recorded traffic, in its order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    /// The records.
    pub records: Vec<Record>,
    /// Exported entries that were left out.
    pub left_out: LeftOut,
    places: BTreeMap<String, usize>,
}

/// Exported entries of which there is nothing to replay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Those whose request was not kept.
    pub without_body: usize,
    /// Those of other kinds: an embedding, an upload.
    pub no_chat: usize,
}

/// Why recorded traffic cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error("cannot read {file}")]
    File {
        /// Its path.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A line.
    #[error(
        "{file}, line {line}: {message}; expected {{\"id\", \"request\": {{\"messages\": […]}}, \
         \"replies\": {{MODEL: {{\"text\", \"input_tokens\", \"output_tokens\", \"score\"?}}}}, \"gold\"?, \"weight\"?}}, \
         or a line of `downshift export`"
    )]
    Line {
        /// The file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// There is nothing in it.
    #[error("{file} holds no records; expected one JSON object per line")]
    Empty {
        /// The file.
        file: String,
    },
    /// An export, and nothing in it can be replayed.
    #[error(
        "{file} holds nothing to replay: {} entries without a body, {} that are no chat; \
         bodies are kept where the policy says `store: {{ bodies: true }}`",
        left_out.without_body, left_out.no_chat
    )]
    NoBodies {
        /// The file.
        file: String,
        /// Its entries.
        left_out: LeftOut,
    },
}

// === impl LeftOut ===

impl LeftOut {
    /// Whether nothing was left out.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

// === impl Log ===

impl Log {
    /// Reads a file; empty lines are allowed, an empty file is not.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let unreadable = |source| Error::File {
            file: shown.clone(),
            source,
        };
        let file = File::open(path).map_err(unreadable)?;
        let mut log = Self::default();
        for (at, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(unreadable)?;
            if line.trim().is_empty() {
                continue;
            }
            log.line(&line).map_err(|message| Error::Line {
                file: shown.clone(),
                line: at + 1,
                message,
            })?;
        }
        match (log.records.is_empty(), log.left_out.is_none()) {
            (true, true) => Err(Error::Empty { file: shown }),
            (true, false) => Err(Error::NoBodies {
                file: shown,
                left_out: log.left_out,
            }),
            _ => Ok(log),
        }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let exported = serde_json::from_str::<Map<String, Value>>(line).ok();
        let Some(exported) = exported.filter(export::is_row) else {
            let record: Record = serde_json::from_str(line).map_err(|error| error.to_string())?;
            record.asked("auto")?;
            return self.push(record);
        };
        match export::record(exported)? {
            Ok(record) => return self.push(record),
            Err(Unread::NoBody) => self.left_out.without_body += 1,
            Err(Unread::NoChat) => self.left_out.no_chat += 1,
        }
        Ok(())
    }

    /// Adds a record, or says what is wrong with it.
    pub fn push(&mut self, record: Record) -> Result<(), String> {
        record.check()?;
        if self.places.contains_key(&record.id) {
            return Err(format!("the id `{}` was there before", record.id));
        }
        self.places.insert(record.id.clone(), self.records.len());
        self.records.push(record);
        Ok(())
    }

    /// The record of that id.
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(*self.places.get(id)?)
    }
}

// === impl Record ===

impl Record {
    fn check(&self) -> Result<(), String> {
        if !(self.weight.is_finite() && self.weight > 0.0) {
            return Err(format!("`weight` is {}; it must be above 0", self.weight));
        }
        let odd = |reply: &RecordedReply| {
            reply
                .score
                .is_some_and(|score| !(0.0..=1.0).contains(&score))
        };
        if let Some((model, _)) = self.replies.iter().find(|(_, reply)| odd(reply)) {
            return Err(format!("the score of `{model}` is not from 0 to 1"));
        }
        Ok(())
    }

    /// The request as it is replayed: of `model`, in one piece, with its id as the end user's name, by
    /// which an upstream knows what to say.
    pub fn asked(&self, model: &str) -> Result<ChatRequest, String> {
        let Value::Object(mut fields) = self.request.clone() else {
            return Err("`request` is no object".to_owned());
        };
        fields.insert("model".to_owned(), model.into());
        fields.insert("user".to_owned(), self.id.as_str().into());
        fields.remove("stream");
        fields.remove("stream_options");
        let body = Bytes::from(Value::Object(fields).to_string());
        crate::endpoints::decode_any(body).map_err(|error| format!("`request`: {error}"))
    }

    /// What a model replied, by either of its names.
    pub fn reply(&self, name: &str, at_provider: &str) -> Option<&RecordedReply> {
        self.replies
            .get(name)
            .or_else(|| self.replies.get(at_provider))
    }
}

// === impl RecordedReply ===

impl RecordedReply {
    /// Its tokens.
    pub fn usage(&self) -> Usage {
        Usage {
            input: self.input_tokens,
            output: self.output_tokens,
            ..Usage::default()
        }
    }
}

fn one() -> f64 {
    1.0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
#[expect(clippy::float_cmp, reason = "the default is exactly this")]
fn is_one(weight: &f64) -> bool {
    *weight == 1.0
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use downshift_ledger::{Closing, Ledger, ModelCost, Opening, Outcome};
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(lines: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        std::fs::write(&path, lines).unwrap();
        let told = match Log::read(&path) {
            Ok(log) => format!("{} records", log.records.len()),
            Err(error) => error.to_string(),
        };
        assert!(told.contains(expected), "{told}");
    }

    /// A line of an export, whose request is this.
    fn exported(id: &str, request: Value) -> String {
        let ledger = Ledger::new([ModelCost::named("m")], "m", []);
        let open = ledger.open(Opening {
            id: id.to_owned(),
            started: Timestamp::UNIX_EPOCH,
            arrived: Instant::now(),
            requested_model: "auto".to_owned(),
            stream: false,
        });
        let entry = open.close(Closing::with(Outcome::Ok));
        let mut line = serde_json::to_value(&*entry).unwrap();
        line["request"] = request;
        line["reply"] = json!("x");
        line.to_string()
    }

    #[test]
    fn an_export_is_read_and_what_cannot_be_replayed_is_counted() {
        let chat = || json!({ "messages": [{ "role": "user", "content": "hi" }] });
        let search = || json!({ "query": "hi" });
        let lines = [
            exported("a", chat()),
            exported("b", Value::Null),
            exported("c", search()),
        ];
        check(&lines.join("\n"), "1 records");
        check(
            &lines[1..].join("\n"),
            "nothing to replay: 1 entries without a body, 1 that are no chat",
        );
        check(
            &[exported("a", chat()), exported("a", chat())].join("\n"),
            "line 2: the id `a` was there before",
        );
    }

    #[test]
    fn a_log_is_read_and_what_is_wrong_is_told_with_its_line() {
        let good = r#"{"id":"ID","request":{"messages":[{"role":"user","content":"hi"}]},"replies":{"m":{"text":"x","input_tokens":1,"output_tokens":2}}}"#;
        let named = |id: &str| good.replace("ID", id);
        check(&format!("{}\n\n{}\n", named("a"), named("b")), "2 records");
        check(
            &format!("{}\n{}", named("a"), named("a")),
            "line 2: the id `a` was there before",
        );
        check("", "holds no records");
        check("{\"id\":\"a\"}", "line 1: missing field `request`");
        check(
            &good.replace("\"messages\"", "\"massages\""),
            "line 1: `request`: ",
        );
        check(
            &good.replace("\"input_tokens\":1,", ""),
            "missing field `input_tokens`",
        );
        check(
            &good.replace("2}}}", "2,\"score\":7}}}"),
            "the score of `m` is not from 0 to 1",
        );
        check(
            &good.replace("{\"id\"", "{\"weight\":0,\"id\""),
            "`weight` is 0",
        );
        check(
            &good.replace("{\"id\"", "{\"golden\":1,\"id\""),
            "unknown field `golden`",
        );
    }
}
