//! What is wrong with bytes that were to be decoded: where, and what is accepted.

/// Bytes that could not be decoded, or an edit that could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// A lowercase sentence: what was wrong, where, and what is accepted.
    pub message: String,
    /// The field it is about, such as `messages[2].role`; `None` if the whole is broken.
    pub param: Option<String>,
    /// One of the constants on this type.
    pub code: &'static str,
}

impl Error {
    /// Not JSON, not UTF-8, empty, or nested too deeply.
    pub const INVALID_JSON: &'static str = "invalid_json";
    /// A field that must be there is not.
    pub const MISSING_FIELD: &'static str = "missing_field";
    /// A field holds another kind of value than it must.
    pub const INVALID_TYPE: &'static str = "invalid_type";
    /// A field holds a value that is not accepted.
    pub const INVALID_VALUE: &'static str = "invalid_value";
    /// A field stands there twice, so that two readers could see two requests.
    pub const DUPLICATE_FIELD: &'static str = "duplicate_field";
    /// More bytes than were allowed for.
    pub const TOO_LARGE: &'static str = "too_large";

    pub(crate) fn whole(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            param: None,
            code,
        }
    }
}
