//! Hides when a head's reader is fitted, and that one which was fitted before is read back instead.
//!
//! A reader is a function of the texts it is fitted to, their vectors and what is known of them. So a file is called by
//! the hash of these: change an example, the model or the backend and another file is meant. A file that is cut off, or
//! not of our making, is as good as none and is written anew.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use sha2::{Digest, Sha256};

use crate::head::Head;
use crate::reader::{Reader, Sample, Truth};

/// What each file begins with; another way to fit or to keep a reader has another.
const MAGIC: &[u8; 16] = b"downshift head 1";
/// Files that are kept, the newest.
const KEPT: usize = 16;
const HASH: usize = 32;
const PREFIX: &str = "head-";

/// What is still to be done for a head whose intents go by the middle of their examples.
#[derive(Debug)]
pub(crate) struct Lesson {
    head: Arc<Head>,
    /// Where readers are kept, if anywhere.
    cache: Option<PathBuf>,
}

impl Lesson {
    /// The lesson of a head.
    pub(crate) fn new(head: Arc<Head>, cache: Option<&Path>) -> Self {
        Self {
            head,
            cache: cache.map(Path::to_owned),
        }
    }

    /// Takes the reader from the cache; gives the lesson back where there is none.
    pub(crate) fn recalled(self) -> Option<Self> {
        let Some(folder) = &self.cache else {
            return Some(self);
        };
        match recall(&place(folder, &self.head), &self.head) {
            Ok(reader) => {
                self.head.read_by(reader);
                None
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(folder = %folder.display(), %error, "a kept head is of no use and is written anew");
                }
                Some(self)
            }
        }
    }

    /// Fits the reader, and keeps it.
    pub(crate) fn learn(self) {
        let started = Instant::now();
        let reader = self.head.fit();
        let seconds = started.elapsed().as_secs_f64();
        if let Some(folder) = &self.cache
            && let Err(error) = keep(folder, &self.head, &reader)
        {
            tracing::debug!(folder = %folder.display(), %error, "the head could not be kept");
        }
        tracing::info!(
            intents = self.head.intents().count(),
            passed_over = self.head.passed_over(),
            seconds,
            "learned intents from examples"
        );
        self.head.read_by(reader);
    }
}

/// The file of a head.
fn place(folder: &Path, head: &Head) -> PathBuf {
    let mut hash = Sha256::new();
    hash.update(MAGIC);
    hash.update(env!("CARGO_PKG_VERSION"));
    head.with_samples(|samples, anchors, classes| {
        hash.update((classes.count as u64).to_le_bytes());
        for Sample {
            text,
            vector,
            truth,
            weight,
        } in samples.iter().chain(anchors)
        {
            let (is, class) = match *truth {
                Truth::Is(class) => (1_u8, class),
                Truth::Not(class) => (0, class),
            };
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
            hash.update([is]);
            hash.update((class as u64).to_le_bytes());
            hash.update(weight.to_le_bytes());
            for value in *vector {
                hash.update(value.to_le_bytes());
            }
        }
    });
    let mut name = PREFIX.to_owned();
    for byte in &hash.finalize()[..16] {
        write!(name, "{byte:02x}").unwrap_or_default();
    }
    folder.join(name)
}

/// A reader as it was kept: what is chosen, the numbers, and a hash of all that comes before it.
fn recall(path: &Path, head: &Head) -> io::Result<Reader> {
    let bytes = fs::read(path)?;
    let bad = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "it is cut off, or not one of ours",
        )
    };
    let body = bytes.len().checked_sub(HASH).ok_or_else(bad)?;
    let (body, hash) = bytes.split_at(body);
    if Sha256::digest(body).as_slice() != hash {
        return Err(bad());
    }
    let body = body.strip_prefix(MAGIC).ok_or_else(bad)?;
    let (chosen, numbers) = body.split_at_checked(8).ok_or_else(bad)?;
    let (letters, temperature) = chosen.split_at(4);
    let real = |four: &[u8]| four.try_into().map(f32::from_le_bytes).map_err(|_| bad());
    let (classes, width) = head.shape();
    let mut reader = Reader::decode(numbers, classes, width).map_err(|_| bad())?;
    reader.letters = real(letters)?;
    reader.temperature = real(temperature)?;
    if (0.0..=1.0).contains(&reader.letters) && reader.temperature > 0.0 {
        Ok(reader)
    } else {
        Err(bad())
    }
}

/// Writes the file beside its place and moves it there, so that none is ever half there.
fn keep(folder: &Path, head: &Head, reader: &Reader) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend(reader.letters.to_le_bytes());
    bytes.extend(reader.temperature.to_le_bytes());
    bytes.extend(reader.encode());
    let hash = Sha256::digest(&bytes);
    let path = place(folder, head);
    let beside = path.with_extension(std::process::id().to_string());
    let mut file = fs::File::create(&beside)?;
    let written = file
        .write_all(&bytes)
        .and_then(|()| file.write_all(&hash))
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        fs::remove_file(&beside).ok();
    }
    written.and_then(|()| forget(folder))
}

/// Removes all but the newest files.
fn forget(folder: &Path) -> io::Result<()> {
    let mut ours = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
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

#[cfg(test)]
mod tests;
