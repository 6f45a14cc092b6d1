//! The `x-downshift-*` headers, and which of a caller's headers go upstream.

use downshift_ledger::{Costs, Rung, Trail};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The request's id.
pub const ID: HeaderName = HeaderName::from_static("x-downshift-id");
/// On a request: the rung the caller insists on. On a reply: the rung that replied.
pub const RUNG: HeaderName = HeaderName::from_static("x-downshift-rung");
/// The intent the request was given.
pub const INTENT: HeaderName = HeaderName::from_static("x-downshift-intent");
/// How sure the classifier was, 0 to 1.
pub const CONFIDENCE: HeaderName = HeaderName::from_static("x-downshift-confidence");
/// The model that replied.
pub const MODEL: HeaderName = HeaderName::from_static("x-downshift-model");
/// Why each rung that did not reply passed on: `answer:not_understood, specialist:unreachable`.
pub const ESCALATED: HeaderName = HeaderName::from_static("x-downshift-escalated");
/// What the request cost, in USD.
pub const COST: HeaderName = HeaderName::from_static("x-downshift-cost-usd");
/// What it would have cost at the top rung, in USD.
pub const BASELINE: HeaderName = HeaderName::from_static("x-downshift-baseline-usd");
/// An estimate of the energy it took, in joules: `min-max`.
pub const ENERGY: HeaderName = HeaderName::from_static("x-downshift-energy-joules");
/// Floating-point operations.
pub const FLOPS: HeaderName = HeaderName::from_static("x-downshift-flops");
/// On a request: the conversation it belongs to; it stays on its model.
pub const SESSION: HeaderName = HeaderName::from_static("x-downshift-session");
/// On a request: the caller's IANA time zone.
pub const TIMEZONE: HeaderName = HeaderName::from_static("x-downshift-timezone");

/// The caller's headers that mean something to an OpenAI-compatible upstream.
/// All others stay here: keys and cookies above all.
const FORWARDED: &[&str] = &[
    "openai-organization",
    "openai-project",
    "openai-beta",
    "anthropic-version",
    "anthropic-beta",
    "traceparent",
    "tracestate",
];

/// The rung of that name.
pub fn rung(name: &str) -> Option<Rung> {
    Rung::ALL.into_iter().find(|rung| rung.label() == name)
}

/// The part of a caller's headers that goes upstream.
pub fn forwarded(headers: &HeaderMap) -> HeaderMap {
    let named = FORWARDED.iter().copied().map(HeaderName::from_static);
    let kept = named.flat_map(|name| {
        headers
            .get_all(&name)
            .iter()
            .map(move |value| (name.clone(), value.clone()))
    });
    kept.collect()
}

/// Sets a header whose value is text; text that no header can hold is left out.
pub fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// What can be said of a request before its cost is known.
pub fn set_route(headers: &mut HeaderMap, route: &Route<'_>) {
    if let Some(rung) = route.rung {
        set(headers, RUNG, rung);
    }
    if let Some(intent) = route.intent {
        set(headers, INTENT, intent);
    }
    if let Some(confidence) = route.confidence {
        set(headers, CONFIDENCE, &format!("{confidence:.4}"));
    }
    if let Some(model) = route.model {
        set(headers, MODEL, model);
    }
    if !route.trail.is_empty() {
        set(headers, ESCALATED, &route.trail.summary());
    }
}

/// Who replied, and why not somebody cheaper.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// The rung.
    pub rung: Option<&'a str>,
    /// The intent.
    pub intent: Option<&'a str>,
    /// The classifier's confidence.
    pub confidence: Option<f32>,
    /// The model.
    pub model: Option<&'a str>,
    /// Why others passed on.
    pub trail: &'a Trail,
}

/// What a whole reply cost; what is unknown is not said.
pub fn set_costs(headers: &mut HeaderMap, costs: &Costs) {
    if let Some(cost) = &costs.cost {
        set(headers, COST, &cost.usd_string());
    }
    if let Some(baseline) = &costs.baseline {
        set(headers, BASELINE, &baseline.usd_string());
    }
    if let Some(energy) = &costs.energy {
        set(headers, ENERGY, &energy.to_string());
    }
    if let Some(flops) = costs.flops {
        set(headers, FLOPS, &format!("{flops:.0}"));
    }
}
