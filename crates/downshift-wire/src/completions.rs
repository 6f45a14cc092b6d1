//! OpenAI's legacy completions, translated into the chat API and out of it, each direction in a file.
//!
//! A prompt is a user's message. What a chat cannot say (several prompts, tokens in place of text,
//! a suffix, `best_of`) goes only to a server that has this endpoint itself, which an operator says
//! of a model. docs/dialects.md lists what is translated, dropped and refused.

mod decode_events;
mod decode_reply;
mod decode_request;
mod encode_events;
mod encode_reply;
mod logprobs;
mod native;

pub use self::decode_events::EventReader;
pub use self::decode_reply::decode_reply;
pub use self::decode_request::decode_request;
pub use self::encode_events::EventWriter;
pub use self::encode_reply::encode_reply;
pub use self::native::native_request;
