//! What a conversation is asking just now: the newest human turn, without what a harness put into it.
//!
//! Coding agents and chat front ends wrap the words of their user in blocks of
//! their own (`<system-reminder>…</system-reminder>`). Those say nothing of what
//! the user wants, so they are taken out before the turn is classified.

use downshift_ledger::estimate_tokens;
use downshift_wire::{ChatRequest, Content, Message, Part, Role};

/// Tags whose blocks are written by harnesses, not by people.
const HARNESS_TAGS: &[&str] = &[
    "system-reminder",
    "system_reminder",
    "environment_context",
    "environment_details",
    "command-message",
    "command-name",
    "local-command-stdout",
    "user_info",
    "additional_data",
];

/// What is asked, read off the messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Subject {
    /// The newest human turn, harness blocks removed and trimmed; empty if there is none.
    pub text: String,
    /// The turn before it and the reply to that, where the conversation ends in such a pair:
    /// what "and in miles?" goes on from.
    pub earlier: Option<Earlier>,
    /// Rough size of the whole prompt, in tokens.
    pub tokens: u64,
    /// User turns so far, this one included.
    pub turns: u32,
    /// Some turn since the last reply carries an image.
    pub images: bool,
    /// Some turn since the last reply carries sound.
    pub audio: bool,
    /// Some turn since the last reply carries a document.
    pub files: bool,
    /// The last message is an assistant's, to be continued.
    pub unfinished: bool,
    /// The last message is a tool's result: the model that called the tool goes on.
    pub tool_result: bool,
    /// All system and developer prompts, in order.
    pub system: Vec<String>,
}

/// A turn that was replied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// What the user said.
    pub question: String,
    /// What the assistant said.
    pub answer: String,
}

impl Subject {
    /// Reads the subject off a request.
    pub fn of(request: &ChatRequest) -> Self {
        let mut subject = Self::default();
        for message in &request.messages {
            subject.tokens += estimate_tokens(&message.content.text());
            match message.role {
                Role::System | Role::Developer => {
                    subject.system.push(message.content.text().into_owned());
                }
                Role::User => subject.read_user(&message.content),
                Role::Assistant | Role::Tool | Role::Function => {}
            }
        }
        subject.read_last(request.messages.last());
        subject.earlier = earlier(&request.messages);
        subject
    }

    fn read_user(&mut self, content: &Content) {
        self.turns += 1;
        self.text = without_harness_blocks(&content.text());
        let parts = match content {
            Content::Parts(parts) => parts.as_slice(),
            Content::Absent | Content::Text(_) => &[],
        };
        // Images stay in view of the model for the rest of the conversation, so a
        // text-only model cannot take over later: these flags only ever go up.
        self.images |= parts.contains(&Part::Image);
        self.audio |= parts.contains(&Part::Audio);
        self.files |= parts
            .iter()
            .any(|part| matches!(part, Part::File | Part::Other(_)));
    }

    fn read_last(&mut self, last: Option<&Message>) {
        let role = last.map(|message| message.role);
        self.unfinished = role == Some(Role::Assistant);
        self.tool_result = matches!(role, Some(Role::Tool | Role::Function));
    }
}

/// The exchange directly before the newest user turn.
fn earlier(messages: &[Message]) -> Option<Earlier> {
    let [.., asked, replied, newest] = messages else {
        return None;
    };
    let roles = (asked.role, replied.role, newest.role);
    if roles != (Role::User, Role::Assistant, Role::User) {
        return None;
    }
    Some(Earlier {
        question: without_harness_blocks(&asked.content.text()),
        answer: replied.content.text().into_owned(),
    })
}

/// The text without harness blocks; a block that is never closed runs to the end.
fn without_harness_blocks(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        rest = HARNESS_TAGS
            .iter()
            .find_map(|tag| after_block(from, tag))
            .unwrap_or_else(|| {
                kept.push('<');
                &from[1..]
            });
    }
    kept.push_str(rest);
    kept.trim().to_owned()
}

/// What follows `<tag …>…</tag>` at the start of `text`, if it starts with one.
fn after_block<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let inside = text.strip_prefix('<')?.strip_prefix(tag)?;
    if !inside.starts_with(['>', ' ', '\n']) {
        return None;
    }
    let end = format!("</{tag}>");
    Some(inside.find(&end).map_or("", |at| &inside[at + end.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(messages: &str) -> Subject {
        let body = format!(r#"{{"model":"auto","messages":{messages}}}"#);
        Subject::of(&ChatRequest::decode(body.into()).unwrap())
    }

    #[track_caller]
    fn check(turn: &str, expected: &str) {
        assert_eq!(without_harness_blocks(turn), expected);
    }

    #[test]
    fn harness_blocks_are_taken_out_and_nothing_else() {
        check("what time is it", "what time is it");
        check(
            "<system-reminder>be brief</system-reminder>what time is it",
            "what time is it",
        );
        check(
            "what <system-reminder a=\"b\">x</system-reminder>time",
            "what time",
        );
        check("a < b and <b>bold</b>", "a < b and <b>bold</b>");
        check(
            "<system-reminders>kept</system-reminders>",
            "<system-reminders>kept</system-reminders>",
        );
        check("before <system-reminder>never closed", "before");
        check("<system-reminder></system-reminder>", "");
        check("\u{3c}é<", "<é<");
    }

    #[test]
    fn the_newest_human_turn_is_the_subject() {
        let subject = subject(
            r#"[{"role":"system","content":"be kind"},{"role":"user","content":"first"},
                {"role":"assistant","content":"reply"},
                {"role":"user","content":[{"type":"text","text":"second"},
                                          {"type":"image_url","image_url":{"url":"data:"}}]}]"#,
        );
        assert_eq!(
            (subject.text.as_str(), subject.turns, subject.images),
            ("second", 2, true)
        );
        assert_eq!(subject.system, ["be kind"]);
        assert!(!subject.unfinished && !subject.tool_result);
    }

    #[test]
    fn an_image_stays_in_view_of_later_turns() {
        let subject = subject(
            r#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:"}}]},
                {"role":"assistant","content":"a cat"},{"role":"user","content":"what colour?"}]"#,
        );
        assert!(subject.images);
    }

    #[test]
    fn a_prefilled_reply_and_a_tool_result_are_told_from_a_question() {
        let prefilled =
            subject(r#"[{"role":"user","content":"2+2"},{"role":"assistant","content":"It is"}]"#);
        assert!(prefilled.unfinished);
        let tool = subject(
            r#"[{"role":"user","content":"2+2"},
                {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"1","content":"4"}]"#,
        );
        assert!(tool.tool_result);
    }
}
