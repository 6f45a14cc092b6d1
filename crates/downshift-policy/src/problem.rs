//! What is wrong with a policy, told so that its operator can act on it.

use crate::spelling::nearest;

/// One thing wrong with a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}{}", hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default())]
pub struct Problem {
    /// Where in router.yaml, e.g. `intents.code.specialist` or `rules[3].when.tokens`.
    pub path: String,
    /// A lowercase sentence without final dot: what is wrong, and what is accepted.
    pub message: String,
    /// What to do about it, where that can be guessed, e.g. ``did you mean `coder`?``.
    pub hint: Option<String>,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Notes a problem without a hint.
    pub(crate) fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem {
            path: path.into(),
            message: message.into(),
            hint: None,
        });
    }

    /// Notes a problem and what to do about it.
    pub(crate) fn add_with_hint(
        &mut self,
        path: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let hint = Some(hint.into());
        self.0.push(Problem {
            path: path.into(),
            message: message.into(),
            hint,
        });
    }

    /// Notes that `name` is not one of `known`, with the name that was probably meant.
    pub(crate) fn unknown<'n>(
        &mut self,
        path: impl Into<String>,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let known = known.collect::<Vec<_>>();
        let hint =
            nearest(name, known.iter().copied()).map(|name| format!("did you mean `{name}`?"));
        let message = match known.as_slice() {
            [] => format!("unknown {what} `{name}`; there are none"),
            [one] => format!("unknown {what} `{name}`; there is only `{one}`"),
            several => format!(
                "unknown {what} `{name}`, expected one of {}",
                listed(several)
            ),
        };
        self.0.push(Problem {
            path: path.into(),
            message,
            hint,
        });
    }

    /// All problems in the order found, or `Ok` if there are none.
    pub(crate) fn into_result(self) -> Result<(), Vec<Problem>> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.0)
        }
    }
}

/// `` `a`, `b` `` with a bound on its length, for messages.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let shown = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}
