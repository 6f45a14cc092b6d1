//! OpenAI's responses, translated into the chat API and out of it, each direction in a file.
//!
//! A response is stateless here: what the provider would have to remember
//! (`previous_response_id`, `background`, stored responses) goes only to an upstream that
//! speaks this API itself. Reasoning travels as `thinking_blocks` do, its encrypted content
//! as their signature. docs/dialects.md lists what is translated, dropped and refused.

mod decode_events;
mod decode_reply;
mod decode_request;
mod encode_events;
mod encode_reply;
mod encode_request;
mod items;
mod native;
mod object;
mod tools;

pub use self::decode_events::EventReader;
pub use self::decode_reply::decode_reply;
pub use self::decode_request::decode_request;
pub use self::encode_events::EventWriter;
pub use self::encode_reply::encode_reply;
pub use self::native::request_for;

/// Before the signature of another API's thinking, where it stands as encrypted content.
const SIGNED: &str = "anthropic:";

/// Before thinking that another API keeps to itself, where it stands as encrypted content.
const REDACTED: &str = "anthropic-redacted:";

/// In place of the encrypted content of reasoning that nobody signed: no server of responses knows
/// of it, and none is to be asked for it.
const UNSIGNED: &str = "unsigned:";

/// Before the id and the encrypted content of a reasoning item, where they stand as a signature.
const ENCRYPTED: &str = "responses:";
