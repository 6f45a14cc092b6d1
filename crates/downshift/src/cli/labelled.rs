//! Hides how labelled queries are written: a JSON object per line, `{"text": …, "label": …}`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::Deserialize;

/// The label of queries that have none of the intents.
pub(super) const OUT_OF_SCOPE: &str = "oos";

/// One labelled query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) text: String,
    /// Its intent; `None` for one that has none.
    pub(super) label: Option<Arc<str>>,
    /// Where it stands in its file, from 1.
    pub(super) line: usize,
}

#[derive(Deserialize)]
struct Row {
    text: String,
    label: String,
}

/// Every row of a file; what else a row holds is passed over. Empty lines are allowed, an empty file is not.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Labelled>> {
    let shown = path.display();
    let mut rows = Vec::new();
    for numbered in lines(path)? {
        let (number, line) = numbered?;
        let Row { text, label } = serde_json::from_str(&line).with_context(|| {
            format!("{shown}, line {number}: expected {{\"text\": \"…\", \"label\": \"…\"}}")
        })?;
        rows.push(Labelled {
            text,
            label: (label != OUT_OF_SCOPE).then(|| label.into()),
            line: number,
        });
    }
    if rows.is_empty() {
        bail!("{shown} holds no rows; expected one {{\"text\": \"…\", \"label\": \"…\"}} per line");
    }
    Ok(rows)
}

/// The lines of a file that are not empty, each with its number, from 1.
pub(super) fn lines(
    path: &Path,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<(usize, String)>>> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let numbered = (1..).zip(BufReader::new(file).lines());
    let numbered = numbered.map(move |(number, line)| {
        let line = line.with_context(|| format!("cannot read {shown}, line {number}"))?;
        Ok((number, line))
    });
    Ok(numbered.filter(|read| !matches!(read, Ok((_, line)) if line.trim().is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content: &str, expected: Result<&[(&str, Option<&str>)], &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        std::fs::write(&path, content).unwrap();
        let found = read(&path).map_err(|error| format!("{error:#}"));
        match (found, expected) {
            (Ok(rows), Ok(expected)) => {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| (&*row.text, row.label.as_deref()))
                    .collect();
                assert_eq!(rows, expected);
            }
            (Err(error), Err(expected)) => assert!(error.contains(expected), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn rows_are_read_and_what_is_wrong_is_told_with_its_line() {
        check(
            "{\"text\":\"hi\",\"label\":\"greeting\",\"split\":\"test\"}\n\n{\"text\":\"x\",\"label\":\"oos\"}\n",
            Ok(&[("hi", Some("greeting")), ("x", None)]),
        );
        check(
            "{\"text\":\"hi\",\"label\":\"a\"}\n{\"text\":1}",
            Err("line 2: expected {\"text\""),
        );
        check("{\"text\":\"hi\"}", Err("missing field `label`"));
        check("\n", Err("holds no rows"));
    }
}
