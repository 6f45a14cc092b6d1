//! Writes a file whole: hides that it is the old one or the new one at any moment, and never half of each.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Puts a file in another's place, whole: readers find the one or the other. What was a link stays one.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = file.with_file_name(name);
    let written = (|| {
        let mut new = fs::File::create(&beside)?;
        new.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(&file) {
            new.set_permissions(old.permissions())?;
        }
        new.sync_all()?;
        fs::rename(&beside, &file)
    })();
    if written.is_err() {
        // What could not be put in place is of no use to anybody.
        drop(fs::remove_file(&beside));
    }
    written
}
