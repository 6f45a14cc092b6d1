//! Turns what was booked into an entry: the one place where figures are worked out.

use std::time::{Duration, Instant};

use downshift_wire::Usage;

use super::tab::{State, Try};
use super::{Book, Closing, Opening};
use crate::energy::{CarbonRange, EnergyMethod, EnergyRange, Range};
use crate::entry::{AttemptEntry, AttemptOutcome, BaselineMethod, Entry, Outcome};
use crate::model::{CostUnknown, ModelCost};
use crate::money::Money;
use crate::price::Occupancy;
use crate::reason::Reason;
use crate::rung::Rung;
use crate::trace::Sent;
use crate::trail::{Spent, Trail};

/// What the top model alone would have taken.
#[derive(Debug, Default)]
struct Baseline {
    method: Option<BaselineMethod>,
    cost: Option<Money>,
    flops: Option<f64>,
    energy: Option<EnergyRange>,
    co2e: Option<CarbonRange>,
}

impl Baseline {
    /// What was saved against it.
    fn saving(&self, cost: Option<Money>) -> Option<Money> {
        let (baseline, cost) = self.cost.zip(cost)?;
        baseline.checked_sub(cost)
    }
}

/// What one call took.
struct Figures {
    cost: Result<Money, CostUnknown>,
    flops: Option<f64>,
    energy: Option<EnergyRange>,
    co2e: Option<CarbonRange>,
}

/// The router's own share.
struct Own {
    seconds: f64,
    classify_seconds: f64,
    flops: u64,
    energy: EnergyRange,
    co2e: Option<CarbonRange>,
}

/// The entry of a request that ends now.
pub(super) fn entry(book: &Book, opening: &Opening, state: &State, closing: &Closing) -> Entry {
    let now = Instant::now();
    let serving = serving(&state.attempts, closing);
    let attempts = attempts(book, opening, state, (serving, closing, now));
    let served = serving.and_then(|index| attempts.get(index));
    let first_token = serving.and_then(|index| state.attempts.get(index)?.first_token);
    let estimated = closing.rung == Some(Rung::Answer);
    let usage = if estimated {
        closing.usage
    } else {
        served.and_then(|attempt| attempt.usage)
    };
    let seconds = now.saturating_duration_since(opening.arrived);
    let upstream = upstream_time(&state.attempts, opening.arrived, now);
    let own = own(book, state, seconds.saturating_sub(upstream).as_secs_f64());
    let (said, trace) = (state.classified.as_ref(), state.trace.as_ref());
    let cost = Money::sum(attempts.iter().map(|attempt| attempt.cost));
    let (known_cost, unknown_costs) = known_cost(&attempts);
    let (flops, energy, co2e) = work(&attempts, &own);
    let baseline = baseline(book, closing, &state.trail, usage, served);
    Entry {
        id: opening.id.clone(),
        started: opening.started,
        trace_id: trace.and_then(|trace| trace.trace_id.clone()),
        span_id: trace.and_then(|trace| trace.span_id.clone()),
        key: state.key.clone(),
        requested_model: opening.requested_model.clone(),
        stream: opening.stream,
        rung: closing.rung,
        intent: closing.intent.clone().or_else(|| said?.intent.clone()),
        confidence: said.and_then(|said| said.confidence),
        model: closing.model.clone(),
        outcome: closing.outcome,
        prompt_tokens_estimate: state.prompt_tokens,
        usage,
        usage_estimated: estimated && usage.is_some(),
        cost,
        known_cost,
        unknown_costs,
        baseline: baseline.cost,
        saving: baseline.saving(cost),
        baseline_method: baseline.method,
        flops,
        baseline_flops: baseline.flops,
        energy,
        baseline_energy: baseline.energy,
        co2e,
        baseline_co2e: baseline.co2e,
        energy_method: EnergyMethod::FlopsUtilisation,
        own_seconds: own.seconds,
        classify_seconds: own.classify_seconds,
        own_flops: own.flops,
        own_energy: own.energy,
        seconds: seconds.as_secs_f64(),
        upstream_seconds: upstream.as_secs_f64(),
        first_token_seconds: first_token.map(|first| seconds_between(opening.arrived, first)),
        trail: state.trail.clone(),
        attempts,
        judged: state.judged.clone(),
        shadow: None,
    }
}

fn seconds_between(start: Instant, end: Instant) -> f64 {
    end.saturating_duration_since(start).as_secs_f64()
}

/// FLOPs, energy and greenhouse gases of all tries and of the router.
fn work(
    attempts: &[AttemptEntry],
    own: &Own,
) -> (Option<f64>, Option<EnergyRange>, Option<CarbonRange>) {
    let flops = attempts
        .iter()
        .try_fold(own.flops as f64, |sum, attempt| Some(sum + attempt.flops?));
    let energy = attempts.iter().map(|attempt| attempt.energy);
    let energy = EnergyRange::sum(energy.chain([Some(own.energy)]));
    let co2e = attempts.iter().map(|attempt| attempt.co2e);
    (flops, energy, CarbonRange::sum(co2e.chain([own.co2e])))
}

/// What is known of the tries' cost, and of how many it is not. An amount too large to add is as
/// unknown as one that nobody said.
fn known_cost(attempts: &[AttemptEntry]) -> (Money, u64) {
    let costs = attempts.iter().map(|attempt| attempt.cost);
    costs.fold((Money::ZERO, 0), |(sum, unknown), cost| {
        match cost.and_then(|cost| sum.checked_add(cost)) {
            Some(sum) => (sum, unknown),
            None => (sum, unknown + 1),
        }
    })
}

/// The router's share. Its processor computed at least while it classified, and at most all the
/// time in which no upstream did.
fn own(book: &Book, state: &State, seconds: f64) -> Own {
    let said = state.classified.as_ref();
    let classify_seconds = said.map_or(0.0, |said| plausible(said.seconds));
    let busy = Range {
        min: classify_seconds,
        max: seconds.max(classify_seconds),
    };
    let energy = EnergyRange::of_cpu_seconds(busy);
    Own {
        seconds,
        classify_seconds,
        flops: said.map_or(0, |said| said.flops),
        energy,
        co2e: book.grid.map(|grid| grid.of(energy)),
    }
}

/// What an attempt has cost, for the trail.
pub(super) fn spent(book: &Book, attempt: &Try) -> Spent {
    let outcome = attempt.ended.map(|(outcome, _)| outcome);
    let end = attempt.ended.map_or(attempt.started, |(_, end)| end);
    let usage = counted(attempt, attempt.usage, outcome);
    let occupancy = occupancy(attempt, outcome, end);
    let figures = figures(book.model(&attempt.model), usage.as_ref(), occupancy);
    Spent {
        cost: figures.cost.ok(),
        flops: figures.flops,
        energy: figures.energy,
        seconds: seconds_between(attempt.started, end),
    }
}

/// The attempt whose reply the caller got: the last good one of the rung that replied, else the last that began to
/// reply (of two at once, one never does), else the last.
fn serving(attempts: &[Try], closing: &Closing) -> Option<usize> {
    let rung = closing.rung.filter(|rung| *rung != Rung::Answer)?;
    let of_rung = |attempt: &Try| attempt.rung == rung && !attempt.judging;
    let is_good = |attempt: &Try| {
        attempt
            .ended
            .is_some_and(|(outcome, _)| outcome == AttemptOutcome::Ok)
    };
    let good = attempts
        .iter()
        .rposition(|attempt| of_rung(attempt) && is_good(attempt));
    let begun = |attempt: &Try| {
        let named = closing
            .model
            .as_ref()
            .is_none_or(|model| *model == attempt.model);
        of_rung(attempt) && named && attempt.first_token.is_some()
    };
    good.or_else(|| attempts.iter().rposition(begun))
        .or_else(|| attempts.iter().rposition(of_rung))
}

/// All attempts, closed. Those still open are abandoned, but for the one whose reply the caller
/// got whole.
fn attempts(
    book: &Book,
    opening: &Opening,
    state: &State,
    (serving, closing, now): (Option<usize>, &Closing, Instant),
) -> Vec<AttemptEntry> {
    let closed = state.attempts.iter().enumerate().map(|(index, attempt)| {
        let served = serving == Some(index);
        let open = if served && closing.outcome == Outcome::Ok {
            AttemptOutcome::Ok
        } else {
            AttemptOutcome::Abandoned
        };
        let (outcome, end) = attempt.ended.unwrap_or((open, now));
        let reported = attempt.usage.or(if served { closing.usage } else { None });
        let usage = counted(attempt, reported, Some(outcome));
        let occupancy = occupancy(attempt, Some(outcome), now);
        let figures = figures(book.model(&attempt.model), usage.as_ref(), occupancy);
        let since = |instant: Instant| seconds_between(attempt.started, instant);
        AttemptEntry {
            rung: attempt.rung,
            model: attempt.model.clone(),
            judging: attempt.judging,
            outcome,
            usage,
            cost: figures.cost.ok(),
            cost_unknown: figures.cost.err(),
            flops: figures.flops,
            energy: figures.energy,
            co2e: figures.co2e,
            machine_seconds: occupancy.map(|occupancy| occupancy.share.as_secs_f64()),
            seconds: since(end),
            first_token_seconds: attempt.first_token.map(since),
            sent: Sent {
                after_seconds: seconds_between(opening.arrived, attempt.started),
                ..attempt.sent.clone()
            },
        }
    });
    closed.collect()
}

/// The tokens of a call: what was reported, with the images that were sent, and none where none can
/// have been computed.
fn counted(
    attempt: &Try,
    reported: Option<Usage>,
    outcome: Option<AttemptOutcome>,
) -> Option<Usage> {
    let free = outcome.is_some_and(AttemptOutcome::is_free);
    let reported = reported.map(|usage| Usage {
        images: attempt.images,
        ..usage
    });
    reported.or(free.then(Usage::default))
}

/// What a call took of a machine that is paid by the hour; nothing, where none was at work for it.
fn occupancy(attempt: &Try, outcome: Option<AttemptOutcome>, now: Instant) -> Option<Occupancy> {
    let free = outcome.is_some_and(AttemptOutcome::is_free);
    let so_far = || attempt.stay.as_ref().map(|stay| stay.so_far(now));
    attempt.occupancy.or_else(so_far).filter(|_| !free)
}

fn figures(
    model: Option<&ModelCost>,
    usage: Option<&Usage>,
    occupancy: Option<Occupancy>,
) -> Figures {
    let unknown;
    let model = if let Some(model) = model {
        model
    } else {
        unknown = ModelCost::named("");
        &unknown
    };
    let flops = usage.and_then(|usage| model.flops(usage));
    let energy = flops.and_then(|flops| model.energy(flops));
    Figures {
        cost: model.cost(usage, occupancy),
        flops: flops.map(crate::model::Flops::total),
        energy,
        co2e: energy.and_then(|energy| model.co2e(energy)),
    }
}

/// The counterfactual: no router, every request to the top model. Without a whole reply there is
/// nothing to compare with.
fn baseline(
    book: &Book,
    closing: &Closing,
    trail: &Trail,
    usage: Option<Usage>,
    served: Option<&AttemptEntry>,
) -> Baseline {
    let (Outcome::Ok, Some(rung)) = (closing.outcome, closing.rung) else {
        return Baseline::default();
    };
    let named = trail
        .steps()
        .iter()
        .any(|step| step.reason == Reason::RequestedModel);
    if rung == Rung::Llm || (named && rung == Rung::Specialist) {
        return Baseline {
            method: Some(BaselineMethod::OwnCost),
            cost: served.and_then(|attempt| attempt.cost),
            flops: served.and_then(|attempt| attempt.flops),
            energy: served.and_then(|attempt| attempt.energy),
            co2e: served.and_then(|attempt| attempt.co2e),
        };
    }
    let uncached = usage.map(|usage| Usage {
        cached_input: 0,
        cache_write: 0,
        cache_write_1h: 0,
        ..usage
    });
    let figures = figures(Some(&book.baseline), uncached.as_ref(), None);
    let method = if rung == Rung::Answer {
        BaselineMethod::EstimatedTokens
    } else {
        BaselineMethod::SameTokens
    };
    Baseline {
        method: Some(method),
        cost: figures.cost.ok(),
        flops: figures.flops,
        energy: figures.energy,
        co2e: figures.co2e,
    }
}

/// The time in which at least one attempt was open; attempts may overlap.
fn upstream_time(attempts: &[Try], arrived: Instant, now: Instant) -> Duration {
    let mut spans: Vec<(Instant, Instant)> = attempts
        .iter()
        .map(|attempt| {
            (
                attempt.started.max(arrived),
                attempt.ended.map_or(now, |(_, end)| end).min(now),
            )
        })
        .collect();
    spans.sort_unstable();
    let mut covered = arrived;
    let mut total = Duration::ZERO;
    for (start, end) in spans {
        total += end.saturating_duration_since(start.max(covered));
        covered = covered.max(end);
    }
    total
}

/// A duration that came from outside; none, if it is none or longer than any request.
fn plausible(seconds: f64) -> f64 {
    if (0.0..=1e6).contains(&seconds) {
        seconds
    } else {
        0.0
    }
}
