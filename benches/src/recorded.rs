//! What others recorded, packed: hides that `gzip` unpacks it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The JSON objects of a packed file, one a line.
pub fn lines(path: &Path) -> impl Iterator<Item = Value> + use<> {
    let gzip = Command::new("gzip")
        .arg("-dc")
        .arg(path)
        .stdout(Stdio::piped())
        .spawn();
    let unpacked = gzip.expect("gzip runs").stdout.expect("its output");
    let lines = BufReader::new(unpacked)
        .lines()
        .map(|line| line.expect("text"));
    lines.map(|line| serde_json::from_str(&line).expect("a JSON object per line"))
}
