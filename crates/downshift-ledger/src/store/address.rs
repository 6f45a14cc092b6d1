//! Where a store lies: hides how it is written, and keeps passwords out of print.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::history::StoreError;

/// A database.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file on this machine, made when it is not there.
    Sqlite(PathBuf),
    /// A server, by its URL.
    Postgres(String),
}

// === impl Address ===

impl Address {
    /// Reads `sqlite:PATH`, `sqlite://PATH` or `postgres://…`. A relative path is looked up by
    /// `resolve`; the path of `sqlite:` alone is `default`.
    pub fn parse(
        text: &str,
        resolve: impl Fn(&Path) -> PathBuf,
        default: impl FnOnce() -> Option<PathBuf>,
    ) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(StoreError::Address)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.contains('?') || path == ":memory:" {
            return Err(StoreError::Address);
        }
        if path.is_empty() {
            return default().map(Self::Sqlite).ok_or(StoreError::NoFolder);
        }
        Ok(Self::Sqlite(resolve(Path::new(path))))
    }

    /// The URL as the driver takes it.
    pub(super) fn url(&self, create: bool) -> String {
        match self {
            Self::Sqlite(path) => {
                let mode = if create { "rwc" } else { "rw" };
                format!("sqlite:{}?mode={mode}", escaped(path))
            }
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// A path with everything percent-encoded that means something in a URL.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                text.push(char::from(byte));
            }
            other => text.extend(format!("%{other:02X}").chars()),
        }
    }
    text
}

/// As it is written, without user, password and options.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let rest = rest.split('?').next().unwrap_or_default();
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                write!(f, "postgres://{host}")
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: Option<&str>) {
        let resolve = |path: &Path| Path::new("/policy").join(path);
        let address = Address::parse(text, resolve, || Some("/data/downshift.db".into()));
        let found = address.ok().map(|address| format!("{address} {address:?}"));
        let expected = shown.map(|shown| format!("{shown} `{shown}`"));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn addresses_are_read_and_shown_without_secrets() {
        check("sqlite:", Some("sqlite:/data/downshift.db"));
        check("sqlite://", Some("sqlite:/data/downshift.db"));
        check("sqlite:a.db", Some("sqlite:/policy/a.db"));
        check("sqlite://a b/c.db", Some("sqlite:/policy/a b/c.db"));
        check("sqlite:///var/a.db", Some("sqlite:/var/a.db"));
        check("sqlite:/var/a.db", Some("sqlite:/var/a.db"));
        check(
            "postgres://me:secret@db:5432/ledger?sslmode=require",
            Some("postgres://db:5432/ledger"),
        );
        check("postgresql://db/ledger", Some("postgres://db/ledger"));
        for text in [
            "",
            "a.db",
            "mysql://db/ledger",
            "sqlite:a.db?mode=ro",
            "sqlite::memory:",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_path_is_escaped_for_the_driver() {
        let address = Address::Sqlite("/a b/50%?#é.db".into());
        assert_eq!(
            address.url(true),
            "sqlite:/a%20b/50%25%3F%23%C3%A9.db?mode=rwc"
        );
    }
}
