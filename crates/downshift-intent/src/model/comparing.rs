//! Hides where the vectors come from that texts are compared by: the model itself, an encoder in its place, or what was
//! kept of an earlier start.

use std::path::Path;

use super::Model;
use crate::Error;
use crate::encoder::Encoder;
use crate::remembered::Known;
use crate::runtime::Runtime;
use crate::source::{ENCODER, EncoderFiles, Source};
use crate::trained::{TrainedHead, Vectors};
use crate::vectors::unit;

impl Model {
    /// The text as a vector of length 1, so that the dot product of two is how alike they are; `None` if the
    /// text holds no words or the model gives no vectors.
    ///
    /// # Errors
    ///
    /// Those of [`Model::classify`], but for [`Error::Empty`].
    pub fn embed(&mut self, text: &str) -> Result<Option<Vec<f32>>, Error> {
        let known = self.remembered.as_ref().and_then(|all| all.get(text));
        if let Some(Known { token_ids, vector }) = known {
            self.token_ids.clone_from(token_ids);
            return Ok(vector.clone());
        }
        let vector = self.embed_anew(text)?;
        if let Some(remembered) = &mut self.remembered {
            let token_ids = self.token_ids.clone();
            let vector = vector.clone();
            remembered.add(text, Known { token_ids, vector });
        }
        Ok(vector)
    }

    fn embed_anew(&mut self, text: &str) -> Result<Option<Vec<f32>>, Error> {
        let read = match &mut self.encoder {
            Some(encoder) => encoder.read(text, &mut self.token_ids),
            None => self.read_by_own(text),
        };
        match read {
            Ok(_) => Ok(unit(self.vector())),
            Err(Error::Empty) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What texts are compared by, of the newest text; empty if the model gives no vectors.
    pub(super) fn vector(&self) -> &[f32] {
        match &self.encoder {
            Some(encoder) => encoder.vector(),
            None => self.own_vector(),
        }
    }

    /// The same of its own readers, whatever encoder there is.
    pub(super) fn own_vector(&self) -> &[f32] {
        match self.vectors {
            Vectors::First | Vectors::Encoder => &self.outputs.embedding,
            Vectors::Both => &self.both,
        }
    }

    /// Has its own readers read a text for the vector that texts are compared by; gives the floating-point operations spent.
    pub(super) fn read_by_own(&mut self, text: &str) -> Result<u64, Error> {
        let tokens = self.trace(text)?.token_ids.len();
        let first = self.shared.description.flops.of(tokens);
        Ok(first.saturating_add(self.read_again()?))
    }

    /// Has the second reader read the text of the newest ids too, if texts are compared by the vectors of both; gives the
    /// floating-point operations spent.
    pub(super) fn read_again(&mut self) -> Result<u64, Error> {
        let (Vectors::Both, Some(second)) = (self.vectors, &mut self.second) else {
            return Ok(0);
        };
        let spent = second.embed(&self.token_ids)?;
        self.both.clear();
        for vector in [&self.outputs.embedding, second.embedding()] {
            // One without direction says nothing, and the other stays in its place.
            match unit(vector) {
                Some(vector) => self.both.extend(vector),
                None => self.both.resize(self.both.len() + vector.len(), 0.0),
            }
        }
        Ok(spent)
    }

    /// From now on compares texts by the vectors of both its readers, if it has a second that gives vectors, and says
    /// whether it does: they tell more, and cost milliseconds each. To be said before it is taught or trained.
    pub fn compare_by_both(&mut self) -> bool {
        let second = self.second.as_ref();
        if second.is_some_and(|second| !second.embedding().is_empty()) {
            self.vectors = Vectors::Both;
        }
        self.compares_by_both()
    }

    /// Whether it compares texts by the vectors of both its readers, unless by an encoder's.
    pub fn compares_by_both(&self) -> bool {
        self.vectors == Vectors::Both
    }

    /// Whose vectors texts are compared by.
    pub(crate) fn vectors(&self) -> Vectors {
        match self.encoder {
            Some(_) => Vectors::Encoder,
            None => self.vectors,
        }
    }

    /// The encoder whose vectors stand in for its own, by the name of its directory.
    pub fn encoder(&self) -> Option<&str> {
        self.encoder.as_ref().map(Encoder::name)
    }

    /// The files of that encoder.
    pub(crate) fn encoder_files(&self) -> Option<EncoderFiles> {
        self.encoder.as_ref().map(Encoder::files)
    }
}

/// The encoder that is to be used, if any, and whether the head is told by it: the one that the head was trained over,
/// else the one that is asked for.
pub(super) fn encoder(
    runtime: &Runtime,
    source: &Source,
    trained: Option<&TrainedHead>,
) -> Result<(Option<Encoder>, bool), Error> {
    match (source.own_encoder(), &source.encoder, trained) {
        (Some(own), None, Some(trained)) => {
            let encoder = Encoder::load(runtime, &own)?;
            check_width(trained, &own.display().to_string(), encoder.vector().len())?;
            Ok((Some(encoder), true))
        }
        (Some(own), Some(asked), Some(_)) => Err(Error::Contract {
            file: own.display().to_string(),
            found: "the encoder that the model's head was trained over".to_owned(),
            expected: format!("no other beside it, such as {}", asked.display()),
        }),
        (None, _, Some(trained)) if trained.about.vectors == Vectors::Encoder => {
            let folder = source.model.as_deref().unwrap_or(Path::new(""));
            Err(Error::Contract {
                file: folder.display().to_string(),
                found: format!("no `{ENCODER}/`"),
                expected: "the encoder that its head was trained over".to_owned(),
            })
        }
        (_, Some(asked), _) => Ok((Some(Encoder::load(runtime, asked)?), false)),
        (_, None, _) => Ok((None, false)),
    }
}

/// Refuses vectors that the head knows nothing of.
pub(super) fn check_width(trained: &TrainedHead, file: &str, width: usize) -> Result<(), Error> {
    if trained.about.width == width {
        return Ok(());
    }
    Err(Error::Contract {
        file: file.to_owned(),
        found: format!("vectors of {width}"),
        expected: format!("{}, for its head", trained.about.width),
    })
}
