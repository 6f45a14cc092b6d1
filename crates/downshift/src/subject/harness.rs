//! Hides what coding agents and chat front ends put around the words of their user.
//!
//! They wrap what they add in blocks of their own (`<system-reminder>…</system-reminder>`), or wrap
//! the user's words and leave the rest bare (`<user_query>…</user_query>`). What they add says
//! nothing of what the user wants. The tags are those seen in the requests of Claude Code, Cline and
//! Roo, Codex, Cursor, and Copilot's chat.

/// Tags whose blocks are written by harnesses, not by people.
const HARNESS_TAGS: &[&str] = &[
    "additional_data",
    "agent_skills",
    "always_applied_workspace_rules",
    "attached_files",
    "attachments",
    "bash-stderr",
    "bash-stdout",
    "command-message",
    "command-name",
    "current_file",
    "cursor_rules_context",
    "editorContext",
    "environment_context",
    "environment_details",
    "environment_info",
    "git_status",
    "ide_diagnostics",
    "ide_opened_file",
    "ide_selection",
    "linter_errors",
    "local-command-caveat",
    "local-command-stderr",
    "local-command-stdout",
    "new-diagnostics",
    "open_and_recently_viewed_files",
    "permissions instructions",
    "project_layout",
    "reminderInstructions",
    "system-reminder",
    "system_reminder",
    "task-notification",
    "terminal_files_information",
    "turn_aborted",
    "user-prompt-submit-hook",
    "user_info",
    "user_instructions",
    "user_rules",
    "workspace_info",
];

/// Tags around the user's own words; what stands outside them is the harness's.
const WRAPPERS: &[&str] = &["user_query", "userRequest", "user_request"];

/// Tags around some of the user's own words; what stands outside them may be the user's as well.
const MARKERS: &[&str] = &[
    "task",
    "feedback",
    "user_message",
    "command-args",
    "bash-input",
];

/// The text without harness blocks, trimmed, and what stood in those; a block that is never closed
/// runs to the end.
pub(crate) fn without_harness_blocks(text: &str) -> (String, Vec<String>) {
    let Some((before, inside, after)) = WRAPPERS.iter().find_map(|tag| wrapped(text, tag)) else {
        return without_blocks(text);
    };
    let (words, mut blocks) = without_blocks(inside);
    let around = [before, after].map(str::trim);
    blocks.extend(
        around
            .into_iter()
            .filter(|block| !block.is_empty())
            .map(str::to_owned),
    );
    (words, blocks)
}

/// Whether words are a tool's result, as agents write one that call tools in plain text:
/// `[read_file for 'a.rs'] Result:`.
pub(super) fn is_result(words: &str) -> bool {
    let line = words.lines().next().unwrap_or_default();
    line.starts_with('[') && line.contains("] Result:")
}

fn without_blocks(text: &str) -> (String, Vec<String>) {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    let mut blocks = Vec::new();
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        if let Some((block, after)) = HARNESS_TAGS.iter().find_map(|tag| block(from, tag)) {
            blocks.push(block.to_owned());
            rest = after;
        } else if let Some(after) = MARKERS.iter().find_map(|tag| behind_marker(from, tag)) {
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

/// What stands before, in and after the last `<tag>…</tag>`.
fn wrapped<'a>(text: &'a str, tag: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let (before, inside) = text.rsplit_once(format!("<{tag}>").as_str())?;
    let (inside, after) = inside.split_once(format!("</{tag}>").as_str())?;
    Some((before, inside, after))
}

/// What follows `<tag>` or `</tag>` at the start of `text`.
fn behind_marker<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let name = text.strip_prefix('<')?;
    let name = name.strip_prefix('/').unwrap_or(name);
    name.strip_prefix(tag)?.strip_prefix('>')
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_words_of_agents_users_are_found() {
        check(
            "<command-message>fix is running…</command-message>\n<command-name>/fix</command-name>\n<command-args>the build</command-args>",
            "the build",
        );
        check(
            "<task>\nfix the build\n</task>\n<environment_details>\n# VSCode Visible Files\n</environment_details>",
            "fix the build",
        );
        check(
            "<additional_data>\n<current_file>a.rs</current_file>\n</additional_data>\n<user_query>\nfix the build\n</user_query>",
            "fix the build",
        );
        check(
            "<context>\nToday is Monday.\n</context>\n<reminderInstructions>…</reminderInstructions>\n<userRequest>\nfix the build\n</userRequest>",
            "fix the build",
        );
    }

    #[test]
    fn what_stands_around_the_users_words_is_not_lost() {
        let (words, blocks) =
            without_harness_blocks("Answer in French. <user_query>what is 2+2?</user_query> ");
        assert_eq!(
            (words.as_str(), blocks),
            ("what is 2+2?", vec!["Answer in French.".to_owned()])
        );
        check("an unclosed <user_query>tag", "an unclosed <user_query>tag");
    }

    #[test]
    fn results_in_plain_text_are_told_from_words() {
        assert!(is_result("[read_file for 'a.rs'] Result:\nfn main() {}"));
        assert!(!is_result("what is [a] Result: for?"));
        assert!(!is_result(""));
    }
}
