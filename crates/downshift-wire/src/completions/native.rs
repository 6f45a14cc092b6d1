//! A client's request for a completion, for a server that has this endpoint itself.

use bytes::Bytes;

use crate::json::{Edit, Layout};
use crate::{ChatRequest, ChatTarget, Error, Protocol};

/// The request as it came, under the target's name for the model; the usage of a stream is asked
/// for where the server can give it, and not spoken of where it cannot.
pub fn native_request(request: &ChatRequest, target: ChatTarget<'_>) -> Result<Bytes, Error> {
    let Some(original) = request.said_in(Protocol::Completions) else {
        let message = "a request that was not said in OpenAI's completions cannot be sent as one";
        return Err(Error::whole(Error::INVALID_VALUE, message));
    };
    let body = &original.body;
    let layout = Layout::read("request body", body)?;
    let mut edits = vec![Edit::string("model", target.model)];
    if request.stream && !target.include_usage {
        edits.push(Edit::remove("stream_options"));
    } else if request.stream && !request.include_usage {
        let options = layout.value(body, "stream_options");
        edits.push(crate::chat::usage_asked(options)?);
    }
    let spliced = layout.splice(body, &edits)?;
    Ok(spliced.map_or_else(|| body.clone(), Bytes::from))
}
