//! Hides an encoder of another's making: a directory as Hugging Face's tools export BERT and its kin to ONNX, read as
//! text in, vector out.
//!
//! Its vectors stand in for the model's own wherever texts are compared: examples, close matches, `train`. A text longer
//! than the encoder takes is judged by its two ends, as the model's own readers do.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::Error;
use crate::encoder::about::About;
use crate::encoder::session::EncoderSession;
use crate::graph::Graph;
use crate::runtime::Runtime;
use crate::source::{EncoderFiles, File};
use crate::tokens::Tokenizer;

mod about;
mod session;

/// Where the graph may lie in the directory.
const GRAPHS: [&str; 2] = ["model.onnx", "onnx/model.onnx"];
const TOKENIZER: &str = "tokenizer.json";

/// A loaded encoder; one call at a time.
pub(crate) struct Encoder {
    shared: Arc<Shared>,
    session: EncoderSession,
    /// What the newest text became. Kept for their room.
    inputs: Vec<i64>,
    vector: Vec<f32>,
}

/// What every session of one encoder has in common.
struct Shared {
    runtime: Runtime,
    graph: PathBuf,
    tokenizer: Tokenizer,
    about: About,
    /// Every file it was read from.
    files: EncoderFiles,
}

// === impl Encoder ===

impl Encoder {
    /// Loads an encoder and runs it on the longest text it takes, so that one which loads also works.
    pub(crate) fn load(runtime: &Runtime, folder: &Path) -> Result<Self, Error> {
        let lacks = |found: &str, expected: &str| Error::Contract {
            file: folder.display().to_string(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        };
        if let Err(source) = std::fs::read_dir(folder) {
            let file = folder.display().to_string();
            return Err(Error::Unreadable { file, source });
        }
        let graph = GRAPHS.into_iter().find(|name| folder.join(name).exists());
        let graph = graph.ok_or_else(|| {
            let expected = "`model.onnx` or `onnx/model.onnx`, as `optimum-cli export onnx --task feature-extraction` writes it";
            lacks("no ONNX graph", expected)
        })?;
        if !folder.join(TOKENIZER).exists() {
            let expected = "one, as Hugging Face's fast tokenizers are saved";
            return Err(lacks("no `tokenizer.json`", expected));
        }
        let (about, mut names) = About::read(folder)?;
        let words = File::read(folder, TOKENIZER)?;
        let tokenizer = Tokenizer::framed(&words, about.max_tokens)?;
        let bytes = File::read(folder, graph)?;
        names.extend([PathBuf::from(graph), PathBuf::from(TOKENIZER)]);
        names.extend(parts(&bytes, graph, &tokenizer)?);
        drop(bytes);
        let shared = Arc::new(Shared {
            runtime: runtime.clone(),
            graph: folder.join(graph),
            tokenizer,
            about,
            files: EncoderFiles {
                folder: folder.to_owned(),
                names,
            },
        });
        let mut encoder = Self::open(shared)?;
        encoder.try_out()?;
        Ok(encoder)
    }

    /// One more session of the same encoder.
    pub(crate) fn another(&self) -> Result<Self, Error> {
        Self::open(Arc::clone(&self.shared))
    }

    fn open(shared: Arc<Shared>) -> Result<Self, Error> {
        let session = EncoderSession::open(&shared.runtime, &shared.graph, &shared.about)?;
        Ok(Self {
            shared,
            session,
            inputs: Vec::new(),
            vector: Vec::new(),
        })
    }

    /// Reads a text: its own ids go to `token_ids`, its vector is to be had from [`Encoder::vector`]. Gives the
    /// floating-point operations spent.
    pub(crate) fn read(&mut self, text: &str, token_ids: &mut Vec<u32>) -> Result<u64, Error> {
        let Shared {
            tokenizer, about, ..
        } = &*self.shared;
        tokenizer.encode(text, token_ids)?;
        if token_ids.is_empty() {
            return Err(Error::Empty);
        }
        let (before, after) = tokenizer.frame();
        self.inputs.clear();
        let ids = before.iter().chain(&*token_ids).chain(after);
        self.inputs.extend(ids.copied().map(i64::from));
        self.session.run(&self.inputs, &mut self.vector)?;
        Ok(about.flops(self.inputs.len()))
    }

    /// What the newest text became.
    pub(crate) fn vector(&self) -> &[f32] {
        &self.vector
    }

    /// What cuts its texts into tokens.
    pub(crate) fn tokenizer(&self) -> &Tokenizer {
        &self.shared.tokenizer
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        &self.shared.about.name
    }

    /// Every file it was read from.
    pub(crate) fn files(&self) -> EncoderFiles {
        self.shared.files.clone()
    }

    /// Runs the session on as many tokens as it may ever get, the largest id among them.
    fn try_out(&mut self) -> Result<(), Error> {
        let most = self.shared.about.max_tokens;
        let largest = i64::from(self.shared.tokenizer.vocabulary()) - 1;
        self.inputs.clear();
        self.inputs.resize(most, largest);
        let run = self.session.run(&self.inputs, &mut self.vector);
        run.map_err(|error| match error {
            Error::Run { problem } => Error::Graph {
                file: self.shared.graph.display().to_string(),
                problem: session::said(&self.shared.runtime, &problem),
            },
            other => other,
        })?;
        if self.vector.iter().all(|value| value.is_finite()) && !self.vector.is_empty() {
            return Ok(());
        }
        let problem = format!(
            "{} gives vectors that are not numbers",
            self.shared.graph.display()
        );
        Err(Error::Run { problem })
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("graph", &self.shared.graph)
            .field("about", &self.shared.about)
            .finish_non_exhaustive()
    }
}

/// The files in which a graph keeps its weights apart, by their path in the directory; refuses a graph whose table of
/// words is too short for the tokenizer, or that keeps weights outside the directory.
fn parts(bytes: &File, graph: &str, tokenizer: &Tokenizer) -> Result<Vec<PathBuf>, Error> {
    let decoded = Graph::of(bytes)?;
    let needed = u64::from(tokenizer.vocabulary());
    let whose = format!("the ids of {TOKENIZER}");
    decoded.check_rows(bytes, session::INPUT_IDS, needed, &whose)?;
    let beside = Path::new(graph).parent().unwrap_or(Path::new(""));
    let parts = decoded.parts().into_iter().map(|part| {
        let inside = inside(part).ok_or_else(|| Error::Contract {
            file: bytes.name().to_owned(),
            found: format!("weights in `{part}`"),
            expected: "them beside it, or in a directory below".to_owned(),
        });
        Ok(beside.join(inside?))
    });
    parts.collect()
}

/// The path of a file below a directory, in plain steps; `None` if it leads out of it.
fn inside(part: &str) -> Option<PathBuf> {
    let steps = Path::new(part).components();
    let steps = steps.filter(|step| *step != Component::CurDir);
    steps
        .map(|step| matches!(step, Component::Normal(_)).then_some(step))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_kept_apart_lie_in_the_directory() {
        for part in ["weights.bin", "./weights.bin", "././weights.bin"] {
            assert_eq!(inside(part), Some("weights.bin".into()), "{part}");
        }
        assert_eq!(inside("a/./b"), Some("a/b".into()));
        for part in ["../weights.bin", "a/../b", "/weights.bin"] {
            assert_eq!(inside(part), None, "{part}");
        }
    }
}
