//! Takes out token log-probabilities that the client did not ask for; every other byte stays as it came.

use std::ops::Range;

use bytes::Bytes;

use super::{ChatChunk, ChatReply};
use crate::json::{self, Cursor, Fault, Key};

impl ChatReply {
    /// The reply with the `logprobs` of every choice null, as a server sends it that was not asked for them.
    #[must_use]
    pub fn without_logprobs(&self) -> Self {
        Self {
            body: without_logprobs(&self.body),
            ..self.clone()
        }
    }
}

impl ChatChunk {
    /// The piece with the `logprobs` of every choice null, as a server sends it that was not asked for them.
    #[must_use]
    pub fn without_logprobs(&self) -> Self {
        self.clone().with_data(without_logprobs(&self.data))
    }
}

fn without_logprobs(body: &Bytes) -> Bytes {
    let mut found = Vec::new();
    let read = json::read("body", body, |cursor| values(cursor, &mut found));
    if read.is_err() || found.is_empty() {
        return body.clone();
    }
    let mut kept = Vec::with_capacity(body.len());
    let mut behind = 0;
    for Range { start, end } in found {
        kept.extend_from_slice(&body[behind..start]);
        kept.extend_from_slice(b"null");
        behind = end;
    }
    kept.extend_from_slice(&body[behind..]);
    kept.into()
}

/// Where the log-probabilities of the choices stand.
fn values(cursor: &mut Cursor<'_>, found: &mut Vec<Range<usize>>) -> Result<(), Fault> {
    cursor.fields(|cursor, Key { name, .. }| match &**name {
        "choices" => {
            let choices = cursor.optional(|cursor| {
                cursor.items(|cursor| {
                    cursor.fields(|cursor, Key { name, .. }| {
                        let start = cursor.position();
                        if name == "logprobs" && !cursor.null()? {
                            cursor.skip()?;
                            found.push(start..cursor.behind());
                            return Ok(());
                        }
                        if name == "logprobs" {
                            return Ok(());
                        }
                        cursor.skip()
                    })
                })
            });
            choices.map(drop)
        }
        _ => cursor.skip(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &'static str, expected: &str) {
        assert_eq!(
            without_logprobs(&Bytes::from_static(body.as_bytes())),
            expected
        );
    }

    #[test]
    fn log_probabilities_are_taken_out_and_nothing_else() {
        check(
            r#"{ "x":1.0, "choices":[ {"index":0, "logprobs": {"content":[{"token":"\u00e9","logprob":-0.5}]}, "message":{"content":"a"}},{"logprobs":null},{"logprobs":{}} ], "logprobs":{"kept":1} }"#,
            r#"{ "x":1.0, "choices":[ {"index":0, "logprobs": null, "message":{"content":"a"}},{"logprobs":null},{"logprobs":null} ], "logprobs":{"kept":1} }"#,
        );
    }

    #[test]
    fn what_has_none_is_the_same_bytes() {
        let body = Bytes::from_static(br#"{"choices":[{"logprobs":null}]}"#);
        assert_eq!(without_logprobs(&body).as_ptr(), body.as_ptr());
        check(r#"{"choices":null}"#, r#"{"choices":null}"#);
        check("not json", "not json");
    }
}
