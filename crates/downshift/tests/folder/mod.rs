//! A folder in which the executable runs, and a look at what it printed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder of the test's own, in which the executable runs.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_downshift"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("DOWNSHIFT_LOG")
            .env("DOWNSHIFT_STORE", "off")
            .output()
            .unwrap()
    }
}

#[track_caller]
pub(crate) fn check(output: &Output, code: i32, needles: &[&str]) -> String {
    let all = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{all}");
    for needle in needles {
        assert!(all.contains(needle), "{needle:?} is not in: {all}");
    }
    String::from_utf8(output.stdout.clone()).unwrap()
}
