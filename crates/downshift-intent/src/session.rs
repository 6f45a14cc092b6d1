//! Hides the ONNX library behind one call: two lists of ids in, logits and a vector out.

use ort::session::Session as OrtSession;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::value::{Outlet, TensorElementType, TensorRef, ValueType};

use crate::Error;
use crate::runtime::Runtime;
use crate::source::File;

/// A graph's first input: WordPiece ids, int64, any length.
pub(crate) const TOKEN_IDS: &str = "token_ids";
/// The second input of a model's first reader: hashed bigrams, int64, any length.
pub(crate) const BIGRAM_IDS: &str = "bigram_ids";
/// The second input of its second reader: where each token stands, int64, as many as tokens.
pub(crate) const POSITION_IDS: &str = "position_ids";
/// The graph's first output: one f32 per label.
const LOGITS: &str = "logits";
/// The graph's second output, which it may lack: a vector of f32 that points where the text's meaning does.
pub(crate) const EMBEDDING: &str = "embedding";

/// What a run gives. Kept from run to run for its room.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    /// One number per label.
    pub(crate) logits: Vec<f32>,
    /// The text as a vector; empty where the graph gives none.
    pub(crate) embedding: Vec<f32>,
}

/// A model that can be run, one call at a time. Tests put a fake in its place.
pub(crate) trait Session: Send {
    /// Runs the graph on its first and its second input, and puts what it gives in place of what `outputs` held.
    fn run(
        &mut self,
        token_ids: &[i64],
        others: &[i64],
        outputs: &mut Outputs,
    ) -> Result<(), Error>;
}

/// A session of either real backend.
pub(crate) struct OnnxSession {
    session: OrtSession,
    /// The name of the second input.
    second: &'static str,
    /// Whether the graph gives a vector.
    embeds: bool,
}

impl OnnxSession {
    /// Reads the graph and holds its inputs and outputs against what this crate feeds and takes.
    pub(crate) fn open(
        runtime: &Runtime,
        file: &File,
        second: &'static str,
        labels: usize,
    ) -> Result<Self, Error> {
        let session = builder(runtime)
            .and_then(|mut builder| builder.commit_from_memory(file.bytes()))
            .map_err(|problem| Error::Graph {
                file: file.name().to_owned(),
                problem: problem.to_string(),
            })?;
        let ids = Port {
            element: TensorElementType::Int64,
            length: Length::Open,
        };
        let logits = Port {
            element: TensorElementType::Float32,
            length: Length::Exactly(i64::try_from(labels).unwrap_or(i64::MAX)),
        };
        hold(
            file,
            "inputs",
            session.inputs(),
            &[(TOKEN_IDS, ids), (second, ids)],
        )?;
        let embedding = Port {
            element: TensorElementType::Float32,
            length: Length::Any,
        };
        let outputs = session.outputs();
        let embeds = outputs.iter().any(|outlet| outlet.name() == EMBEDDING);
        let expected = [(LOGITS, logits), (EMBEDDING, embedding)];
        let expected = if embeds {
            &expected[..]
        } else {
            &expected[..1]
        };
        hold(file, "outputs", outputs, expected)?;
        Ok(Self {
            session,
            second,
            embeds,
        })
    }
}

impl Session for OnnxSession {
    fn run(
        &mut self,
        token_ids: &[i64],
        others: &[i64],
        outputs: &mut Outputs,
    ) -> Result<(), Error> {
        let fail = |problem: ort::Error| Error::Run {
            problem: problem.to_string(),
        };
        let given = self
            .session
            .run(ort::inputs![
                TOKEN_IDS => TensorRef::from_array_view(([token_ids.len()], token_ids)).map_err(fail)?,
                self.second => TensorRef::from_array_view(([others.len()], others)).map_err(fail)?,
            ])
            .map_err(fail)?;
        let take = |name: &str, into: &mut Vec<f32>| {
            let output = given.get(name).ok_or_else(|| Error::Run {
                problem: format!("it gave no `{name}`"),
            })?;
            let (_, values) = output.try_extract_tensor::<f32>().map_err(fail)?;
            into.clear();
            into.extend_from_slice(values);
            Ok(())
        };
        take(LOGITS, &mut outputs.logits)?;
        if self.embeds {
            take(EMBEDDING, &mut outputs.embedding)?;
        }
        Ok(())
    }
}

/// One thread per session, since the pool has the threads. tract knows none of the thread options and must be told
/// to optimise, or it cannot run the graph at all.
pub(crate) fn builder(runtime: &Runtime) -> ort::Result<SessionBuilder> {
    let builder = OrtSession::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::All)
        .unwrap_or_else(ort::Error::recover)
        .with_intra_threads(1)
        .unwrap_or_else(ort::Error::recover)
        .with_inter_threads(1)
        .unwrap_or_else(ort::Error::recover);
    Ok(builder)
}

/// What an input or output must be: a vector of `element`.
#[derive(Clone, Copy)]
struct Port {
    element: TensorElementType,
    length: Length,
}

/// How long a vector must be.
#[derive(Clone, Copy)]
enum Length {
    /// As long as it is each time.
    Open,
    /// So long, or as the graph decides: the trial run settles it.
    Exactly(i64),
    /// Whatever the graph says.
    Any,
}

impl Port {
    fn fits(self, found: &ValueType) -> bool {
        match found {
            ValueType::Tensor { ty, shape, .. } => {
                let [length] = shape[..] else {
                    return false;
                };
                let long_enough = match self.length {
                    Length::Open => length == -1,
                    Length::Exactly(expected) => length == expected || length == -1,
                    Length::Any => true,
                };
                *ty == self.element && long_enough
            }
            _ => false,
        }
    }

    fn describe(self, name: &str) -> String {
        let length = match self.length {
            Length::Open | Length::Any => "any length".to_owned(),
            Length::Exactly(length) => length.to_string(),
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
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, port)| port.describe(name))
        .collect();
    Err(Error::Contract {
        file: file.name().to_owned(),
        found: listed(side, found),
        expected: expected.join(", "),
    })
}

/// What a graph has on one side, for messages.
pub(crate) fn listed(side: &str, outlets: &[Outlet]) -> String {
    let each: Vec<_> = outlets
        .iter()
        .map(|outlet| describe(outlet.name(), outlet.dtype()))
        .collect();
    match each.as_slice() {
        [] => format!("no {side}"),
        each => format!("the {side} {}", each.join(", ")),
    }
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
