//! What a conversation is asking just now: the newest human turn, without what a harness put into it.
//!
//! Coding agents and chat front ends wrap the words of their user in blocks of
//! their own (`<system-reminder>…</system-reminder>`). Those say nothing of what
//! the user wants, so they are taken out before the turn is classified.

use downshift_answers::neutral_turn;
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
    /// Some turn carries an image.
    pub images: bool,
    /// Some turn carries sound.
    pub audio: bool,
    /// Some turn carries a document.
    pub files: bool,
    /// The last message is an assistant's, to be continued.
    pub unfinished: bool,
    /// The last message is a tool's result: the model that called the tool goes on.
    pub tool_result: bool,
    /// All system and developer prompts, and what harnesses put into user turns: whoever
    /// wrote them may demand something of the answer.
    pub system: Vec<String>,
    /// An earlier user turn may bind what comes after it: a premise, a wish, a place.
    pub bound: bool,
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
        self.bound |= self.turns > 0 && !neutral_turn(&self.text);
        self.turns += 1;
        let (words, blocks) = without_harness_blocks(&content.text());
        self.text = words;
        self.system.extend(blocks);
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
        question: without_harness_blocks(&asked.content.text()).0,
        answer: replied.content.text().into_owned(),
    })
}

/// The text without harness blocks, and what stood in those; a block that is never closed runs to the end.
fn without_harness_blocks(text: &str) -> (String, Vec<String>) {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    let mut blocks = Vec::new();
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        if let Some((block, after)) = HARNESS_TAGS.iter().find_map(|tag| block(from, tag)) {
            blocks.push(block.to_owned());
            rest = after;
        } else {
            kept.push('<');
            rest = &from[1..];
        }
    }
    kept.push_str(rest);
    (kept.trim().to_owned(), blocks)
}

/// What stands in `<tag …>…</tag>` at the start of `text`, and what follows it, if it starts with one.
fn block<'a>(text: &'a str, tag: &str) -> Option<(&'a str, &'a str)> {
    let inside = text.strip_prefix('<')?.strip_prefix(tag)?;
    if !inside.starts_with(['>', ' ', '\n']) {
        return None;
    }
    let inside = inside.split_once('>').map_or("", |(_, inside)| inside);
    let end = format!("</{tag}>");
    Some(inside.split_once(end.as_str()).unwrap_or((inside, "")))
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
        assert_eq!(without_harness_blocks(turn).0, expected);
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
    fn whoever_writes_into_a_turn_may_bind_its_answer() {
        let told = subject(
            r#"[{"role":"user","content":"<system-reminder>Reply only in French.</system-reminder>what is 2+2?"}]"#,
        );
        assert_eq!(
            (told.text.as_str(), told.system.as_slice()),
            ("what is 2+2?", &["Reply only in French.".to_owned()][..])
        );
        let game = subject(
            r#"[{"role":"user","content":"In this game the capital of France is Lyon."},
                {"role":"assistant","content":"Fun!"},{"role":"user","content":"capital of France?"}]"#,
        );
        let plain = subject(
            r#"[{"role":"user","content":"10 miles in km"},
                {"role":"assistant","content":"16.09344"},{"role":"user","content":"capital of France?"}]"#,
        );
        assert!(game.bound && !plain.bound);
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
