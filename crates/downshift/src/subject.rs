//! What a conversation is asking just now: the newest human turn, without what a harness put into it.

mod harness;

use downshift_answers::neutral_turn;
use downshift_ledger::estimate_tokens;
use downshift_wire::{ChatRequest, Content, Message, Part, Role};

pub(crate) use self::harness::without_harness_blocks;

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
    /// What came last is a tool's result: the model that called the tool goes on. A harness may have
    /// put words of its own behind it, a human has not.
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
        let last = request.messages.last().map(|message| message.role);
        subject.unfinished = last == Some(Role::Assistant);
        subject.tool_result = ends_in_result(&request.messages);
        subject.earlier = earlier(&request.messages);
        subject
    }

    /// Whether a user's message is a human's: not a harness's alone, and no tool's result in words.
    pub(crate) fn is_human(content: &Content) -> bool {
        let (words, blocks) = without_harness_blocks(&content.text());
        let only_text = parts(content)
            .iter()
            .all(|part| matches!(part, Part::Text(_)));
        let harness_alone = words.is_empty() && !blocks.is_empty() && only_text;
        !harness_alone && !harness::is_result(&words)
    }

    fn read_user(&mut self, content: &Content) {
        self.bound |= self.turns > 0 && !neutral_turn(&self.text);
        self.turns += u32::from(Self::is_human(content));
        let (words, blocks) = without_harness_blocks(&content.text());
        self.text = words;
        self.system.extend(blocks);
        let parts = parts(content);
        // Images stay in view of the model for the rest of the conversation, so a
        // text-only model cannot take over later: these flags only ever go up.
        self.images |= parts.contains(&Part::Image);
        self.audio |= parts.contains(&Part::Audio);
        self.files |= parts
            .iter()
            .any(|part| matches!(part, Part::File | Part::Other(_)));
    }
}

fn parts(content: &Content) -> &[Part] {
    match content {
        Content::Parts(parts) => parts,
        Content::Absent | Content::Text(_) => &[],
    }
}

/// Whether a tool's result is the last thing said, a harness's own words left aside.
fn ends_in_result(messages: &[Message]) -> bool {
    for message in messages.iter().rev() {
        match message.role {
            Role::Tool | Role::Function => return true,
            Role::User if Subject::is_human(&message.content) => return false,
            Role::User => {
                let (words, _) = without_harness_blocks(&message.content.text());
                if harness::is_result(&words) {
                    return true;
                }
            }
            Role::System | Role::Developer => {}
            Role::Assistant => return false,
        }
    }
    false
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

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(messages: &str) -> Subject {
        let body = format!(r#"{{"model":"auto","messages":{messages}}}"#);
        Subject::of(&ChatRequest::decode(body.into()).unwrap())
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

    #[test]
    fn what_a_harness_says_by_itself_is_no_turn_of_a_human() {
        let reminded = subject(
            r#"[{"role":"user","content":"fix it"},
                {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},
                {"role":"tool","tool_call_id":"1","content":"4"},
                {"role":"user","content":"<system-reminder>be quick</system-reminder>"}]"#,
        );
        assert_eq!((reminded.turns, reminded.tool_result), (1, true));
        assert_eq!(reminded.text, "");
        let spoken = subject(
            r#"[{"role":"user","content":"fix it"},
                {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},
                {"role":"tool","tool_call_id":"1","content":"4"},
                {"role":"user","content":"<system-reminder>be quick</system-reminder>and that"}]"#,
        );
        assert_eq!((spoken.turns, spoken.tool_result), (2, false));
        assert_eq!(spoken.text, "and that");
        let in_words = subject(
            r#"[{"role":"user","content":"<task>fix it</task>"},
                {"role":"assistant","content":"<read_file><path>a</path></read_file>"},
                {"role":"user","content":[{"type":"text","text":"[read_file for 'a'] Result:"},{"type":"text","text":"x"},
                    {"type":"text","text":"<environment_details>…</environment_details>"}]}]"#,
        );
        assert_eq!((in_words.turns, in_words.tool_result), (1, true));
        let pictured = subject(
            r#"[{"role":"user","content":[{"type":"text","text":"<system-reminder>x</system-reminder>"},
                {"type":"image_url","image_url":{"url":"data:"}}]}]"#,
        );
        assert_eq!((pictured.turns, pictured.text.as_str()), (1, ""));
    }
}
