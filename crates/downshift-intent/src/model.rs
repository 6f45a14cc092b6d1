//! Hides the way from text to verdict: tokens, bigrams, logits, probabilities.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::description::Description;
use crate::encoder::Encoder;
use crate::graph::Graph;
use crate::head::Head;
use crate::remembered::Remembered;
use crate::runtime::Runtime;
use crate::second::{Second, SecondAbout};
use crate::session::{BIGRAM_IDS, OnnxSession, Outputs, POSITION_IDS, Session, TOKEN_IDS};
use crate::source::{File, Files, Source};
use crate::tokens::Tokenizer;
use crate::trained::{TrainedHead, Vectors};
use crate::verdict::{Verdict, calibrate};
use crate::{Error, bigrams};

mod comparing;
mod learning;

/// A loaded model; one call at a time. [`Classifier`](crate::Classifier) has one per thread.
pub struct Model {
    shared: Arc<Shared>,
    session: Box<dyn Session>,
    /// Asked where the session is unsure.
    second: Option<Second>,
    /// Which of the two give the vectors that texts are compared by, unless an encoder does.
    vectors: Vectors,
    /// What both gave for the newest text, if both are asked.
    both: Vec<f32>,
    /// Gives the vectors that texts are compared by, in the session's place.
    encoder: Option<Encoder>,
    /// What it was taught besides.
    head: Option<Arc<Head>>,
    /// Texts that need not be embedded again while it is taught.
    remembered: Option<Remembered>,
    /// What the newest text became. Kept for their room.
    token_ids: Vec<u32>,
    inputs: Vec<i64>,
    bigram_ids: Vec<i64>,
    outputs: Outputs,
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
    /// The graph's file, for messages.
    file: String,
    tokenizer: Tokenizer,
    description: Description,
    /// Intents of a user's own, in place of the graph's.
    trained: Option<TrainedHead>,
    /// Whether those are told by the encoder's vectors.
    by_encoder: bool,
    open: Box<Open>,
    /// Makes one of the second reader, if the model has one.
    open_second: Option<Box<Open>>,
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
            head,
        } = Files::open(source)?;
        let description = Description::decode(&description)?;
        let names = tokenizer;
        let tokenizer = Tokenizer::decode(&names, description.max_tokens)?;
        let words = (
            TOKEN_IDS,
            u64::from(tokenizer.vocabulary()),
            format!("the ids of {}", names.name()),
        );
        let bigrams = (
            BIGRAM_IDS,
            u64::from(description.bigram_buckets),
            "`bigram_buckets`".to_owned(),
        );
        check_tables(&model, &[words.clone(), bigrams])?;
        let trained = head
            .map(|(about, numbers)| TrainedHead::decode(&about, &numbers))
            .transpose()?;
        let second = second(source, &description, trained.as_ref())?;
        if let Some((file, about)) = &second {
            let places = (
                POSITION_IDS,
                about.max_tokens(),
                "`second.max_tokens`".to_owned(),
            );
            check_tables(file, &[words, places])?;
        }

        let labels = description.labels.len();
        let open_second = second.map(|(file, _)| opener(runtime, file, POSITION_IDS, labels));
        let file = model.name().to_owned();
        let open = opener(runtime, model, BIGRAM_IDS, labels);
        let (encoder, by_encoder) = comparing::encoder(runtime, source, trained.as_ref())?;
        let shared = Shared {
            file,
            tokenizer,
            description,
            trained,
            by_encoder,
            open,
            open_second,
        };
        let model = Self::open(Arc::new(shared), encoder)?;
        tracing::info!(
            name = model.name(),
            version = model.version(),
            encoder = model.encoder(),
            labels,
            "classifier model loaded"
        );
        Ok(model)
    }

    /// One more session of the same model, sharing all but the weights.
    pub(crate) fn another(&self) -> Result<Self, Error> {
        let encoder = self.encoder.as_ref().map(Encoder::another).transpose()?;
        let mut another = Self::open(Arc::clone(&self.shared), encoder)?;
        another.head.clone_from(&self.head);
        another.vectors = self.vectors;
        Ok(another)
    }

    fn open(shared: Arc<Shared>, encoder: Option<Encoder>) -> Result<Self, Error> {
        let session = (shared.open)()?;
        let Description { second, labels, .. } = &shared.description;
        let second = match (&shared.open_second, second) {
            (Some(open), Some(about)) => {
                let vocabulary = shared.tokenizer.vocabulary();
                Some(Second::open(*about, open()?, vocabulary, labels)?)
            }
            _ => None,
        };
        let trained = shared.trained.as_ref();
        let mut model = Self {
            vectors: trained.map_or(Vectors::First, |trained| trained.about.vectors),
            both: Vec::new(),
            shared,
            session,
            second,
            encoder,
            head: None,
            remembered: None,
            token_ids: Vec::new(),
            inputs: Vec::new(),
            bigram_ids: Vec::new(),
            outputs: Outputs::default(),
        };
        model.try_out()?;
        Ok(model)
    }

    /// What the text is about.
    ///
    /// Takes microseconds for a chat message and a few milliseconds for a text of any length, which is judged by its
    /// two ends; a millisecond or a few more where the model is unsure and has a second reader.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] if the text holds no words; [`Error::Tokenise`], [`Error::Run`] or [`Error::NotFinite`] if the
    /// model fails, which none that loaded should.
    pub fn classify(&mut self, text: &str) -> Result<Verdict, Error> {
        let started = Instant::now();
        let mut verdict = match Arc::clone(&self.shared).trained.as_ref() {
            Some(trained) => self.by_head(trained, text)?,
            None => self.by_readers(text)?,
        };
        self.mix_taught(text, &mut verdict)?;
        verdict.seconds = started.elapsed().as_secs_f64();
        Ok(verdict)
    }

    /// What its readers make of a text.
    fn by_readers(&mut self, text: &str) -> Result<Verdict, Error> {
        let tokens = self.trace(text)?.token_ids.len();
        let description = &self.shared.description;
        let mut flops = description.flops.of(tokens);
        let (mut intents, out_of_scope) = calibrate(&self.outputs.logits, description)?;
        if let Some(second) = &mut self.second
            && intents
                .first()
                .is_some_and(|(_, top)| second.is_worth_asking(*top))
        {
            let spent;
            (intents, spent) =
                second.verdict(&self.token_ids, &self.outputs.logits, description)?;
            flops = flops.saturating_add(spent);
        }
        Ok(Verdict {
            intents,
            out_of_scope,
            tokens,
            flops,
            seconds: 0.0,
        })
    }

    /// What a head of a user's own makes of a text.
    fn by_head(&mut self, trained: &TrainedHead, text: &str) -> Result<Verdict, Error> {
        let spent = match &mut self.encoder {
            Some(encoder) if self.shared.by_encoder => encoder.read(text, &mut self.token_ids)?,
            _ => self.read_by_own(text)?,
        };
        let vector = if self.shared.by_encoder {
            self.vector()
        } else {
            self.own_vector()
        };
        let (intents, out_of_scope) = trained.verdict(text, vector)?;
        Ok(Verdict {
            intents,
            out_of_scope,
            tokens: self.token_ids.len(),
            flops: spent.saturating_add(trained.flops(text.len())),
            seconds: 0.0,
        })
    }

    /// Gives the intents that it was taught their share of a verdict.
    fn mix_taught(&mut self, text: &str, verdict: &mut Verdict) -> Result<(), Error> {
        let Some(head) = self.head.clone() else {
            return Ok(());
        };
        let spent = match &mut self.encoder {
            // What a head of a user's own was told by has been read for it.
            Some(_) if self.shared.by_encoder => 0,
            None if self.shared.trained.is_some() => 0,
            Some(encoder) => match encoder.read(text, &mut self.token_ids) {
                // What holds words for the one may hold none for the other.
                Err(Error::Empty) => return Ok(()),
                read => read?,
            },
            None => self.read_again()?,
        };
        let Verdict {
            intents,
            out_of_scope,
            flops,
            ..
        } = verdict;
        head.mix(text, self.vector(), intents, out_of_scope);
        *flops = flops
            .saturating_add(spent)
            .saturating_add(head.flops(text.len()));
        Ok(())
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
            .run(&self.inputs, &self.bigram_ids, &mut self.outputs)?;
        Ok(Trace {
            token_ids: &self.token_ids,
            bigram_ids: &self.bigram_ids,
            logits: &self.outputs.logits,
        })
    }

    /// The second reader's logits for `text`, before calibration; `None` if the model has no such reader, or a head of a
    /// user's own that does not know its vectors.
    ///
    /// # Errors
    ///
    /// Those of [`Model::classify`].
    pub fn trace_second(&mut self, text: &str) -> Result<Option<&[f32]>, Error> {
        self.trace(text)?;
        let second = self.second.as_mut();
        second
            .map(|second| second.logits(&self.token_ids))
            .transpose()
    }

    /// The intents it was made with: those of its head, if it has one of a user's own, else of its logits, in order.
    pub fn labels(&self) -> &[Arc<str>] {
        match &self.shared.trained {
            Some(trained) => &trained.about.labels,
            None => &self.shared.description.labels,
        }
    }

    /// Its own intents, then those it was taught besides.
    pub fn intents(&self) -> Vec<Arc<str>> {
        let own = self.labels();
        let taught = self.head.iter().flat_map(|head| head.intents());
        let added = taught.filter(|intent| !own.contains(intent));
        own.iter().chain(added).cloned().collect()
    }

    /// The model's name, as its `model.json` has it.
    pub fn name(&self) -> &str {
        match &self.shared.trained {
            Some(trained) => &trained.about.name,
            None => &self.shared.description.name,
        }
    }

    /// The model's version, as its `model.json` has it.
    pub fn version(&self) -> &str {
        match &self.shared.trained {
            Some(trained) => &trained.about.version,
            None => &self.shared.description.version,
        }
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
            .run(&token_ids, &bigram_ids, &mut self.outputs)?;
        if self.vectors == Vectors::Both {
            self.token_ids.clear();
            self.token_ids.push(0);
            self.read_again()?;
        }
        match &self.shared.trained {
            Some(_) if self.shared.by_encoder => Ok(()),
            Some(trained) => {
                let width = self.own_vector().len();
                comparing::check_width(trained, &self.shared.file, width)
            }
            None => calibrate(&self.outputs.logits, &self.shared.description).map(|_| ()),
        }
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

/// The second reader's graph, and what is known of it, if it is to be asked. A head of a user's own stands in for the logits
/// of both readers, but may know the vectors of both.
fn second(
    source: &Source,
    description: &Description,
    trained: Option<&TrainedHead>,
) -> Result<Option<(File, SecondAbout)>, Error> {
    let vectors = trained.map(|trained| trained.about.vectors);
    match description.second {
        Some(about) if matches!(vectors, None | Some(Vectors::Both)) => {
            Ok(Files::second(source)?.map(|file| (file, about)))
        }
        _ => Ok(None),
    }
}

/// Makes sessions of one graph, whose second input has this name.
fn opener(runtime: &Runtime, file: File, input: &'static str, labels: usize) -> Box<Open> {
    let runtime = runtime.clone();
    Box::new(move || {
        let session = OnnxSession::open(&runtime, &file, input, labels)?;
        Ok(Box::new(session) as Box<dyn Session>)
    })
}

/// Refuses a graph whose tables have fewer rows than there are ids to look up in them: per input how many, and whose.
fn check_tables(model: &File, needs: &[(&str, u64, String)]) -> Result<(), Error> {
    let graph = Graph::of(model)?;
    let mut needs = needs.iter();
    needs.try_for_each(|(input, needed, whose)| graph.check_rows(model, input, *needed, whose))
}

#[cfg(test)]
pub(crate) mod tests;
