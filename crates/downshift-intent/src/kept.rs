//! Hides how files of a cache are written, checked and thrown away: each ends with a hash of what comes before it, is
//! never half there, and makes room for newer ones.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

/// Files of a kind that are kept, the newest.
pub(crate) const KEPT: usize = 16;
const HASH: usize = 32;

/// A file's name: what all of its kind begin with, and the hash of what it was made from.
pub(crate) fn name(prefix: &str, made_from: Sha256) -> String {
    let mut name = prefix.to_owned();
    for byte in &made_from.finalize()[..16] {
        write!(name, "{byte:02x}").unwrap_or_default();
    }
    name
}

/// What a file holds between what all of its kind begin with and its hash; `None` if it is cut off, or not one of ours.
pub(crate) fn opened<'a>(bytes: &'a [u8], magic: &[u8]) -> Option<&'a [u8]> {
    let (all, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    let whole = Sha256::digest(all).as_slice() == hash;
    whole.then(|| all.strip_prefix(magic)).flatten()
}

/// Writes a file beside its place and moves it there.
pub(crate) fn write(folder: &Path, path: &Path, magic: &[u8], body: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut hash = Sha256::new();
    hash.update(magic);
    hash.update(body);
    let beside: PathBuf = path.with_extension(std::process::id().to_string());
    let mut file = fs::File::create(&beside)?;
    let written = [magic, body, &hash.finalize()]
        .into_iter()
        .try_for_each(|part| file.write_all(part))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        fs::remove_file(&beside).ok();
    }
    written
}

/// Removes all but the newest files of a kind.
pub(crate) fn forget(folder: &Path, prefix: &str) -> io::Result<()> {
    let mut ours = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let written = entry.metadata().and_then(|about| about.modified());
            ours.push((written.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
        }
    }
    ours.sort();
    let old = ours.len().saturating_sub(KEPT);
    for (_, path) in ours.into_iter().take(old) {
        fs::remove_file(path)?;
    }
    Ok(())
}
