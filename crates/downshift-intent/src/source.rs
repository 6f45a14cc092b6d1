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
/// The encoder that such a head was trained over, if not over the model's own vectors.
pub(crate) const ENCODER: &str = "encoder";

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
pub struct Source {
    /// A directory with `model.onnx`, `tokenizer.json` and `model.json`, and `second.onnx` if that names a second reader;
    /// the model of `config/intent`, compiled into the program, if absent.
    pub model: Option<PathBuf>,
    /// A directory with an encoder whose vectors stand in for the model's own: an ONNX graph of BERT's kind, its
    /// `tokenizer.json` and `config.json`, as Hugging Face's tools write them.
    pub encoder: Option<PathBuf>,
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

/// The files of an encoder.
#[derive(Debug, Clone)]
pub(crate) struct EncoderFiles {
    pub(crate) folder: PathBuf,
    /// By their path in the folder.
    pub(crate) names: Vec<PathBuf>,
}

// === impl Source ===

impl Source {
    /// The model that is compiled in.
    pub fn shipped() -> Self {
        Self::default()
    }

    /// The model of a directory.
    pub fn directory(folder: impl Into<PathBuf>) -> Self {
        Self {
            model: Some(folder.into()),
            encoder: None,
        }
    }

    /// The same with the vectors of an encoder, if there is one.
    #[must_use]
    pub fn encoded(self, encoder: Option<PathBuf>) -> Self {
        Self { encoder, ..self }
    }

    /// The encoder that its own directory holds: the one that its head was trained over.
    pub(crate) fn own_encoder(&self) -> Option<PathBuf> {
        let folder = self.model.as_ref()?.join(ENCODER);
        folder.is_dir().then_some(folder)
    }
}

// === impl File ===

impl File {
    pub(crate) fn read(directory: &Path, name: &str) -> Result<Self, Error> {
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
        match &source.model {
            None => Ok(Self {
                model: shipped!("model.onnx"),
                tokenizer: shipped!("tokenizer.json"),
                description: shipped!("model.json"),
                head: None,
            }),
            Some(directory) => Ok(Self {
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
        match &source.model {
            #[cfg(feature = "second-stage")]
            None => Ok(Some(shipped!("second.onnx"))),
            #[cfg(not(feature = "second-stage"))]
            None => Ok(None),
            Some(directory) => File::read(directory, SECOND).map(Some),
        }
    }

    /// Writes the second reader's graph into a directory, if the model has one.
    pub(crate) fn copy_second(source: &Source, directory: &Path) -> Result<(), Error> {
        match Self::second(source)? {
            Some(file) => write(directory, SECOND, file.bytes()),
            None => Ok(()),
        }
    }

    /// Writes the model's own three files into a directory, and those of its encoder, if it has one.
    pub(crate) fn copy(
        source: &Source,
        encoder: Option<&EncoderFiles>,
        directory: &Path,
    ) -> Result<(), Error> {
        let files = Self::open(source)?;
        for (file, name) in [
            (&files.model, MODEL),
            (&files.tokenizer, TOKENIZER),
            (&files.description, DESCRIPTION),
        ] {
            write(directory, name, file.bytes())?;
        }
        let Some(EncoderFiles { folder, names }) = encoder else {
            return Ok(());
        };
        for name in names {
            copy_file(&folder.join(name), &directory.join(ENCODER).join(name))?;
        }
        Ok(())
    }
}

/// Copies one file, making the directories it stands in.
fn copy_file(from: &Path, to: &Path) -> Result<(), Error> {
    fs::File::open(from).map_err(|source| Error::Unreadable {
        file: from.display().to_string(),
        source,
    })?;
    let made = to.parent().map_or(Ok(()), fs::create_dir_all);
    let copied = made.and_then(|()| fs::copy(from, to));
    copied.map(|_| ()).map_err(|source| Error::Unwritable {
        file: to.display().to_string(),
        source,
    })
}

/// Writes one file of a model.
pub(crate) fn write(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = directory.join(name);
    fs::write(&path, bytes).map_err(|source| Error::Unwritable {
        file: path.display().to_string(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_copied_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let told = copy_file(&from, &to)
            .expect_err("there is none")
            .to_string();
        assert_eq!(told, format!("cannot read {}", from.display()));
        fs::write(&from, "").expect("it can be written");
        fs::create_dir(&to).expect("it can be made");
        let told = copy_file(&from, &to)
            .expect_err("a folder is there")
            .to_string();
        assert_eq!(told, format!("cannot write {}", to.display()));
    }
}
