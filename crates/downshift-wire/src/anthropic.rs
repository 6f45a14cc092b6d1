//! Anthropic's messages, translated into OpenAI's chat API and out of it, each direction in a file.
//!
//! What the chat API has no words for travels in fields of ours: `thinking_blocks` on an
//! assistant's message (thinking with its signature), `reasoning_content` (its text alone),
//! `cache_control` on a part or a tool, `is_error` on a tool's result. docs/dialects.md lists
//! what is translated, what is dropped and what is refused.

mod blocks;
mod conversation;
mod decode_events;
mod decode_reply;
mod decode_request;
mod encode_events;
mod encode_reply;
mod encode_request;
mod native;
mod turns;
mod usage;

pub use self::decode_events::EventReader;
pub use self::decode_reply::decode_reply;
pub use self::decode_request::decode_request;
pub use self::encode_events::EventWriter;
pub use self::encode_reply::{encode_error, encode_reply, is_error};
pub use self::encode_request::DEFAULT_MAX_TOKENS;
pub use self::native::request_for;
