//! Hides how a model is taught intents by examples.

use std::path::Path;
use std::sync::Arc;

use super::Model;
use crate::Error;
use crate::encoder::Encoder;
use crate::examples::{Examples, FEW, Place, Reading, background};
use crate::head::{Head, Taught, Utterance};
use crate::lesson::Lesson;
use crate::names::Names;
use crate::reader::Truth;
use crate::remembered::{Known, Maker, PROBES, Remembered};
use crate::session::EMBEDDING;

impl Model {
    /// Teaches it intents by examples, in place of those it was taught before: some milliseconds for each hundred
    /// examples. An intent that the model knows already becomes easier to meet; others are added to its verdicts.
    ///
    /// # Errors
    ///
    /// [`Error::Examples`] with all that is wrong with them; [`Error::Contract`] if the model gives no vectors to
    /// compare texts by.
    pub fn learn(&mut self, examples: &Examples) -> Result<(), Error> {
        if let Some(lesson) = self.begin(examples, None)? {
            lesson.learn();
        }
        Ok(())
    }

    /// The first part of [`Model::learn`], after which intents go by the middle of their examples; and the lesson that
    /// is left, unless `cache` holds what it would come to.
    pub(crate) fn begin(
        &mut self,
        examples: &Examples,
        cache: Option<&Path>,
    ) -> Result<Option<Lesson>, Error> {
        self.head = None;
        let Some(head) = self.remembering(examples, cache)? else {
            return Ok(None);
        };
        let head = Arc::new(head);
        self.head = Some(Arc::clone(&head));
        Ok(Lesson::new(head, cache).recalled())
    }

    /// The same head as [`Model::middles`], with what was kept of the examples in the folder `cache`.
    fn remembering(
        &mut self,
        examples: &Examples,
        cache: Option<&Path>,
    ) -> Result<Option<Head>, Error> {
        let Some(folder) = cache.filter(|_| !examples.is_empty()) else {
            return self.middles(examples);
        };
        let mut probes = Vec::with_capacity(PROBES.len());
        for text in PROBES {
            let vector = self.embed(text)?;
            let token_ids = self.token_ids.clone();
            probes.push(Known { token_ids, vector });
        }
        let tokenizer = self.encoder.as_ref().map(Encoder::tokenizer);
        let tokenizer = tokenizer.unwrap_or(&self.shared.tokenizer).mark();
        let maker = Maker { tokenizer, probes };
        self.remembered = Some(Remembered::recall(folder, &maker, examples));
        let head = self.middles(examples);
        if let Some(remembered) = self.remembered.take()
            && let Err(error) = remembered.keep(folder, &maker, examples)
        {
            tracing::debug!(folder = %folder.display(), %error, "vectors of examples could not be kept");
        }
        head
    }

    /// A head that goes by the middle of each intent's examples; `None` without examples.
    fn middles(&mut self, examples: &Examples) -> Result<Option<Head>, Error> {
        if examples.is_empty() {
            return Ok(None);
        }
        if self.encoder.is_none() && self.outputs.embedding.is_empty() {
            return Err(Error::Contract {
                file: self.shared.file.clone(),
                found: format!("no output `{EMBEDDING}`"),
                expected: "one, to learn intents from `examples`".to_owned(),
            });
        }
        let taught = self.read(examples)?;
        let mut everything_else = Vec::new();
        for text in background() {
            let vector = self.embed(text)?;
            everything_else.extend(vector.map(|vector| Utterance {
                text: text.to_owned(),
                vector,
            }));
        }
        let names = self.names(&taught)?;
        Ok(Some(Head::new(taught, everything_else, names)))
    }

    /// The intents' names, where they speak; the first class is all else.
    fn names(&mut self, taught: &[Taught]) -> Result<Names, Error> {
        let labels: Vec<_> = taught
            .iter()
            .map(|taught| Arc::clone(&taught.intent))
            .collect();
        let samples = taught.iter().enumerate().flat_map(|(at, taught)| {
            let examples = taught.examples.iter();
            examples.map(move |example| example.sample(Truth::Is(at), 1.0))
        });
        let names = Names::of(self, &labels, &samples.collect::<Vec<_>>())?;
        Ok(names.after(1))
    }

    /// Every intent with the vectors of its examples, or all that is wrong with them.
    fn read(&mut self, examples: &Examples) -> Result<Vec<Taught>, Error> {
        let mut reading = Reading::default();
        let mut read = Vec::with_capacity(examples.len());
        for (intent, of) in examples {
            if !reading.admits(intent, false, &of.examples) {
                read.push(Vec::new());
                continue;
            }
            let utterances = self.utterances(&mut reading, (intent, false), &of.examples)?;
            match utterances.len() {
                0 => reading.none_left(intent),
                few if few < FEW => {
                    tracing::warn!(%intent, examples = few, "few examples: this intent will be met by chance");
                }
                _ => {}
            }
            read.push(utterances);
        }
        let mut taught = Vec::with_capacity(examples.len());
        for ((intent, of), utterances) in examples.iter().zip(read) {
            let counter = if reading.admits(intent, true, &of.counter_examples) {
                self.utterances(&mut reading, (intent, true), &of.counter_examples)?
            } else {
                Vec::new()
            };
            taught.push(Taught::new(intent.as_str().into(), utterances, counter));
        }
        if reading.problems.is_empty() {
            Ok(taught)
        } else {
            Err(Error::Examples(reading.problems))
        }
    }

    /// Those of some examples that hold words, once each.
    fn utterances(
        &mut self,
        reading: &mut Reading,
        (intent, counter): (&str, bool),
        examples: &[String],
    ) -> Result<Vec<Utterance>, Error> {
        let mut utterances = Vec::with_capacity(examples.len());
        for (index, text) in examples.iter().enumerate() {
            let place = Place {
                intent,
                counter,
                index,
            };
            if reading.fits(place, text)
                && let Some(vector) = self.embed(text)?
                && reading.is_new(place, text, &self.token_ids)
            {
                utterances.push(Utterance {
                    text: text.clone(),
                    vector,
                });
            }
        }
        Ok(utterances)
    }
}
