//! How the policy's words for rungs and reasons become the ledger's.
//!
//! The two crates know nothing of each other, on purpose; this is where they meet.

use downshift_ledger::{Reason, Rung};
use downshift_policy::{self as policy, Why};

/// The policy's word for a rung of the ledger's.
pub fn policy_rung(rung: Rung) -> policy::Rung {
    match rung {
        Rung::Answer => policy::Rung::Answer,
        Rung::Specialist => policy::Rung::Specialist,
        Rung::Llm => policy::Rung::Llm,
    }
}

/// The ledger's word for why a rung may not try.
pub fn reason(why: Why) -> Reason {
    match why {
        Why::NoIntent => Reason::NoIntent,
        Why::ClassifierFailed => Reason::ClassifierFailed,
        Why::LowConfidence => Reason::LowConfidence,
        Why::OutOfScope => Reason::OutOfScope,
        Why::Language => Reason::Language,
        Why::Unbound => Reason::Unbound,
        Why::Rule => Reason::Rule,
        Why::Forced => Reason::Forced,
        Why::RequestedModel => Reason::RequestedModel,
        Why::Sticky => Reason::Sticky,
        Why::Tools => Reason::Tools,
        Why::ToolResult => Reason::ToolResult,
        Why::Images => Reason::Image,
        Why::Audio => Reason::Audio,
        Why::StructuredOutput => Reason::StructuredOutput,
        Why::SeveralChoices => Reason::SeveralChoices,
        Why::Logprobs => Reason::Logprobs,
        Why::UnfinishedTurn => Reason::UnfinishedTurn,
        Why::SystemPrompt => Reason::SystemPrompt,
        Why::Conversation => Reason::Conversation,
        Why::TooLong => Reason::TooLong,
        Why::Modality => Reason::Modality,
    }
}
