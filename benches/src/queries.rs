//! Queries of the repository's own: hides where they are kept, and how.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The queries of one file, `genuine` or `near_misses`, in its order.
pub fn queries(file: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/trivial");
    let rows = fs::read_to_string(folder.join(file).with_extension("jsonl"));
    let query = |row: &str| {
        let row: Value = serde_json::from_str(row).expect("a row is JSON");
        row["query"].as_str().expect("a row has a query").to_owned()
    };
    rows.expect("it is there").lines().map(query).collect()
}
