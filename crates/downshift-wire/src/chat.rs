//! OpenAI's chat completions, as clients send them and as upstreams answer them.

mod calls;
mod chunk;
mod logprobs;
mod message;
mod reply;
mod request;
mod translated;
mod usage;
mod written;

pub use self::chunk::{ChatChunk, Choices};
pub use self::message::{Content, Message, Part, Role};
pub use self::reply::ChatReply;
pub use self::request::ChatRequest;
pub(crate) use self::request::usage_asked;
pub use self::translated::ChatTarget;
pub use self::usage::Usage;
pub use self::written::{Written, written_chunks};
