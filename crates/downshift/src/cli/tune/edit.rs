//! Sets a field of an intent in a policy's text: hides how YAML is laid out; everything else stays as it was.

/// What starts the line of evidence, so that the next tuning finds it.
const MARK: &str = "tuned: ";

/// The text with `field: value` in the intent's entry, and the evidence on a line above it;
/// `None` if the entry is not found or is written in a way that is not known here.
pub(super) fn set(
    text: &str,
    intent: &str,
    field: &str,
    value: &str,
    evidence: &str,
) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let intents = lines
        .iter()
        .position(|line| without_comment(line) == "intents:")?;
    let opens = |line: &String| key_of(line) == Some(intent);
    let mut start = intents + 1 + lines.get(intents + 1..)?.iter().position(opens)?;
    let depth = indent_of(&lines[start]);
    let goes_on = |line: &&String| line.trim().is_empty() || indent_of(line) > depth;
    let mut end = start + 1 + lines.get(start + 1..)?.iter().take_while(goes_on).count();
    let marked = start.checked_sub(1).is_some_and(|at| is_mark(&lines[at]));
    if marked {
        lines.remove(start - 1);
        (start, end) = (start - 1, end - 1);
    }
    put(&mut lines, (start, end), field, value)?;
    lines.insert(start, format!("{}# {evidence}", " ".repeat(depth)));
    Some(lines.join("\n") + if text.ends_with('\n') { "\n" } else { "" })
}

fn put(
    lines: &mut Vec<String>,
    (start, end): (usize, usize),
    field: &str,
    value: &str,
) -> Option<()> {
    let named = format!("{field}:");
    for line in &mut lines[start..end] {
        let Some(at) = line.find(&named) else {
            continue;
        };
        let before = line[..at].chars().next_back();
        if before.is_some_and(|sign| !matches!(sign, ' ' | '{' | ',')) || line[..at].contains('#') {
            continue;
        }
        let behind = at + named.len();
        let ends = line[behind..]
            .find([',', '}', '#'])
            .map_or(line.len(), |end| behind + end);
        let rest = line[ends..].to_owned();
        let space = if rest.starts_with(['}', '#']) {
            " "
        } else {
            ""
        };
        line.replace_range(behind.., &format!(" {value}{space}{rest}"));
        return Some(());
    }
    let line = &mut lines[start];
    if let Some(at) = line.find('{') {
        line.insert_str(at + 1, &format!(" {field}: {value},"));
        return Some(());
    }
    let ends_open = without_comment(line).ends_with(':');
    let child = lines
        .get(start + 1..end)?
        .iter()
        .find(|line| !line.trim().is_empty())?;
    let child = " ".repeat(indent_of(child));
    ends_open.then(|| lines.insert(start + 1, format!("{child}{field}: {value}")))
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.trim_start().split_once(':')?;
    (indent_of(line) > 0 && !key.starts_with('#')).then(|| key.trim_matches(['"', '\'']))
}

fn is_mark(line: &str) -> bool {
    let comment = line.trim_start().strip_prefix("# ");
    comment.is_some_and(|comment| comment.starts_with(MARK))
}

fn without_comment(line: &str) -> &str {
    line.split(" #").next().unwrap_or(line).trim_end()
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let set = set(text, "code", "confidence", "0.7500", "tuned: enough");
        assert_eq!(set.as_deref(), expected);
    }

    #[test]
    fn a_field_is_set_and_nothing_else_changes() {
        check(
            "llm: x # top\nintents:\n  time: { answer: time }\n  code: { specialist: c, confidence: 0.80 } # mine\nrules: []\n",
            Some(
                "llm: x # top\nintents:\n  time: { answer: time }\n  # tuned: enough\n  code: { specialist: c, confidence: 0.7500 } # mine\nrules: []\n",
            ),
        );
        check(
            "intents:\n  code: { specialist: c }\n",
            Some("intents:\n  # tuned: enough\n  code: { confidence: 0.7500, specialist: c }\n"),
        );
        check(
            "intents:\n  # tuned: before\n  code:\n    specialist: c\n    confidence: 0.5\n  time: { confidence: 0.1 }\n",
            Some(
                "intents:\n  # tuned: enough\n  code:\n    specialist: c\n    confidence: 0.7500\n  time: { confidence: 0.1 }\n",
            ),
        );
        check(
            "intents:\n  code:\n    # a word\n    specialist: c\n",
            Some(
                "intents:\n  # tuned: enough\n  code:\n    confidence: 0.7500\n    # a word\n    specialist: c\n",
            ),
        );
        check("intents: { code: { specialist: c } }\n", None);
        check("intents:\n  other: { confidence: 1 }\n", None);
    }
}
