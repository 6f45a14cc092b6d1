//! Hides the second reader: slower, unlike the first, and asked only for texts that the first is unsure of.
//!
//! The first adds up what tokens and neighbours mean, whatever their order; the second pays attention to the order too.
//! They err on different texts, so their log-probabilities are averaged, and the average is calibrated by itself on
//! texts that came this far. What is out of scope is the first reader's to say: it tells that better.

use std::sync::Arc;

use serde::Deserialize;

use crate::Error;
use crate::description::{Description, temperature_problem};
use crate::session::{Outputs, Session};
use crate::verdict::{Intents, likely};

/// What `model.json` says of the second reader, under `second`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct SecondAbout {
    /// It is asked where the first reader's likeliest intent has less than this.
    pub(crate) unsure_below: f32,
    /// The most tokens it is given; longer texts lose their middle.
    max_tokens: usize,
    /// What its logits are divided by before they are averaged with the first reader's.
    temperature: f32,
    /// What the average is divided by before the softmax.
    average_temperature: f32,
    flops: SecondFlops,
}

/// What one run costs: `per_pair` for each pair of tokens that attend to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct SecondFlops {
    per_token: u64,
    per_pair: u64,
    fixed: u64,
}

/// The second reader of one model; one call at a time.
pub(crate) struct Second {
    about: SecondAbout,
    session: Box<dyn Session>,
    /// What the newest text became. Kept for their room.
    token_ids: Vec<i64>,
    positions: Vec<i64>,
    outputs: Outputs,
}

// === impl SecondAbout ===

impl SecondAbout {
    /// What is wrong with the values, in the field's own words.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(self.unsure_below.is_finite() && (0.0..=1.0).contains(&self.unsure_below)) {
            return Err(format!(
                "`second.unsure_below` is {}, expected a probability",
                self.unsure_below
            ));
        }
        if self.max_tokens < 2 {
            return Err(format!(
                "`second.max_tokens` is {}, expected at least 2",
                self.max_tokens
            ));
        }
        temperature_problem("second.temperature", self.temperature)?;
        temperature_problem("second.average_temperature", self.average_temperature)
    }

    /// The most tokens it is given.
    pub(crate) fn max_tokens(&self) -> u64 {
        u64::try_from(self.max_tokens).unwrap_or(u64::MAX)
    }
}

// === impl SecondFlops ===

impl SecondFlops {
    /// Of a run over so many tokens.
    fn of(self, tokens: u64) -> u64 {
        self.per_pair
            .saturating_mul(tokens)
            .saturating_add(self.per_token)
            .saturating_mul(tokens)
            .saturating_add(self.fixed)
    }
}

// === impl Second ===

impl Second {
    /// Runs the session once on the largest ids there are, so that one which opens also works.
    pub(crate) fn open(
        about: SecondAbout,
        session: Box<dyn Session>,
        vocabulary: u32,
        labels: &[Arc<str>],
    ) -> Result<Self, Error> {
        let mut second = Self {
            about,
            session,
            token_ids: Vec::new(),
            positions: Vec::new(),
            outputs: Outputs::default(),
        };
        second.token_ids.extend([0, i64::from(vocabulary) - 1]);
        let last = i64::try_from(about.max_tokens).unwrap_or(i64::MAX) - 1;
        second.positions.extend([0, last]);
        let Self {
            session,
            token_ids,
            positions,
            outputs,
            ..
        } = &mut second;
        session.run(token_ids, positions, outputs)?;
        second.averaged(&vec![0.0; labels.len()], 1.0, labels)?;
        Ok(second)
    }

    /// Whether a text whose likeliest intent has so much is worth a second reading.
    pub(crate) fn is_worth_asking(&self, probability: f32) -> bool {
        probability < self.about.unsure_below
    }

    /// What both readers make of the text with these ids, of which the first made these logits: the intents, likeliest
    /// first, and the floating-point operations spent.
    pub(crate) fn verdict(
        &mut self,
        token_ids: &[u32],
        first: &[f32],
        description: &Description,
    ) -> Result<(Intents, u64), Error> {
        let tokens = self.read(token_ids)?;
        let temperature = description.calibration.temperature;
        let intents = self.averaged(first, temperature, &description.labels)?;
        Ok((intents, self.about.flops.of(tokens)))
    }

    /// Reads the text with these ids for its vector alone, to be had from [`Second::embedding`]; gives the floating-point
    /// operations spent.
    pub(crate) fn embed(&mut self, token_ids: &[u32]) -> Result<u64, Error> {
        let tokens = self.read(token_ids)?;
        Ok(self.about.flops.of(tokens))
    }

    /// The newest text as a vector; empty where the graph gives none.
    pub(crate) fn embedding(&self) -> &[f32] {
        &self.outputs.embedding
    }

    /// What it gives for the text with these ids, before calibration.
    pub(crate) fn logits(&mut self, token_ids: &[u32]) -> Result<&[f32], Error> {
        self.read(token_ids)?;
        Ok(&self.outputs.logits)
    }

    /// Runs the session on the two ends of the text; gives the number of tokens.
    fn read(&mut self, token_ids: &[u32]) -> Result<u64, Error> {
        let most = self.about.max_tokens;
        let (head, tail) = if token_ids.len() > most {
            let half = most / 2;
            (
                &token_ids[..half],
                &token_ids[token_ids.len() - (most - half)..],
            )
        } else {
            (token_ids, &[][..])
        };
        self.token_ids.clear();
        self.token_ids
            .extend(head.iter().chain(tail).copied().map(i64::from));
        self.positions.clear();
        self.positions.extend((0_i64..).take(self.token_ids.len()));
        self.session
            .run(&self.token_ids, &self.positions, &mut self.outputs)?;
        Ok(u64::try_from(self.token_ids.len()).unwrap_or(u64::MAX))
    }

    /// The intents by the average of both readers' log-probabilities; what these have in common falls out in the softmax.
    fn averaged(
        &self,
        first: &[f32],
        temperature: f32,
        labels: &[Arc<str>],
    ) -> Result<Intents, Error> {
        let second = &self.outputs.logits;
        if second.len() != first.len() {
            let problem = format!(
                "its second reader gave {} logits, its first {}",
                second.len(),
                first.len()
            );
            return Err(Error::Run { problem });
        }
        let average: Vec<_> = first
            .iter()
            .zip(second)
            .map(|(first, second)| (first / temperature).midpoint(second / self.about.temperature))
            .collect();
        likely(&average, labels, self.about.average_temperature)
    }
}

#[cfg(test)]
mod tests;
