//! The chat API as types: request, reply, chunk, usage, error body, SSE framing.
//!
//! Pure: bytes in, values or bytes out. What is read is a view; the bytes that came
//! are kept and travel on as they are, so unknown fields, field order and the way
//! numbers are written survive. What must change is spliced in.
//!
//! ```
//! use downshift_wire::{ChatRequest, Edit};
//!
//! let body = r#"{ "model": "auto", "top_p": 1.0, "messages": [{"role": "user", "content": "hi"}] }"#;
//! let request = ChatRequest::decode(body.into())?;
//! let edited = request.rewritten(&[Edit::string("model", "gpt-5.4")])?;
//! assert_eq!(edited, body.replace("auto", "gpt-5.4"));
//! # Ok::<(), downshift_wire::Error>(())
//! ```

pub mod anthropic;
pub mod chat;
pub mod completions;
mod error;
mod error_body;
mod json;
mod models;
mod object;
mod original;
pub mod responses;
mod scan;
pub mod sse;
mod told;
mod wordless;

pub use chat::{
    ChatChunk, ChatReply, ChatRequest, ChatTarget, Choices, Content, Message, Part, Role, Usage,
    Written, written_chunks,
};
pub use error::Error;
pub use error_body::{ErrorBody, ReportedError};
pub use json::Edit;
pub use models::{Model, ModelList, ModelPage};
pub use object::JsonObject;
pub use original::{Lost, Native, NativePart, Original, Protocol, Translated};
pub use told::Told;
