//! Whether asking a small model first can pay: where it cannot, the query goes up at once.
//!
//! Nothing is guessed here: an intent whose `calibration` does not say what to expect is always
//! tried. A rule's word, and a caller's, are not weighed.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_ledger::{Ledger, Money, Reason, Rung, Step};
use downshift_policy::{ExpectedConfig, Judging, SpecialistStep};
use downshift_wire::Usage;
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use super::RungFuture;
use crate::judge::{Calibration, Calibrations};
use crate::ladder::{Error, Planned, Reply};
use crate::router::Router;

/// The gain, P(llm right) − P(small right), above which hardly any reply would be released.
const MOST_GAIN: f64 = 0.6;
/// Tokens that a reply is taken for where the caller bounds it no lower.
const TYPICAL_REPLY: u64 = 256;
/// Tokens of a verifier's reply.
const VERDICT: u64 = 4;

/// Takes the specialist out of plans in which it cannot pay.
#[derive(Debug, Clone)]
pub struct Worth<S> {
    ledger: Arc<Ledger>,
    calibrations: Arc<Calibrations>,
    inner: S,
}

// === impl Worth ===

impl<S> Worth<S> {
    /// Weighs by what the router knows of prices and outcomes.
    pub fn layer(router: &Router) -> impl Layer<S, Service = Self> + Clone {
        let ledger = router.ledger.clone();
        let calibrations = router.calibrations.clone();
        layer_fn(move |inner| Self {
            ledger: ledger.clone(),
            calibrations: calibrations.clone(),
            inner,
        })
    }
}

impl<S> Service<Planned> for Worth<S>
where
    S: Service<Planned, Response = Reply, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Reply;
    type Error = Error;
    type Future = RungFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut planned: Planned) -> Self::Future {
        if let Some(why) = self.objection(&planned) {
            planned.plan.specialist = None;
            planned.query.tab.pass_on(Step {
                rung: Rung::Specialist,
                reason: Reason::NotWorthwhile,
                confidence: planned.plan.confidence,
                detail: Some(why),
                spent: None,
            });
        }
        Box::pin(self.inner.clone().oneshot(planned))
    }
}

impl<S> Worth<S> {
    /// Why the specialist that the intent names cannot pay here.
    fn objection(&self, planned: &Planned) -> Option<String> {
        let step = planned.plan.specialist.as_ref()?;
        let by_intent = step.threshold > 0.0;
        let intent = planned.plan.intent.as_ref().filter(|_| by_intent)?;
        let expected = self
            .calibrations
            .get(intent)
            .and_then(Calibration::expected)?;
        let accepted = expected.accepted;
        let dear = || too_dear(self.cost(planned, step)?, self.top(planned)?, accepted?);
        too_hard(expected).or_else(dear)
    }

    /// What the specialist and its judges would cost.
    fn cost(&self, planned: &Planned, step: &SpecialistStep) -> Option<Money> {
        let usage = usage(planned);
        let judging = step.judging.as_deref();
        let others = judging.into_iter().flat_map(|judging| &judging.agreement);
        let samples = judging.map_or(0, |judging: &Judging| judging.samples);
        let again = std::iter::repeat_n(&step.model, samples as usize);
        let asked = std::iter::once(&step.model).chain(others).chain(again);
        let replies = asked.map(|model| self.ledger.price(model, usage));
        let verdict = Usage {
            input: usage.input + usage.output,
            output: VERDICT,
            ..Usage::default()
        };
        let asked_last = judging.and_then(|judging| judging.verifier.as_ref());
        let last = asked_last.map(|model| self.ledger.price(model, verdict));
        Money::sum(replies.chain(last))
    }

    fn top(&self, planned: &Planned) -> Option<Money> {
        self.ledger
            .price(planned.plan.llm.as_ref()?, usage(planned))
    }
}

/// About what one reply takes.
fn usage(planned: &Planned) -> Usage {
    let bound = planned.query.ask.request.max_tokens;
    Usage {
        input: planned.query.subject.tokens,
        output: bound.map_or(TYPICAL_REPLY, |bound| bound.min(TYPICAL_REPLY)),
        ..Usage::default()
    }
}

/// Where the large model gains too much, judges would release hardly anything.
fn too_hard(expected: &ExpectedConfig) -> Option<String> {
    let (small, llm) = (expected.small?, expected.llm?);
    let gain = llm - small;
    (gain > expected.most_gain.unwrap_or(MOST_GAIN))
        .then(|| format!("right in {small:.2} of such queries, the llm in {llm:.2}"))
}

/// A try pays if it costs less than what it saves, times how often it saves that.
fn too_dear(cost: Money, saves: Money, accepted: f64) -> Option<String> {
    let usd = |money: Money| money.usd_string().parse::<f64>().ok();
    let pays = usd(cost)? < accepted * usd(saves)?;
    (!pays && cost > Money::ZERO)
        .then(|| format!("about {cost} to save {saves} in {accepted:.2} of such queries"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(small: f64, llm: f64, most_gain: Option<f64>) -> ExpectedConfig {
        ExpectedConfig {
            small: Some(small),
            llm: Some(llm),
            accepted: None,
            most_gain,
        }
    }

    #[test]
    fn a_model_that_is_hardly_ever_right_is_not_asked() {
        let told = too_hard(&expected(0.2, 0.9, None));
        assert_eq!(
            told.as_deref(),
            Some("right in 0.20 of such queries, the llm in 0.90")
        );
        assert_eq!(too_hard(&expected(0.5, 0.9, None)), None);
        assert!(too_hard(&expected(0.5, 0.9, Some(0.3))).is_some());
        assert_eq!(too_hard(&ExpectedConfig::default()), None);
    }

    #[track_caller]
    fn check(cost: &str, saves: &str, accepted: f64, pays: bool) {
        let money = |text| Money::from_usd(text).unwrap();
        let told = too_dear(money(cost), money(saves), accepted);
        assert_eq!(told.is_none(), pays, "{told:?}");
    }

    #[test]
    fn a_try_pays_if_it_costs_less_than_it_saves() {
        check("0.0001", "0.01", 0.5, true);
        check("0.006", "0.01", 0.5, false);
        check("0.006", "0.01", 0.7, true);
        check("0", "0", 0.5, true);
        check("0.0001", "0", 0.5, false);
    }
}
