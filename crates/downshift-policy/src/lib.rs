//! `intents:` and `rules:` of router.yaml, compiled: facts in, a plan out.
//!
//! [`Policy::compile`] takes the written policy and a [`Catalogue`] of the names
//! that exist, and gives a running [`Policy`] or every [`Problem`] at once.
//! [`Policy::decide`] is total and pure: for any [`Facts`] it says in a [`Plan`]
//! which rungs may try, with which thresholds, and why the others may not.
//!
//! ```
//! use std::collections::BTreeMap;
//! use downshift_policy::{Catalogue, Facts, ModelFacts, Policy, PolicyConfig};
//!
//! let models = [ModelFacts::text("frontier")];
//! let catalogue = Catalogue { intents: &[], answerers: &[], models: &models };
//! let config = PolicyConfig {
//!     llm: "frontier".to_owned(),
//!     route: vec!["auto".to_owned()],
//!     intents: BTreeMap::new(),
//!     rules: Vec::new(),
//! };
//! let policy = Policy::compile(&config, &catalogue).expect("nothing in it is unknown");
//! let plan = policy.decide(&Facts { routed: true, ..Facts::default() });
//! assert_eq!(plan.llm.as_deref(), Some("frontier"));
//! ```
//!
//! The order of precedence, highest first: a rung the caller forces, a model the
//! caller names, the first rule that matches, the intents. Above all of them
//! stands what no one may override: an answer is never computed for a request
//! whose form a computed answer cannot honour (see [`Facts::answerable`]).

mod catalogue;
mod comparison;
mod compile;
mod condition;
mod config;
mod decide;
mod facts;
mod glob;
mod judging;
mod plan;
mod policy;
mod problem;
mod spelling;

pub use self::catalogue::{Catalogue, ModelFacts};
pub use self::condition::{LANGUAGES, WhenConfig};
pub use self::config::{
    AgreementConfig, AgreementMapConfig, AnswerConfig, CHECKS, CalibrationConfig, CalibrationFile,
    ChecksConfig, CloseConfig, ExpectedConfig, FittedConfig, FittedJudgeConfig, GetConfig,
    IntentConfig, JUDGES, JudgeConfig, KeyConfig, LogprobsConfig, Mode, PolicyConfig, RuleConfig,
    StreamConfig,
};
pub use self::facts::{Facts, Rung};
pub use self::judging::{Judging, Logprobs};
pub use self::plan::{AnswerStep, Candidate, Plan, Skip, SpecialistStep, Why};
pub use self::policy::{GET, Policy};
pub use self::problem::Problem;
pub use self::spelling::nearest;
