//! One closed entry: everything that is kept of a request. Never its prompt or its reply.

mod row;

use std::fmt;
use std::sync::Arc;

use downshift_wire::Usage;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::energy::{CarbonRange, EnergyMethod, EnergyRange};
use crate::judgement::{Judgement, ShadowEntry};
use crate::model::CostUnknown;
use crate::money::Money;
use crate::rung::Rung;
use crate::trace::Sent;
use crate::trail::Trail;

/// What one request came to. `None` is unknown, never nothing.
///
/// Serialises to one flat JSON object with stable names, fit for a row of a table; `trail` and
/// `attempts` are arrays of flat objects. Money is a decimal string.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "row::Row", into = "row::Row")]
pub struct Entry {
    /// The request's id.
    pub id: String,
    /// When it arrived.
    pub started: Timestamp,
    /// The trace it belongs to, 32 hexadecimal digits, where the caller or the policy traces.
    pub trace_id: Option<Arc<str>>,
    /// Its own span in that trace, 16 hexadecimal digits, where spans are kept.
    pub span_id: Option<Arc<str>>,
    /// Who called, by the name the operator gave the key; `None` where no keys are asked for.
    pub key: Option<Arc<str>>,
    /// The model the caller named.
    pub requested_model: String,
    /// Whether the caller asked for a stream.
    pub stream: bool,
    /// The rung that replied, or failed to.
    pub rung: Option<Rung>,
    /// The intent the request was given.
    pub intent: Option<Arc<str>>,
    /// How sure the classifier was of its verdict, 0 to 1.
    pub confidence: Option<f32>,
    /// The model that replied; `downshift/<answerer>` on the first rung.
    pub model: Option<Arc<str>>,
    /// How it ended.
    pub outcome: Outcome,
    /// Input tokens by rule of thumb, as routing saw them.
    pub prompt_tokens_estimate: Option<u64>,
    /// Tokens of the reply that the caller got. Those of abandoned tries stand in `attempts`.
    pub usage: Option<Usage>,
    /// Whether `usage` is a rule of thumb: no model was called that could have counted.
    pub usage_estimated: bool,
    /// Money that went to upstreams, for all tries together.
    pub cost: Option<Money>,
    /// The sum over those tries whose cost is known: what counters count. The same as `cost` where
    /// that is known.
    pub known_cost: Money,
    /// Tries whose cost is unknown.
    pub unknown_costs: u64,
    /// What the top model alone would have cost.
    pub baseline: Option<Money>,
    /// `baseline` less `cost`; negative when tries were abandoned on the way to the top.
    pub saving: Option<Money>,
    /// How `baseline` was arrived at; `None` when there was no reply to compare with.
    pub baseline_method: Option<BaselineMethod>,
    /// FLOPs of all tries and of the classifier.
    pub flops: Option<f64>,
    /// FLOPs the top model alone would have taken.
    pub baseline_flops: Option<f64>,
    /// Energy of all tries and of the router itself, estimated.
    pub energy: Option<EnergyRange>,
    /// Energy the top model alone would have taken, estimated.
    pub baseline_energy: Option<EnergyRange>,
    /// Greenhouse gases of `energy`, where all its grids are known.
    pub co2e: Option<CarbonRange>,
    /// Those of `baseline_energy`.
    pub baseline_co2e: Option<CarbonRange>,
    /// How the energies were arrived at.
    pub energy_method: EnergyMethod,
    /// Seconds in which no upstream was at work: the router's own time.
    pub own_seconds: f64,
    /// Seconds of `own_seconds` in which the classifier computed.
    pub classify_seconds: f64,
    /// FLOPs of the classifier.
    pub own_flops: u64,
    /// The router's share of `energy`.
    pub own_energy: EnergyRange,
    /// Seconds from arrival to the end of the reply.
    pub seconds: f64,
    /// Seconds in which at least one upstream was at work.
    pub upstream_seconds: f64,
    /// Seconds from arrival to the first token of the model that replied.
    pub first_token_seconds: Option<f64>,
    /// Why each rung that did not reply passed on.
    pub trail: Trail,
    /// Every call to an upstream, in the order they were made.
    pub attempts: Vec<AttemptEntry>,
    /// What judges said of each specialist's reply.
    pub judged: Vec<Judgement>,
    /// What the ladder would have done, where the LLM replied in its place.
    pub shadow: Option<Box<ShadowEntry>>,
}

/// One call to an upstream, closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "row::AttemptRow", into = "row::AttemptRow")]
pub struct AttemptEntry {
    /// The rung that called.
    pub rung: Rung,
    /// The model that was called, by its name in the policy.
    pub model: Arc<str>,
    /// Whether it was called to judge another's reply; its own reply went to nobody.
    pub judging: bool,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Its tokens, as the upstream counted them.
    pub usage: Option<Usage>,
    /// What it cost.
    pub cost: Option<Money>,
    /// Why `cost` is unknown.
    pub cost_unknown: Option<CostUnknown>,
    /// Its FLOPs.
    pub flops: Option<f64>,
    /// Its energy, estimated.
    pub energy: Option<EnergyRange>,
    /// Greenhouse gases of `energy`, where its grid is known.
    pub co2e: Option<CarbonRange>,
    /// Its part of the machine's busy time, where the machine is paid by the hour.
    pub machine_seconds: Option<f64>,
    /// Seconds from the call to its end.
    pub seconds: f64,
    /// Seconds from the call to its first token.
    pub first_token_seconds: Option<f64>,
    /// How it went out, and who took it.
    pub sent: Sent,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The caller got a whole reply.
    Ok,
    /// The caller's request was at fault.
    ClientError,
    /// The upstream answered with an error, or broke off.
    UpstreamError,
    /// No model could be reached, or none is configured.
    Unavailable,
    /// The router declined: a limit, a budget, a policy.
    Refused,
    /// The caller went away.
    Abandoned,
    /// The router itself failed.
    Internal,
}

/// How a call to an upstream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// A whole reply came.
    Ok,
    /// The upstream never got the request: not configured, not reachable. Costs nothing.
    NotSent,
    /// The upstream answered with an error status. No provider charges tokens for that.
    Rejected,
    /// The upstream got the request, and no whole reply came: timeout, cut, nonsense. What it
    /// charges is unknown unless it said.
    Failed,
    /// Nobody waited for the end. What it charges is unknown unless the upstream said.
    Abandoned,
}

/// How a baseline was arrived at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselineMethod {
    /// The top model replied, or the caller had named the model: the reply's own cost.
    OwnCost,
    /// The same tokens at the top model's prices, none of them cached.
    SameTokens,
    /// Estimated tokens at the top model's prices, none of them cached.
    EstimatedTokens,
}

/// The figures of a request that go into headers and usage chunks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "row::CostsRow", into = "row::CostsRow")]
pub struct Costs {
    /// Money that went to upstreams.
    pub cost: Option<Money>,
    /// What the top model alone would have cost.
    pub baseline: Option<Money>,
    /// `baseline` less `cost`.
    pub saving: Option<Money>,
    /// How `baseline` was arrived at.
    pub baseline_method: Option<BaselineMethod>,
    /// FLOPs.
    pub flops: Option<f64>,
    /// Energy, estimated.
    pub energy: Option<EnergyRange>,
    /// How `energy` was arrived at.
    pub energy_method: EnergyMethod,
}

// === impl Entry ===

impl Entry {
    /// The figures that go into headers and usage chunks.
    pub fn costs(&self) -> Costs {
        Costs {
            cost: self.cost,
            baseline: self.baseline,
            saving: self.saving,
            baseline_method: self.baseline_method,
            flops: self.flops,
            energy: self.energy,
            energy_method: self.energy_method,
        }
    }
}

// === impl Outcome ===

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 7] = [
        Self::Ok,
        Self::ClientError,
        Self::UpstreamError,
        Self::Unavailable,
        Self::Refused,
        Self::Abandoned,
        Self::Internal,
    ];

    /// Its name in rows and metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ClientError => "client_error",
            Self::UpstreamError => "upstream_error",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

// === impl AttemptOutcome ===

impl AttemptOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Ok,
        Self::NotSent,
        Self::Rejected,
        Self::Failed,
        Self::Abandoned,
    ];

    /// Its name in rows and metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
        }
    }

    /// Whether it is certain that no token was computed.
    pub(crate) const fn is_free(self) -> bool {
        matches!(self, Self::NotSent | Self::Rejected)
    }
}

// === impl BaselineMethod ===

impl BaselineMethod {
    /// Its name in rows.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OwnCost => "own_cost",
            Self::SameTokens => "same_tokens",
            Self::EstimatedTokens => "estimated_tokens",
        }
    }
}

#[cfg(test)]
mod tests;
