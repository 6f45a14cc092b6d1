//! The written form of an entry: one flat object, one name per column. Names are never changed,
//! only added to.

use std::sync::Arc;

use downshift_wire::Usage;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AttemptEntry, AttemptOutcome, BaselineMethod, Costs, Entry, Outcome};
use crate::energy::{CarbonRange, EnergyMethod, EnergyRange};
use crate::judgement::{Judgement, ShadowEntry};
use crate::model::CostUnknown;
use crate::money::Money;
use crate::rung::Rung;
use crate::trace::Sent;
use crate::trail::Trail;

/// [`Entry`] as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    id: String,
    started: Timestamp,
    #[serde(default)]
    trace_id: Option<Arc<str>>,
    #[serde(default)]
    span_id: Option<Arc<str>>,
    #[serde(default)]
    key: Option<Arc<str>>,
    requested_model: String,
    stream: bool,
    rung: Option<Rung>,
    intent: Option<Arc<str>>,
    confidence: Option<f32>,
    model: Option<Arc<str>>,
    outcome: Outcome,
    prompt_tokens_estimate: Option<u64>,
    #[serde(flatten)]
    usage: UsageRow,
    tokens_estimated: bool,
    cost_usd: Option<Money>,
    known_cost_usd: Money,
    unknown_costs: u64,
    baseline_usd: Option<Money>,
    saving_usd: Option<Money>,
    baseline_method: Option<BaselineMethod>,
    flops: Option<f64>,
    baseline_flops: Option<f64>,
    energy_min_joules: Option<f64>,
    energy_max_joules: Option<f64>,
    baseline_energy_min_joules: Option<f64>,
    baseline_energy_max_joules: Option<f64>,
    #[serde(default)]
    co2e_min_grams: Option<f64>,
    #[serde(default)]
    co2e_max_grams: Option<f64>,
    #[serde(default)]
    baseline_co2e_min_grams: Option<f64>,
    #[serde(default)]
    baseline_co2e_max_grams: Option<f64>,
    energy_method: EnergyMethod,
    own_seconds: f64,
    classify_seconds: f64,
    own_flops: u64,
    own_energy_min_joules: f64,
    own_energy_max_joules: f64,
    seconds: f64,
    upstream_seconds: f64,
    first_token_seconds: Option<f64>,
    trail: Trail,
    attempts: Vec<AttemptEntry>,
    #[serde(default)]
    judged: Vec<Judgement>,
    #[serde(default)]
    shadow: Option<Box<ShadowEntry>>,
}

/// [`AttemptEntry`] as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AttemptRow {
    rung: Rung,
    model: Arc<str>,
    #[serde(default)]
    judging: bool,
    outcome: AttemptOutcome,
    #[serde(flatten)]
    usage: UsageRow,
    cost_usd: Option<Money>,
    cost_unknown: Option<CostUnknown>,
    flops: Option<f64>,
    energy_min_joules: Option<f64>,
    energy_max_joules: Option<f64>,
    #[serde(default)]
    co2e_min_grams: Option<f64>,
    #[serde(default)]
    co2e_max_grams: Option<f64>,
    #[serde(default)]
    machine_seconds: Option<f64>,
    seconds: f64,
    first_token_seconds: Option<f64>,
    #[serde(default)]
    after_seconds: f64,
    #[serde(default)]
    server: Option<Arc<str>>,
    #[serde(default)]
    response_model: Option<Arc<str>>,
    #[serde(default)]
    finish_reason: Option<Arc<str>>,
    #[serde(default)]
    span_id: Option<Arc<str>>,
}

/// The tokens of a request or of a call, as they are written.
#[derive(Debug, Serialize, Deserialize)]
struct UsageRow {
    input_tokens: Option<u64>,
    cached_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
    #[serde(default)]
    cache_write_tokens: Option<u64>,
    #[serde(default)]
    cache_write_1h_tokens: Option<u64>,
    #[serde(default)]
    input_images: Option<u64>,
    #[serde(default)]
    audio_input_tokens: Option<u64>,
    #[serde(default)]
    image_input_tokens: Option<u64>,
    #[serde(default)]
    audio_output_tokens: Option<u64>,
}

/// [`Costs`] as they are written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CostsRow {
    cost_usd: Option<Money>,
    baseline_usd: Option<Money>,
    saving_usd: Option<Money>,
    baseline_method: Option<BaselineMethod>,
    flops: Option<f64>,
    energy_min_joules: Option<f64>,
    energy_max_joules: Option<f64>,
    energy_method: EnergyMethod,
}

impl From<Entry> for Row {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            started: entry.started,
            trace_id: entry.trace_id,
            span_id: entry.span_id,
            key: entry.key,
            requested_model: entry.requested_model,
            stream: entry.stream,
            rung: entry.rung,
            intent: entry.intent,
            confidence: entry.confidence,
            model: entry.model,
            outcome: entry.outcome,
            prompt_tokens_estimate: entry.prompt_tokens_estimate,
            usage: entry.usage.into(),
            tokens_estimated: entry.usage_estimated,
            cost_usd: entry.cost,
            known_cost_usd: entry.known_cost,
            unknown_costs: entry.unknown_costs,
            baseline_usd: entry.baseline,
            saving_usd: entry.saving,
            baseline_method: entry.baseline_method,
            flops: entry.flops,
            baseline_flops: entry.baseline_flops,
            energy_min_joules: entry.energy.map(|energy| energy.min_joules),
            energy_max_joules: entry.energy.map(|energy| energy.max_joules),
            baseline_energy_min_joules: entry.baseline_energy.map(|energy| energy.min_joules),
            baseline_energy_max_joules: entry.baseline_energy.map(|energy| energy.max_joules),
            co2e_min_grams: entry.co2e.map(|co2e| co2e.min_grams),
            co2e_max_grams: entry.co2e.map(|co2e| co2e.max_grams),
            baseline_co2e_min_grams: entry.baseline_co2e.map(|co2e| co2e.min_grams),
            baseline_co2e_max_grams: entry.baseline_co2e.map(|co2e| co2e.max_grams),
            energy_method: entry.energy_method,
            own_seconds: entry.own_seconds,
            classify_seconds: entry.classify_seconds,
            own_flops: entry.own_flops,
            own_energy_min_joules: entry.own_energy.min_joules,
            own_energy_max_joules: entry.own_energy.max_joules,
            seconds: entry.seconds,
            upstream_seconds: entry.upstream_seconds,
            first_token_seconds: entry.first_token_seconds,
            trail: entry.trail,
            attempts: entry.attempts,
            judged: entry.judged,
            shadow: entry.shadow,
        }
    }
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        let own = range(
            Some(row.own_energy_min_joules),
            Some(row.own_energy_max_joules),
        );
        Self {
            usage: row.usage.into(),
            energy: range(row.energy_min_joules, row.energy_max_joules),
            co2e: carbon(row.co2e_min_grams, row.co2e_max_grams),
            baseline_co2e: carbon(row.baseline_co2e_min_grams, row.baseline_co2e_max_grams),
            baseline_energy: range(
                row.baseline_energy_min_joules,
                row.baseline_energy_max_joules,
            ),
            own_energy: own.unwrap_or_default(),
            id: row.id,
            started: row.started,
            trace_id: row.trace_id,
            span_id: row.span_id,
            key: row.key,
            requested_model: row.requested_model,
            stream: row.stream,
            rung: row.rung,
            intent: row.intent,
            confidence: row.confidence,
            model: row.model,
            outcome: row.outcome,
            prompt_tokens_estimate: row.prompt_tokens_estimate,
            usage_estimated: row.tokens_estimated,
            cost: row.cost_usd,
            known_cost: row.known_cost_usd,
            unknown_costs: row.unknown_costs,
            baseline: row.baseline_usd,
            saving: row.saving_usd,
            baseline_method: row.baseline_method,
            flops: row.flops,
            baseline_flops: row.baseline_flops,
            energy_method: row.energy_method,
            own_seconds: row.own_seconds,
            classify_seconds: row.classify_seconds,
            own_flops: row.own_flops,
            seconds: row.seconds,
            upstream_seconds: row.upstream_seconds,
            first_token_seconds: row.first_token_seconds,
            trail: row.trail,
            attempts: row.attempts,
            judged: row.judged,
            shadow: row.shadow,
        }
    }
}

impl From<AttemptEntry> for AttemptRow {
    fn from(attempt: AttemptEntry) -> Self {
        Self {
            rung: attempt.rung,
            model: attempt.model,
            judging: attempt.judging,
            outcome: attempt.outcome,
            usage: attempt.usage.into(),
            cost_usd: attempt.cost,
            cost_unknown: attempt.cost_unknown,
            flops: attempt.flops,
            energy_min_joules: attempt.energy.map(|energy| energy.min_joules),
            energy_max_joules: attempt.energy.map(|energy| energy.max_joules),
            co2e_min_grams: attempt.co2e.map(|co2e| co2e.min_grams),
            co2e_max_grams: attempt.co2e.map(|co2e| co2e.max_grams),
            machine_seconds: attempt.machine_seconds,
            seconds: attempt.seconds,
            first_token_seconds: attempt.first_token_seconds,
            after_seconds: attempt.sent.after_seconds,
            server: attempt.sent.server,
            response_model: attempt.sent.response_model,
            finish_reason: attempt.sent.finish_reason,
            span_id: attempt.sent.span_id,
        }
    }
}

impl From<AttemptRow> for AttemptEntry {
    fn from(row: AttemptRow) -> Self {
        Self {
            usage: row.usage.into(),
            energy: range(row.energy_min_joules, row.energy_max_joules),
            co2e: carbon(row.co2e_min_grams, row.co2e_max_grams),
            machine_seconds: row.machine_seconds,
            rung: row.rung,
            model: row.model,
            judging: row.judging,
            outcome: row.outcome,
            cost: row.cost_usd,
            cost_unknown: row.cost_unknown,
            flops: row.flops,
            seconds: row.seconds,
            first_token_seconds: row.first_token_seconds,
            sent: Sent {
                after_seconds: row.after_seconds,
                server: row.server,
                response_model: row.response_model,
                finish_reason: row.finish_reason,
                span_id: row.span_id,
            },
        }
    }
}

impl From<Option<Usage>> for UsageRow {
    fn from(usage: Option<Usage>) -> Self {
        Self {
            input_tokens: usage.map(|usage| usage.input),
            cached_input_tokens: usage.map(|usage| usage.cached_input),
            output_tokens: usage.map(|usage| usage.output),
            reasoning_tokens: usage.map(|usage| usage.reasoning),
            cache_write_tokens: usage.map(|usage| usage.cache_write),
            cache_write_1h_tokens: usage.map(|usage| usage.cache_write_1h),
            input_images: usage.map(|usage| usage.images),
            audio_input_tokens: usage.map(|usage| usage.audio_input),
            image_input_tokens: usage.map(|usage| usage.image_input),
            audio_output_tokens: usage.map(|usage| usage.audio_output),
        }
    }
}

impl From<UsageRow> for Option<Usage> {
    fn from(row: UsageRow) -> Self {
        Some(Usage {
            input: row.input_tokens?,
            cached_input: row.cached_input_tokens?,
            output: row.output_tokens?,
            reasoning: row.reasoning_tokens?,
            // What older rows have not.
            cache_write: row.cache_write_tokens.unwrap_or_default(),
            cache_write_1h: row.cache_write_1h_tokens.unwrap_or_default(),
            images: row.input_images.unwrap_or_default(),
            audio_input: row.audio_input_tokens.unwrap_or_default(),
            image_input: row.image_input_tokens.unwrap_or_default(),
            audio_output: row.audio_output_tokens.unwrap_or_default(),
        })
    }
}

impl From<Costs> for CostsRow {
    fn from(costs: Costs) -> Self {
        Self {
            cost_usd: costs.cost,
            baseline_usd: costs.baseline,
            saving_usd: costs.saving,
            baseline_method: costs.baseline_method,
            flops: costs.flops,
            energy_min_joules: costs.energy.map(|energy| energy.min_joules),
            energy_max_joules: costs.energy.map(|energy| energy.max_joules),
            energy_method: costs.energy_method,
        }
    }
}

impl From<CostsRow> for Costs {
    fn from(row: CostsRow) -> Self {
        Self {
            cost: row.cost_usd,
            baseline: row.baseline_usd,
            saving: row.saving_usd,
            baseline_method: row.baseline_method,
            flops: row.flops,
            energy: range(row.energy_min_joules, row.energy_max_joules),
            energy_method: row.energy_method,
        }
    }
}

fn range(min: Option<f64>, max: Option<f64>) -> Option<EnergyRange> {
    Some(EnergyRange {
        min_joules: min?,
        max_joules: max?,
    })
}

fn carbon(min: Option<f64>, max: Option<f64>) -> Option<CarbonRange> {
    Some(CarbonRange {
        min_grams: min?,
        max_grams: max?,
    })
}
