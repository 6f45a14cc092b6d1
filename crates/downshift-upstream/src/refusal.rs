//! Hides the many ways servers say that a request is too long, unseemly, or ends where it must not.

use downshift_wire::ReportedError;

/// Why a server refuses a request that another server might take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Prompt and reply are longer than its context.
    ContextLength,
    /// Its content filter. Another model is not asked to say what this one must not.
    ContentFilter,
    /// The last message is the assistant's, to be gone on with, and it cannot.
    Prefill,
}

/// Codes and types, lower case, of OpenAI, Azure, vLLM, llama.cpp, Anthropic and their kin.
const CODES: &[(&str, Refusal)] = &[
    ("context_length_exceeded", Refusal::ContextLength),
    ("exceed_context_size_error", Refusal::ContextLength),
    ("model_max_prompt_tokens_exceeded", Refusal::ContextLength),
    ("string_above_max_length", Refusal::ContextLength),
    ("content_filter", Refusal::ContentFilter),
    ("content_policy_violation", Refusal::ContentFilter),
    ("responsibleaipolicyviolation", Refusal::ContentFilter),
    ("moderation_blocked", Refusal::ContentFilter),
    ("data_inspection_failed", Refusal::ContentFilter),
];

/// Words, lower case, of servers that give no code. All parts must be there.
const WORDS: &[(&[&str], Refusal)] = &[
    (&["maximum context length"], Refusal::ContextLength),
    (&["context length", "exceed"], Refusal::ContextLength),
    (&["context window", "exceed"], Refusal::ContextLength),
    (&["context size", "exceed"], Refusal::ContextLength),
    (&["prompt is too long"], Refusal::ContextLength),
    (
        &["token count", "exceeds the maximum"],
        Refusal::ContextLength,
    ),
    (&["content filter"], Refusal::ContentFilter),
    (&["content management policy"], Refusal::ContentFilter),
    (&["prefill"], Refusal::Prefill),
    (&["last message", "assistant"], Refusal::Prefill),
    (&["final message", "assistant"], Refusal::Prefill),
    (&["must end with a user message"], Refusal::Prefill),
    (&["last message must", "user"], Refusal::Prefill),
];

impl Refusal {
    /// What an error says, if it says one of these.
    pub(crate) fn of(error: &ReportedError) -> Option<Self> {
        let words = [error.code.as_deref(), error.kind.as_deref()];
        let by_code = words.into_iter().flatten().find_map(|word| {
            let word = word.to_ascii_lowercase();
            let row = CODES.iter().find(|(code, _)| *code == word);
            row.map(|(_, refusal)| *refusal)
        });
        by_code.or_else(|| {
            let message = error.message.to_lowercase();
            let said = |parts: &[&str]| parts.iter().all(|part| message.contains(part));
            let row = WORDS.iter().find(|(parts, _)| said(parts));
            row.map(|(_, refusal)| *refusal)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &str, expected: Option<Refusal>) {
        let body = format!(r#"{{"error":{error}}}"#);
        let reported = ReportedError::decode(body.as_bytes()).expect("an error");
        assert_eq!(Refusal::of(&reported), expected, "{error}");
    }

    #[test]
    fn knows_a_request_that_is_too_long() {
        let expected = Some(Refusal::ContextLength);
        check(
            r#"{"message":"too long","code":"context_length_exceeded"}"#,
            expected,
        );
        check(
            r#"{"message":"m","type":"exceed_context_size_error"}"#,
            expected,
        );
        check(
            r#"{"message":"This model's maximum context length is 4096 tokens. However, you requested 5000."}"#,
            expected,
        );
        check(
            r#"{"message":"prompt is too long: 210000 tokens > 200000 maximum"}"#,
            expected,
        );
        check(
            r#"{"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."}"#,
            expected,
        );
    }

    #[test]
    fn knows_a_content_filter() {
        let expected = Some(Refusal::ContentFilter);
        check(
            r#"{"message":"no","code":"content_policy_violation"}"#,
            expected,
        );
        check(r#"{"message":"no","code":"content_filter"}"#, expected);
        check(
            r#"{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy."}"#,
            expected,
        );
    }

    #[test]
    fn knows_a_server_that_cannot_go_on() {
        let expected = Some(Refusal::Prefill);
        check(
            r#"{"message":"This model does not support assistant message prefill."}"#,
            expected,
        );
        check(
            r#"{"message":"The last message cannot be from the assistant."}"#,
            expected,
        );
        check(
            r#"{"message":"The conversation must end with a user message."}"#,
            expected,
        );
    }

    #[test]
    fn everything_else_is_something_else() {
        check(
            r#"{"message":"slow down","code":"rate_limit_exceeded"}"#,
            None,
        );
        check(
            r#"{"message":"max_tokens is too large","code":"invalid_value"}"#,
            None,
        );
        check(r#""broken""#, None);
    }
}
