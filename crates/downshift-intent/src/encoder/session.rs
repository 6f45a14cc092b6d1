//! Hides what the inputs and outputs of exported encoders are called, and which of them count.

use std::borrow::Cow;
use std::path::Path;

use ort::session::Session as OrtSession;
use ort::value::{Outlet, TensorElementType, TensorRef, ValueType};

use crate::Error;
use crate::encoder::about::{About, Pooling};
use crate::runtime::{Backend, Runtime};
use crate::session::{builder, listed};

/// Ids of tokens, int64, a row per text.
pub(crate) const INPUT_IDS: &str = "input_ids";
/// 1 for each token of the text. One text is run at a time, so all are.
const ATTENTION_MASK: &str = "attention_mask";
/// Which of two sentences a token is of: 0, there is but one.
const TOKEN_TYPE_IDS: &str = "token_type_ids";

/// The output of a graph that does all that modules.json says.
const SENTENCE_EMBEDDING: &str = "sentence_embedding";

/// A graph's output that is of use, in order of preference.
const OUTPUTS: [(&str, usize); 4] = [
    // A vector of the whole text, pooled by the graph itself.
    (SENTENCE_EMBEDDING, 2),
    // A vector per token.
    ("last_hidden_state", 3),
    ("token_embeddings", 3),
    // BERT's own idea of a vector of the whole text.
    ("pooler_output", 2),
];

/// A session of an encoder.
pub(crate) struct EncoderSession {
    session: OrtSession,
    /// Inputs besides the ids, and what each is filled with.
    others: Vec<(&'static str, i64)>,
    output: &'static str,
    /// How the vectors of tokens become one; empty where the graph gives one.
    pooling: Vec<Pooling>,
    /// What the other inputs were filled with. Kept for its room.
    filled: Vec<Vec<i64>>,
}

impl EncoderSession {
    /// Reads the graph and holds its inputs and outputs against those known here.
    pub(crate) fn open(runtime: &Runtime, path: &Path, about: &About) -> Result<Self, Error> {
        let file = path.display().to_string();
        let session = builder(runtime)
            .and_then(|mut builder| builder.commit_from_file(path))
            .map_err(|problem| Error::Graph {
                file: file.clone(),
                problem: said(runtime, &problem.to_string()),
            })?;
        let others = others(session.inputs()).ok_or_else(|| Error::Contract {
            file: file.clone(),
            found: listed("inputs", session.inputs()),
            expected: format!(
                "`{INPUT_IDS}` and of `{ATTENTION_MASK}` and `{TOKEN_TYPE_IDS}` those it needs, each i64 [any length, any length]"
            ),
        })?;
        let (output, rank) = output(session.outputs()).ok_or_else(|| Error::Contract {
            file: file.clone(),
            found: listed("outputs", session.outputs()),
            expected: "one of `sentence_embedding`, `last_hidden_state`, `token_embeddings`, `pooler_output`, of f32"
                .to_owned(),
        })?;
        let pooled = rank == 2;
        // What the graph pools by itself has gone through all steps; BERT's own vector has not.
        if let Some(stranger) = &about.stranger
            && output != SENTENCE_EMBEDDING
        {
            return Err(Error::Contract {
                file,
                found: format!("`{output}`, to go through `{stranger}` of modules.json"),
                expected:
                    "Transformer, Pooling and Normalize there, or an output `sentence_embedding`"
                        .to_owned(),
            });
        }
        Ok(Self {
            filled: vec![Vec::new(); others.len()],
            session,
            others,
            output,
            pooling: if pooled {
                Vec::new()
            } else {
                about.pooling.clone()
            },
        })
    }

    /// Runs the graph on the ids of one text, and puts its vector in place of what `vector` held.
    pub(crate) fn run(&mut self, ids: &[i64], vector: &mut Vec<f32>) -> Result<(), Error> {
        let fail = |problem: ort::Error| Error::Run {
            problem: problem.to_string(),
        };
        let shape = [1, ids.len()];
        let given = TensorRef::from_array_view((shape, ids)).map_err(fail)?;
        let mut inputs = ort::inputs![INPUT_IDS => given];
        for ((name, value), filled) in self.others.iter().zip(&mut self.filled) {
            filled.clear();
            filled.resize(ids.len(), *value);
            let given = TensorRef::from_array_view((shape, &**filled)).map_err(fail)?;
            inputs.push((Cow::Borrowed(*name), given.into()));
        }
        let outputs = self.session.run(inputs).map_err(fail)?;
        let output = outputs.get(self.output).ok_or_else(|| Error::Run {
            problem: format!("it gave no `{}`", self.output),
        })?;
        let (shape, values) = output.try_extract_tensor::<f32>().map_err(fail)?;
        vector.clear();
        if self.pooling.is_empty() {
            vector.extend_from_slice(values);
            return Ok(());
        }
        let width = shape.last().copied().unwrap_or(0);
        let width = usize::try_from(width).unwrap_or(0);
        for way in &self.pooling {
            way.pool(values, width, vector);
        }
        Ok(())
    }
}

/// What there is to fill besides the ids; `None` if an input is not known, or not as it should be.
fn others(inputs: &[Outlet]) -> Option<Vec<(&'static str, i64)>> {
    let mut others = Vec::new();
    let mut ids = false;
    for input in inputs {
        let ValueType::Tensor { ty, shape, .. } = input.dtype() else {
            return None;
        };
        if *ty != TensorElementType::Int64 || shape.len() != 2 || shape[1] >= 0 || shape[0] > 1 {
            return None;
        }
        match input.name() {
            INPUT_IDS => ids = true,
            ATTENTION_MASK => others.push((ATTENTION_MASK, 1)),
            TOKEN_TYPE_IDS => others.push((TOKEN_TYPE_IDS, 0)),
            _ => return None,
        }
    }
    ids.then_some(others)
}

/// The best of the outputs, and the number of its dimensions.
fn output(outputs: &[Outlet]) -> Option<(&'static str, usize)> {
    OUTPUTS.into_iter().find(|(name, rank)| {
        outputs.iter().any(|output| {
            let fits = match output.dtype() {
                ValueType::Tensor { ty, shape, .. } => {
                    *ty == TensorElementType::Float32 && shape.len() == *rank
                }
                _ => false,
            };
            output.name() == *name && fits
        })
    })
}

/// What the backend said of a graph, and where else it may run.
pub(crate) fn said(runtime: &Runtime, problem: &str) -> String {
    match runtime.backend() {
        Backend::Tract { .. } => format!(
            "{problem}; tract, the backend that is compiled in, does not run every graph, ONNX Runtime does: \
             docs/intents.md says how it is had"
        ),
        Backend::OnnxRuntime { .. } => problem.to_owned(),
    }
}
