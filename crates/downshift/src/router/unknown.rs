//! What else is wrong with a policy that could not be read as it is written: names that nothing has, examples that are
//! no good. Hides how faults are told from what only follows from them.

use crate::config::{self, Loaded, Problem};

/// The error with what is wrong in the rest of the policy, so that one run tells all there is to tell.
pub fn with_unknown_names(error: config::Error) -> config::Error {
    let config::Error::Invalid {
        problems,
        rest: Some(rest),
        ..
    } = &error
    else {
        return error;
    };
    let told = problems.iter().map(|told| About::of(&told.path, rest));
    let told = told.collect::<Vec<_>>();
    // Where a whole section, model or intent could not be read, its names are missing by that alone.
    if told.iter().any(|told| told.entry.is_none()) {
        return error;
    }
    let more = unknown_names(rest).unwrap_or_default();
    // What concerns the same model, intent or rule may only follow from what is told already.
    let more = more
        .into_iter()
        .filter(|more| !told.contains(&About::of(&more.path, rest)));
    rest.invalid(problems.iter().cloned().chain(more))
}

fn unknown_names(rest: &Loaded) -> Option<Vec<Problem>> {
    let runtime = rest.inference().ok()?;
    let mut problems = Vec::new();
    let classifier = super::classifier(rest, &runtime, &mut problems).ok()?;
    let unknown = super::compile(rest, classifier.labels()).err();
    problems.extend(unknown.unwrap_or_default().into_iter().map(Problem::from));
    Some(problems)
}

/// What a problem's path is about.
#[derive(Debug, PartialEq, Eq)]
struct About<'a> {
    section: &'a str,
    /// The model, intent, rule or field in it; `None` for the section as a whole, and for a model or an intent of
    /// which nothing could be read.
    entry: Option<&'a str>,
}

impl<'a> About<'a> {
    fn of(path: &'a str, rest: &Loaded) -> Self {
        let (section, within) = path.split_once(['.', '[']).unwrap_or((path, ""));
        let entry = match section {
            "models" => longest(within, rest.config.models.keys()),
            "intents" => longest(within, rest.config.intents.keys()),
            _ => within
                .split(['.', '[', ']'])
                .next()
                .filter(|entry| !entry.is_empty()),
        };
        Self { section, entry }
    }
}

/// The name that a path begins with; names may hold dots.
fn longest(within: &str, names: impl Iterator<Item = impl AsRef<str>>) -> Option<&str> {
    let begins = |name: &str| {
        let rest = within.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then(|| &within[..name.len()])
    };
    names
        .filter_map(|name| begins(name.as_ref()))
        .max_by_key(|name| name.len())
}
