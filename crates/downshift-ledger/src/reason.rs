//! Why a rung passed a query on: a closed set, so that it can be a metric's label.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Makes the enum and everything that must agree with it from one table.
macro_rules! reasons {
    ($($variant:ident $label:literal $sentence:literal)+) => {
        /// Why a rung did not reply. One word for machines, one sentence for people.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $sentence] #[serde(rename = $label)] $variant,)+
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in headers, metrics and rows.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// The reason as a sentence for people.
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }
        }
    };
}

reasons! {
    // Before the call: what the classifier and the policy say.
    NoIntent "no_intent" "There is no text to find an intent in."
    ClassifierFailed "classifier_failed" "The classifier failed, so the query goes up unclassified."
    LowConfidence "low_confidence" "The classifier is not sure enough of the intent."
    OutOfScope "out_of_scope" "The query is about none of the intents the policy knows."
    Language "language" "The query is in a language that the classifier cannot read."
    Unbound "unbound" "The policy binds nothing to this intent on this rung."
    Rule "rule" "A rule of the policy sends the query elsewhere."
    Forced "forced" "The caller insisted on another rung."
    RequestedModel "requested_model" "The caller asked for one model by its name."
    Sticky "sticky" "The conversation stays on the model it is with."
    // Before the call: what the request needs and the rung cannot give.
    Tools "tools" "The request offers tools."
    ToolResult "tool_result" "The request carries the result of a tool."
    Image "image" "The request carries an image."
    Audio "audio" "The request carries audio, or asks for it."
    File "file" "The request carries a file."
    StructuredOutput "structured_output" "The request asks for JSON."
    SeveralChoices "several_choices" "The request asks for several choices."
    StopSequence "stop_sequence" "The answer holds a text at which the caller wants it to stop."
    Logprobs "logprobs" "The request asks for log-probabilities."
    UnfinishedTurn "unfinished_turn" "The last message is not the user's."
    SystemPrompt "system_prompt" "The system prompt asks for more than a bare answer."
    Conversation "conversation" "The answer may depend on earlier turns."
    TooLong "too_long" "The conversation is longer than the model's context."
    Modality "modality" "The model cannot take this kind of content."
    Unsupported "unsupported" "The model's API cannot express the request."
    // The computed answer.
    NotUnderstood "not_understood" "No grammar understands the whole query."
    Ambiguous "ambiguous" "Two answerers understand the query differently."
    // The call.
    Unconfigured "unconfigured" "What was to be asked is not configured."
    Unreachable "unreachable" "The server cannot be reached."
    Resting "resting" "The server failed too often of late or asked for a pause, and is left in peace."
    Timeout "timeout" "The server took too long."
    UpstreamStatus "upstream_status" "The server answered with an error."
    BadReply "bad_reply" "The server sent something that is not a reply."
    Cut "cut" "The reply broke off."
    ContextLength "context_length" "The server finds the request longer than the model's context."
    Prefill "prefill" "The model cannot go on with an unfinished turn."
    LookupFailed "lookup_failed" "What was looked up does not make a whole answer."
    // After the call: the judge.
    WeakReply "weak_reply" "The model is not sure enough of its reply."
    RefusedReply "refused_reply" "The model refused to reply."
    EmptyReply "empty_reply" "The model's reply is empty."
    CutByLength "cut_by_length" "The model's reply was cut off by its length."
    RepetitiveReply "repetitive_reply" "The model's reply goes round in circles."
    MalformedReply "malformed_reply" "The model's reply does not have the form that was asked for."
    RefutedReply "refuted_reply" "The model's reply holds a calculation that is wrong."
    // What the operator does not want tried, or not yet.
    NotWorthwhile "not_worthwhile" "Asking a small model first does not pay here."
    Shadow "shadow" "The policy lets the llm reply, and only records what this rung would have done."
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn labels_are_unique_words_and_round_trip() {
        let labels: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.label()).collect();
        assert_eq!(labels.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            let label = reason.label();
            assert!(
                label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{label}"
            );
            let json = serde_json::to_string(reason).unwrap();
            assert_eq!(json, format!("\"{label}\""));
            assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), *reason);
            let sentence = reason.describe();
            assert!(
                sentence.ends_with('.') && sentence.starts_with(char::is_uppercase),
                "{sentence}"
            );
        }
    }
}
