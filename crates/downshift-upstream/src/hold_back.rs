//! Hides how much of a stream is held before its caller sees any: as an operator writes it, and how it is counted.
//!
//! What is still held can be dropped in favour of another model; what was released cannot be
//! taken back. A token is counted as one chunk that adds something to a reply: its text, a
//! refusal or a tool call. Servers send mostly one token per chunk, and those that send more
//! are held a little longer, never longer than the time allows.

use std::fmt;
use std::time::Duration;

use downshift_wire::ChatChunk;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::timeouts::period;

/// How much of a stream is held: `{ tokens: 24, time: 800ms }`, `whole` or `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldBack {
    /// Until so many tokens are there, or so much time has passed since the first event.
    Window {
        /// Chunks that add something to the reply.
        tokens: u32,
        /// From the first event on.
        time: Duration,
    },
    /// All of it, until the reply is complete.
    Whole,
    /// Nothing beyond the first event.
    None,
}

/// The parts of a window as written; what is not written has its default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowConfig {
    #[serde(default)]
    tokens: Option<u32>,
    #[serde(default, deserialize_with = "period")]
    time: Option<Duration>,
}

struct HoldBackVisitor;

impl Default for HoldBack {
    fn default() -> Self {
        Self::Window {
            tokens: 24,
            time: Duration::from_millis(800),
        }
    }
}

impl HoldBack {
    /// How many tokens release a stream; `None` if only its end does.
    pub fn tokens(self) -> Option<u32> {
        match self {
            Self::Window { tokens, .. } => Some(tokens),
            Self::Whole => None,
            Self::None => Some(0),
        }
    }

    /// How long after its first event a stream is released at the latest; `None` if only its end
    /// releases it.
    pub fn time(self) -> Option<Duration> {
        match self {
            Self::Window { time, .. } => Some(time),
            Self::Whole => None,
            Self::None => Some(Duration::ZERO),
        }
    }

    /// Whether a chunk counts as a token.
    pub fn is_token(chunk: &ChatChunk) -> bool {
        !chunk.text.is_empty() || chunk.tool_calls || chunk.refusal
    }
}

// An untagged enum would say no more than "no variant matched".
impl<'de> Deserialize<'de> for HoldBack {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HoldBackVisitor)
    }
}

impl<'de> Visitor<'de> for HoldBackVisitor {
    type Value = HoldBack;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`{ tokens: 24, time: 800ms }`, `whole` or `none`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<HoldBack, E> {
        match text {
            "whole" => Ok(HoldBack::Whole),
            "none" => Ok(HoldBack::None),
            _ => Err(de::Error::custom(format_args!(
                "`{text}` says nothing of how much to hold; write `{{ tokens: 24, time: 800ms }}`, `whole` or `none`"
            ))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HoldBack, A::Error> {
        let written = WindowConfig::deserialize(MapAccessDeserializer::new(map))?;
        let HoldBack::Window { tokens, time } = HoldBack::default() else {
            return Ok(HoldBack::default());
        };
        Ok(HoldBack::Window {
            tokens: written.tokens.unwrap_or(tokens),
            time: written.time.unwrap_or(time),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Result<HoldBack, &str>) {
        let read: Result<HoldBack, _> = serde_json::from_str(written);
        match (read, expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{written}"),
            (Err(error), Err(says)) => {
                assert!(error.to_string().contains(says), "{written}: {error}");
            }
            (read, _) => panic!("{written} is read as {read:?}"),
        }
    }

    fn window(tokens: u32, millis: u64) -> HoldBack {
        HoldBack::Window {
            tokens,
            time: Duration::from_millis(millis),
        }
    }

    #[test]
    fn reads_what_operators_write() {
        check(r#""whole""#, Ok(HoldBack::Whole));
        check(r#""none""#, Ok(HoldBack::None));
        check("{}", Ok(window(24, 800)));
        check(r#"{"tokens":8}"#, Ok(window(8, 800)));
        check(r#"{"tokens":0,"time":"1m30s"}"#, Ok(window(0, 90_000)));
    }

    #[test]
    fn says_what_it_takes() {
        check(r#""all""#, Err("`whole` or `none`"));
        check(
            "24",
            Err("`{ tokens: 24, time: 800ms }`, `whole` or `none`"),
        );
        check(r#"{"chunks":3}"#, Err("unknown field `chunks`"));
        check(r#"{"tokens":-1}"#, Err("-1"));
        check(r#"{"time":"soon"}"#, Err("`soon` is no duration"));
    }

    #[test]
    fn a_token_is_a_chunk_that_adds_something() {
        let is_token = |delta: &str| {
            let data = format!(r#"{{"choices":[{{"index":0,"delta":{delta}}}]}}"#);
            HoldBack::is_token(&ChatChunk::decode(data.into()).unwrap())
        };
        assert!(!is_token(r#"{"role":"assistant","content":""}"#));
        assert!(is_token(r#"{"content":"a"}"#));
        assert!(is_token(r#"{"refusal":"no"}"#));
        assert!(is_token(
            r#"{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}"#
        ));
        assert!(!is_token("{}"));
    }
}
