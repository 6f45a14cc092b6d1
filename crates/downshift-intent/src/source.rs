//! Hides where a model's files come from: the binary itself, or a directory.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

const MODEL: &str = "model.onnx";
const TOKENIZER: &str = "tokenizer.json";
const DESCRIPTION: &str = "model.json";
/// The reader that is asked where the first is unsure, if the model has one.
const SECOND: &str = "second.onnx";
/// A head of a user's own, which a directory may hold besides.
pub(crate) const HEAD: &str = "head.json";
pub(crate) const HEAD_NUMBERS: &str = "head.bin";

/// The shipped model's bytes lie in the program itself, read from disk as they are needed.
macro_rules! shipped {
    ($name:literal) => {
        File {
            name: concat!("the shipped ", $name).to_owned(),
            bytes: Cow::Borrowed(include_bytes!(concat!("../../../config/intent/", $name))),
        }
    };
}

/// Where a model comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Source {
    /// The model of `config/intent`, compiled into the program.
    #[default]
    Shipped,
    /// A directory with `model.onnx`, `tokenizer.json` and `model.json`, and `second.onnx` if that names a second reader.
    Directory(PathBuf),
}

/// One file's content, and its name for messages.
#[derive(Debug)]
pub(crate) struct File {
    name: String,
    bytes: Cow<'static, [u8]>,
}

/// The files of a model that are always read, and the two of a head of a user's own.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) model: File,
    pub(crate) tokenizer: File,
    pub(crate) description: File,
    pub(crate) head: Option<(File, File)>,
}

// === impl File ===

impl File {
    fn read(directory: &Path, name: &str) -> Result<Self, Error> {
        let path = directory.join(name);
        let name = path.display().to_string();
        match fs::read(&path) {
            Ok(bytes) => Ok(Self {
                name,
                bytes: bytes.into(),
            }),
            Err(source) => Err(Error::Unreadable { file: name, source }),
        }
    }

    /// As an operator would name it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[cfg(test)]
    pub(crate) fn of(name: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.into(),
        }
    }
}

// === impl Files ===

impl Files {
    pub(crate) fn open(source: &Source) -> Result<Self, Error> {
        match source {
            Source::Shipped => Ok(Self {
                model: shipped!("model.onnx"),
                tokenizer: shipped!("tokenizer.json"),
                description: shipped!("model.json"),
                head: None,
            }),
            Source::Directory(directory) => Ok(Self {
                model: File::read(directory, MODEL)?,
                tokenizer: File::read(directory, TOKENIZER)?,
                description: File::read(directory, DESCRIPTION)?,
                head: if directory.join(HEAD).exists() {
                    let numbers = File::read(directory, HEAD_NUMBERS)?;
                    Some((File::read(directory, HEAD)?, numbers))
                } else {
                    None
                },
            }),
        }
    }

    /// The graph of the model's second reader; `None` where this program was built without it.
    pub(crate) fn second(source: &Source) -> Result<Option<File>, Error> {
        match source {
            #[cfg(feature = "second-stage")]
            Source::Shipped => Ok(Some(shipped!("second.onnx"))),
            #[cfg(not(feature = "second-stage"))]
            Source::Shipped => Ok(None),
            Source::Directory(directory) => File::read(directory, SECOND).map(Some),
        }
    }

    /// Writes the model's own three files into a directory.
    pub(crate) fn copy(source: &Source, directory: &Path) -> Result<(), Error> {
        let files = Self::open(source)?;
        for (file, name) in [
            (&files.model, MODEL),
            (&files.tokenizer, TOKENIZER),
            (&files.description, DESCRIPTION),
        ] {
            write(directory, name, file.bytes())?;
        }
        Ok(())
    }
}

/// Writes one file of a model.
pub(crate) fn write(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = directory.join(name);
    fs::write(&path, bytes).map_err(|source| Error::Unwritable {
        file: path.display().to_string(),
        source,
    })
}
