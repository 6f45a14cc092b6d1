//! Hides when a head's reader is fitted, and that one which was fitted before is read back instead.
//!
//! A reader is a function of the texts it is fitted to, their vectors and what is known of them. So a file is called by
//! the hash of these: change an example, the model or the backend and another file is meant. A file that is cut off, or
//! not of our making, is as good as none and is written anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::head::Head;
use crate::kept;
use crate::reader::{Reader, Sample, Truth};

/// What each file begins with; another way to fit or to keep a reader has another.
const MAGIC: &[u8; 16] = b"downshift head 1";
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
    folder.join(kept::name(PREFIX, hash))
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
    let body = kept::opened(&bytes, MAGIC).ok_or_else(bad)?;
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

/// Writes the file of a reader.
fn keep(folder: &Path, head: &Head, reader: &Reader) -> io::Result<()> {
    let mut body = Vec::new();
    body.extend(reader.letters.to_le_bytes());
    body.extend(reader.temperature.to_le_bytes());
    body.extend(reader.encode());
    kept::write(folder, &place(folder, head), MAGIC, &body)?;
    kept::forget(folder, PREFIX)
}

#[cfg(test)]
mod tests;
