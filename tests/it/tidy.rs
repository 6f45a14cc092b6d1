//! The rules of this repository that no tool keeps: file size, module docs, registries, words.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines at which a file is split by noun.
const LONGEST_FILE: usize = 500;
/// Lines at which a crate's table of contents stops being one.
const LONGEST_CONTENTS: usize = 80;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the repository")
        .to_owned()
}

/// All files of our own under `folder` whose name ends in `extension`.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).expect("a folder of the repository can be read");
    for entry in entries {
        let path = entry.expect("a folder can be listed").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            let foreign =
                name.starts_with('.') || ["target", "node_modules", "__pycache__"].contains(&name);
            if !foreign {
                found.extend(files(&path, extension));
            }
        } else if path.extension().is_some_and(|has| has == extension) {
            found.push(path);
        }
    }
    found
}

/// Every Rust file with its path from the root and its text.
fn sources() -> Vec<(String, String)> {
    let root = repository();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source is text");
        let name = path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .display()
            .to_string();
        (name, text)
    };
    let sources: Vec<_> = files(&root, "rs").into_iter().map(read).collect();
    assert!(
        sources.len() > 50,
        "the sources are found: {}",
        sources.len()
    );
    sources
}

#[track_caller]
fn none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

#[test]
fn files_fit_in_the_head() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(name, lines)| {
            let contents = name.ends_with("/src/lib.rs");
            *lines
                > if contents {
                    LONGEST_CONTENTS
                } else {
                    LONGEST_FILE
                }
        })
        .map(|(name, lines)| format!("{name}: {lines} lines"))
        .collect();
    none(&wrong, "split these by noun");
}

#[test]
fn modules_say_what_they_hide() {
    let is_test = |name: &str| {
        name.ends_with("/tests.rs") || name.contains("/tests/") && !name.starts_with("tests/")
    };
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|(name, _)| !is_test(name))
        .filter(|(_, text)| {
            let opening = text.lines().next().unwrap_or_default();
            !opening.starts_with("//! ") || opening.len() < 20
        })
        .map(|(name, _)| name)
        .collect();
    none(
        &wrong,
        "open these with one sentence on what the module hides",
    );
}

#[test]
fn nothing_is_left_for_later_in_words() {
    // Spelled apart so that this file passes its own rule.
    let forbidden = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("HA", "CK"),
        concat!("unimplemented", "!("),
        concat!("/wo", "rk/"),
        concat!("/tmp", "/target"),
        concat!("sha", "red/"),
    ];
    let root = repository();
    let mut wrong = Vec::new();
    for extension in ["rs", "md", "toml", "yaml", "yml", "py", "sh"] {
        for path in files(&root, extension) {
            let text = fs::read_to_string(&path).expect("text");
            for (number, line) in text.lines().enumerate() {
                if let Some(word) = forbidden.iter().find(|word| line.contains(*word)) {
                    wrong.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        }
    }
    none(&wrong, "these words do not belong in the repository");
}

/// A list to which a new thing is added by one line.
struct Registry {
    /// The file the list stands in.
    list: &'static str,
    /// The folder of the things.
    folder: &'static str,
    /// What a file there says if it is such a thing.
    mark: &'static str,
    /// How the list names the thing in `<name>.rs`.
    entry: fn(&str) -> String,
}

const REGISTRIES: [Registry; 4] = [
    Registry {
        list: "crates/downshift-answers/src/lib.rs",
        folder: "crates/downshift-answers/src",
        mark: "impl Answerer for ",
        entry: |name| format!("&{name}::"),
    },
    Registry {
        list: "crates/downshift-upstream/src/dialect.rs",
        folder: "crates/downshift-upstream/src/dialect",
        mark: "impl Dialect for ",
        entry: |name| format!("&{name}::"),
    },
    Registry {
        list: "crates/downshift-policy/src/condition.rs",
        folder: "crates/downshift-policy/src/condition",
        mark: "impl Condition for ",
        entry: |name| format!("    {name}: "),
    },
    Registry {
        list: "crates/downshift/src/cli.rs",
        folder: "crates/downshift/src/cli",
        mark: "pub(super) fn run(self)",
        entry: |name| format!("({name}::"),
    },
];

#[test]
fn what_is_written_is_registered() {
    let root = repository();
    let mut wrong = Vec::new();
    for registry in REGISTRIES {
        let list = fs::read_to_string(root.join(registry.list)).expect("the registry's file");
        let mut found = 0;
        for file in fs::read_dir(root.join(registry.folder)).expect("the registry's folder") {
            let path = file.expect("a folder can be listed").path();
            let name = path
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            if !is_rust
                || !fs::read_to_string(&path)
                    .expect("text")
                    .contains(registry.mark)
            {
                continue;
            }
            found += 1;
            if !list.contains(&(registry.entry)(name)) {
                wrong.push(format!("{} is not in {}", path.display(), registry.list));
            }
        }
        assert!(
            found > 0,
            "nothing in {} says `{}`",
            registry.folder,
            registry.mark
        );
    }
    none(&wrong, "one file, one line");
}

#[test]
fn versions_stand_in_one_place() {
    let root = repository();
    let mut wrong = Vec::new();
    for path in files(&root, "toml") {
        let manifest = path.file_name().is_some_and(|name| name == "Cargo.toml");
        if !manifest || path.parent() == Some(root.as_path()) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("text");
        let own_workspace = text.lines().any(|line| line == "[workspace]");
        for line in text.lines().filter(|_| !own_workspace) {
            if line.contains("version = \"") {
                wrong.push(format!("{}: {line}", path.display()));
            }
        }
    }
    none(&wrong, "write these as `name.workspace = true`");
}
