//! Hides the ONNX library behind one call: ids in, logits out.

use ort::session::Session as OrtSession;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::value::{Outlet, TensorElementType, TensorRef, ValueType};

use crate::Error;
use crate::runtime::Runtime;
use crate::source::File;

/// The graph's first input: WordPiece ids, int64, any length.
pub(crate) const TOKEN_IDS: &str = "token_ids";
/// The graph's second input: hashed bigrams, int64, any length.
pub(crate) const BIGRAM_IDS: &str = "bigram_ids";
/// The graph's output: one f32 per label.
const LOGITS: &str = "logits";

/// A model that can be run, one call at a time. Tests put a fake in its place.
pub(crate) trait Session: Send {
    /// Runs the graph and puts its output, one number per label, in place of what `logits` held.
    fn run(
        &mut self,
        token_ids: &[i64],
        bigram_ids: &[i64],
        logits: &mut Vec<f32>,
    ) -> Result<(), Error>;
}

/// A session of either real backend.
pub(crate) struct OnnxSession {
    session: OrtSession,
}

impl OnnxSession {
    /// Reads the graph and holds its inputs and outputs against what this crate feeds and takes.
    pub(crate) fn open(runtime: &Runtime, file: &File, labels: usize) -> Result<Self, Error> {
        let session = builder(runtime)
            .and_then(|mut builder| builder.commit_from_memory(file.bytes()))
            .map_err(|problem| Error::Graph {
                file: file.name().to_owned(),
                problem: problem.to_string(),
            })?;
        let ids = Port {
            element: TensorElementType::Int64,
            length: -1,
        };
        let logits = Port {
            element: TensorElementType::Float32,
            length: i64::try_from(labels).unwrap_or(i64::MAX),
        };
        hold(
            file,
            "inputs",
            session.inputs(),
            &[(TOKEN_IDS, ids), (BIGRAM_IDS, ids)],
        )?;
        hold(file, "outputs", session.outputs(), &[(LOGITS, logits)])?;
        Ok(Self { session })
    }
}

impl Session for OnnxSession {
    fn run(
        &mut self,
        token_ids: &[i64],
        bigram_ids: &[i64],
        logits: &mut Vec<f32>,
    ) -> Result<(), Error> {
        let fail = |problem: ort::Error| Error::Run {
            problem: problem.to_string(),
        };
        let outputs = self
            .session
            .run(ort::inputs![
                TOKEN_IDS => TensorRef::from_array_view(([token_ids.len()], token_ids)).map_err(fail)?,
                BIGRAM_IDS => TensorRef::from_array_view(([bigram_ids.len()], bigram_ids)).map_err(fail)?,
            ])
            .map_err(fail)?;
        let Some(output) = outputs.get(LOGITS) else {
            return Err(Error::Run {
                problem: format!("it gave no `{LOGITS}`"),
            });
        };
        let (_, values) = output.try_extract_tensor::<f32>().map_err(fail)?;
        logits.clear();
        logits.extend_from_slice(values);
        Ok(())
    }
}

/// One thread per session, since the pool has the threads. tract knows none of the thread options and must be told
/// to optimise, or it cannot run the graph at all.
fn builder(runtime: &Runtime) -> ort::Result<SessionBuilder> {
    let builder = OrtSession::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::All)
        .unwrap_or_else(ort::Error::recover)
        .with_intra_threads(1)
        .unwrap_or_else(ort::Error::recover)
        .with_inter_threads(1)
        .unwrap_or_else(ort::Error::recover);
    Ok(builder)
}

/// What an input or output must be: a vector of `element`, of any length where `length` is -1.
#[derive(Clone, Copy)]
struct Port {
    element: TensorElementType,
    length: i64,
}

impl Port {
    fn fits(self, found: &ValueType) -> bool {
        match found {
            ValueType::Tensor { ty, shape, .. } => {
                // A graph may leave the length of its output open; the trial run settles it.
                *ty == self.element
                    && matches!(shape[..], [length] if length == self.length || length == -1)
            }
            _ => false,
        }
    }

    fn describe(self, name: &str) -> String {
        let length = if self.length == -1 {
            "any length".to_owned()
        } else {
            self.length.to_string()
        };
        format!("`{name}`: {} [{length}]", self.element)
    }
}

fn hold(file: &File, side: &str, found: &[Outlet], expected: &[(&str, Port)]) -> Result<(), Error> {
    let fits = found.len() == expected.len()
        && expected.iter().all(|(name, port)| {
            found
                .iter()
                .any(|outlet| outlet.name() == *name && port.fits(outlet.dtype()))
        });
    if fits {
        return Ok(());
    }
    let found: Vec<_> = found
        .iter()
        .map(|outlet| describe(outlet.name(), outlet.dtype()))
        .collect();
    let found = match found.as_slice() {
        [] => format!("no {side}"),
        found => format!("the {side} {}", found.join(", ")),
    };
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, port)| port.describe(name))
        .collect();
    Err(Error::Contract {
        file: file.name().to_owned(),
        found,
        expected: expected.join(", "),
    })
}

fn describe(name: &str, found: &ValueType) -> String {
    match found {
        ValueType::Tensor { ty, shape, .. } => {
            let lengths: Vec<_> = shape
                .iter()
                .map(|&length| {
                    if length < 0 {
                        "any length".to_owned()
                    } else {
                        length.to_string()
                    }
                })
                .collect();
            format!("`{name}`: {} [{}]", ty, lengths.join(", "))
        }
        _ => format!("`{name}`: not a tensor"),
    }
}
