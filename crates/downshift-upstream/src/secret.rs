//! Hides keys: a value that can be sent and cannot be printed.

use std::fmt;
use std::sync::Arc;

/// A key. It prints as `[redacted]`, and can be neither serialised nor compared.
#[derive(Clone)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Takes a key in.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// The key itself: for a header and for nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text without this key in it, should a server have echoed it.
    pub(crate) fn redact(&self, text: &str) -> Option<String> {
        let echoed = !self.0.is_empty() && text.contains(&*self.0);
        echoed.then(|| text.replace(&*self.0, "[redacted]"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_redacted() {
        let key = Secret::new("sk-abc");
        assert_eq!(
            format!("{key} {key:?} {:?}", Some(&key)),
            "[redacted] [redacted] Some([redacted])"
        );
        assert_eq!(key.expose(), "sk-abc");
    }

    #[test]
    fn is_taken_out_of_an_echo() {
        let key = Secret::new("sk-abc");
        assert_eq!(
            key.redact("no key sk-abc!").as_deref(),
            Some("no key [redacted]!")
        );
        assert_eq!(key.redact("no key"), None);
        assert_eq!(Secret::new("").redact("text"), None);
    }
}
