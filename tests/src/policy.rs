//! A policy's text with its `${…}` filled in by the test, so that no test reads the real environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The text of a router.yaml, and what its variables stand for.
#[derive(Debug, Clone)]
pub struct Policy {
    text: String,
    folder: PathBuf,
    values: BTreeMap<String, String>,
}

/// A variable that no test sets: it stands for all that a test leaves unset.
const UNSET: &str = "DOWNSHIFT_TESTS_LEAVE_THIS_UNSET";

// === impl Policy ===

impl Policy {
    /// The router.yaml in the root of the repository.
    pub fn shipped() -> Self {
        let path = repository().join("router.yaml");
        let text = std::fs::read_to_string(&path);
        Self::text(&text.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// The worked policies in `config/`, by their file's name.
    pub fn worked() -> Vec<(String, Self)> {
        let folder = repository().join("config");
        let files = std::fs::read_dir(&folder).expect("config/ can be read");
        let paths = files.map(|file| file.expect("config/ can be listed").path());
        let yaml = paths.filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        });
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).expect("a policy can be read");
            let policy = Self {
                folder: folder.clone(),
                ..Self::text(&text)
            };
            (path.display().to_string(), policy)
        };
        let policies = yaml
            .map(read)
            .filter(|(_, policy)| policy.text.lines().any(|line| line == "models:"));
        policies.collect()
    }

    /// A policy of the test's own; `listen` and `admin` are added.
    pub fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            folder: repository(),
            // The shipped policy would write into the data folder of whoever runs the tests.
            values: BTreeMap::from([("DOWNSHIFT_STORE".to_owned(), "off".to_owned())]),
        }
    }

    /// Two upstreams and no intents: `auto` goes to `big`, `small` is asked by its name, and a
    /// request for `small-first` goes to `small`, then `big`.
    pub fn two_models(big: &str, small: &str) -> Self {
        Self::text(include_str!("policy/two_models.yaml"))
            .set("BIG", big)
            .set("SMALL", small)
    }

    /// Fills in `${name}` and `${name:-…}`.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Adds lines at the end.
    #[must_use]
    pub fn and(mut self, lines: &str) -> Self {
        self.text.push('\n');
        self.text.push_str(lines);
        self
    }

    /// Writes other text in place of a word.
    #[must_use]
    pub fn replaced(mut self, word: &str, text: &str) -> Self {
        assert!(self.text.contains(word), "no {word}");
        self.text = self.text.replace(word, text);
        self
    }

    /// Takes out the rule for requests that name `model`.
    #[must_use]
    pub fn without_rule(mut self, model: &str) -> Self {
        let rule = format!("{{ model: \"{model}\" }}");
        assert!(self.text.contains(&rule), "no rule with {rule}");
        let kept = self.text.lines().filter(|line| !line.contains(&rule));
        self.text = kept.fold(String::new(), |text, line| text + line + "\n");
        self
    }

    /// The text as the router is to read it: with its addresses replaced, and every variable filled in.
    pub fn render(&self, listen: SocketAddr) -> String {
        let kept = self
            .text
            .lines()
            .filter(|line| !line.starts_with("listen:") && !line.starts_with("admin:"));
        let mut rendered = format!("listen: {listen}\nadmin: 127.0.0.1:0\n");
        for line in kept {
            rendered.push_str(&self.fill(line));
            rendered.push('\n');
        }
        rendered
    }

    fn fill(&self, line: &str) -> String {
        let mut filled = String::new();
        let mut rest = line;
        while let Some((before, from)) = rest.split_once("${") {
            let (variable, after) = from.split_once('}').expect("a variable that ends");
            let name = variable.split_once(":-").map_or(variable, |(name, _)| name);
            let default = variable.split_once(":-").map(|(_, default)| default);
            filled.push_str(before);
            match (self.values.get(name), default) {
                (Some(value), _) => filled.push_str(value),
                (None, Some(default)) => filled.push_str(default),
                (None, None) => {
                    filled.push_str("${");
                    filled.push_str(UNSET);
                    filled.push('}');
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// Where the files lie that the policy names.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The variable that stands for all that a test leaves unset.
    pub fn unset() -> &'static str {
        UNSET
    }
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("tests/ lies in the repository")
        .to_owned()
}
