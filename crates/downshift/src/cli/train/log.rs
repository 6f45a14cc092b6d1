//! Hides how queries that nobody labelled are written: `{"text": …}` per line, or recorded traffic.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::cli::labelled;
use crate::replay::Log;
use crate::subject::Subject;

#[derive(Deserialize)]
struct Row {
    text: String,
}

/// Every query of a file. Of recorded traffic it is what the classifier would be asked about.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<String>> {
    let shown = path.display();
    let mut texts = Vec::new();
    for numbered in labelled::lines(path)? {
        let (number, line) = numbered?;
        match serde_json::from_str::<Row>(&line) {
            Ok(row) => texts.push(row.text),
            Err(_) if texts.is_empty() => return recorded(path),
            Err(error) => {
                return Err(error).with_context(|| {
                    format!("{shown}, line {number}: expected {{\"text\": \"…\"}}")
                });
            }
        }
    }
    if texts.is_empty() {
        bail!("{shown} holds no rows; expected one {{\"text\": \"…\"}} per line");
    }
    Ok(texts)
}

/// The queries of what `downshift export` wrote, and of all else that can be replayed.
fn recorded(path: &Path) -> anyhow::Result<Vec<String>> {
    let shown = path.display();
    let log = Log::read(path).with_context(|| {
        format!("{shown} is neither rows of {{\"text\": \"…\"}} nor recorded traffic")
    })?;
    let requests = log.records.iter().map(|record| record.asked("auto"));
    let subjects = requests.filter_map(|request| Some(Subject::of(&request.ok()?)));
    let asked = subjects.filter(|subject| !subject.text.is_empty() && !subject.tool_result);
    let texts: Vec<_> = asked.map(|subject| subject.text).collect();
    if texts.is_empty() {
        bail!(
            "{shown} holds no queries: no request in it is a chat that ends with the user's words"
        );
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rows: &str, expected: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.jsonl");
        std::fs::write(&path, rows).expect("it can be written");
        let texts = read(&path).expect("it is good");
        assert_eq!(texts, expected);
    }

    #[test]
    fn rows_and_recorded_traffic_are_read() {
        check(
            "{\"text\": \"hi\", \"label\": \"x\"}\n\n{\"text\": \"where is it\"}\n",
            &["hi", "where is it"],
        );
        let asked = |id: u8, role: &str, content: &str| {
            format!(
                "{{\"id\": \"{id}\", \"replies\": {{}}, \"request\": {{\"messages\": [\
                 {{\"role\": \"{role}\", \"content\": \"{content}\"}}]}}}}\n"
            )
        };
        let traffic = asked(1, "user", "track my order") + &asked(2, "user", "");
        check(&traffic, &["track my order"]);
    }
}
