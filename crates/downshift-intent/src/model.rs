//! Hides the way from text to verdict: tokens, bigrams, logits, probabilities.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::description::Description;
use crate::graph::Graph;
use crate::runtime::Runtime;
use crate::session::{BIGRAM_IDS, OnnxSession, Session, TOKEN_IDS};
use crate::source::{File, Files, Source};
use crate::tokens::Tokenizer;
use crate::verdict::{Verdict, calibrate};
use crate::{Error, bigrams};

/// A loaded model; one call at a time. [`Classifier`](crate::Classifier) has one per thread.
pub struct Model {
    shared: Arc<Shared>,
    session: Box<dyn Session>,
    /// What the newest text became. Kept for their room.
    token_ids: Vec<u32>,
    inputs: Vec<i64>,
    bigram_ids: Vec<i64>,
    logits: Vec<f32>,
}

/// What a model was given and gave for one text, before calibration: for evaluation, and to hold one
/// implementation against another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trace<'a> {
    /// `WordPiece` ids, without special tokens, at most the model's maximum.
    pub token_ids: &'a [u32],
    /// Hashed bigrams of the ids, one more than those.
    pub bigram_ids: &'a [i64],
    /// One per label, in the order of [`Model::labels`].
    pub logits: &'a [f32],
}

/// What every session of one model has in common.
struct Shared {
    tokenizer: Tokenizer,
    description: Description,
    open: Box<Open>,
}

/// Makes one more session.
type Open = dyn Fn() -> Result<Box<dyn Session>, Error> + Send + Sync;

// === impl Model ===

impl Model {
    /// Loads a model and runs it once, so that one which loads also works.
    ///
    /// # Errors
    ///
    /// Each names the file at fault, what it holds and what is accepted: [`Error::Unreadable`],
    /// [`Error::Description`], [`Error::Tokenizer`], [`Error::Graph`] and [`Error::Contract`].
    pub fn load(runtime: &Runtime, source: &Source) -> Result<Self, Error> {
        let Files {
            model,
            tokenizer,
            description,
        } = Files::open(source)?;
        let description = Description::decode(&description)?;
        let names = tokenizer;
        let tokenizer = Tokenizer::decode(&names, description.max_tokens)?;
        check_tables(&model, &names, &tokenizer, &description)?;

        let runtime = runtime.clone();
        let labels = description.labels.len();
        let open = move || {
            let session = OnnxSession::open(&runtime, &model, labels)?;
            Ok(Box::new(session) as Box<dyn Session>)
        };
        let model = Self::open(Arc::new(Shared {
            tokenizer,
            description,
            open: Box::new(open),
        }))?;
        tracing::info!(
            name = model.name(),
            version = model.version(),
            labels,
            "classifier model loaded"
        );
        Ok(model)
    }

    /// One more session of the same model, sharing all but the weights.
    pub(crate) fn another(&self) -> Result<Self, Error> {
        Self::open(Arc::clone(&self.shared))
    }

    fn open(shared: Arc<Shared>) -> Result<Self, Error> {
        let session = (shared.open)()?;
        let mut model = Self {
            shared,
            session,
            token_ids: Vec::new(),
            inputs: Vec::new(),
            bigram_ids: Vec::new(),
            logits: Vec::new(),
        };
        model.try_out()?;
        Ok(model)
    }

    /// What the text is about.
    ///
    /// Takes microseconds for a chat message and a few milliseconds for a text of any length, which is judged by its
    /// two ends.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] if the text holds no words; [`Error::Tokenise`], [`Error::Run`] or [`Error::NotFinite`] if the
    /// model fails, which none that loaded should.
    pub fn classify(&mut self, text: &str) -> Result<Verdict, Error> {
        let started = Instant::now();
        let tokens = self.trace(text)?.token_ids.len();
        let description = &self.shared.description;
        let (intents, out_of_scope) = calibrate(&self.logits, description)?;
        let flops = description.flops.of(tokens);
        Ok(Verdict {
            intents,
            out_of_scope,
            tokens,
            flops,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// What the model is given and gives for `text`, before calibration.
    ///
    /// # Errors
    ///
    /// Those of [`Model::classify`].
    pub fn trace(&mut self, text: &str) -> Result<Trace<'_>, Error> {
        let Shared {
            tokenizer,
            description,
            ..
        } = &*self.shared;
        tokenizer.encode(text, &mut self.token_ids)?;
        if self.token_ids.is_empty() {
            return Err(Error::Empty);
        }
        bigrams::hash(
            &self.token_ids,
            description.bigram_buckets,
            &mut self.bigram_ids,
        );
        self.inputs.clear();
        self.inputs
            .extend(self.token_ids.iter().copied().map(i64::from));
        self.session
            .run(&self.inputs, &self.bigram_ids, &mut self.logits)?;
        Ok(Trace {
            token_ids: &self.token_ids,
            bigram_ids: &self.bigram_ids,
            logits: &self.logits,
        })
    }

    /// The intents it knows, in the order of its logits.
    pub fn labels(&self) -> &[Arc<str>] {
        &self.shared.description.labels
    }

    /// The model's name, as its `model.json` has it.
    pub fn name(&self) -> &str {
        &self.shared.description.name
    }

    /// The model's version, as its `model.json` has it.
    pub fn version(&self) -> &str {
        &self.shared.description.version
    }

    /// Runs the session on the largest ids there are.
    fn try_out(&mut self) -> Result<(), Error> {
        let Shared {
            tokenizer,
            description,
            ..
        } = &*self.shared;
        let token_ids = [0, i64::from(tokenizer.vocabulary()) - 1];
        let bigram_ids = [0, i64::from(description.bigram_buckets) - 1, 0];
        self.session
            .run(&token_ids, &bigram_ids, &mut self.logits)?;
        calibrate(&self.logits, description).map(|_| ())
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("name", &self.name())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// Refuses a model whose tables have fewer rows than there are ids to look up in them.
fn check_tables(
    model: &File,
    names: &File,
    tokenizer: &Tokenizer,
    description: &Description,
) -> Result<(), Error> {
    let file = || model.name().to_owned();
    let graph = Graph::decode(model.bytes()).map_err(|problem| Error::Graph {
        file: file(),
        problem: problem.to_owned(),
    })?;
    let needs = [
        (
            TOKEN_IDS,
            u64::from(tokenizer.vocabulary()),
            format!("the ids of {}", names.name()),
        ),
        (
            BIGRAM_IDS,
            u64::from(description.bigram_buckets),
            "`bigram_buckets`".to_owned(),
        ),
    ];
    for (input, needed, whose) in needs {
        if let Some(rows) = graph.rows(input)
            && rows < needed
        {
            return Err(Error::Contract {
                file: file(),
                found: format!("{rows} rows for `{input}`"),
                expected: format!("at least {needed}, for {whose}"),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
