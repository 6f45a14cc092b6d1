//! router.yaml as written: the sum of what every part lets an operator set.
//!
//! This is the one place that reads the environment. [`Loaded`] is a file that
//! parsed, with the text kept, so that a problem found later (an unknown model,
//! a missing table) can still be shown at its line and column.

mod base_url;
mod classifier;
pub(crate) mod parameters;
pub mod prices;
pub(crate) mod rates;
mod secret;
pub mod store;
pub mod yaml;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use downshift_ledger::{GridIntensity, HardwareConfig, PriceConfig};
use downshift_policy::{IntentConfig, Mode, RuleConfig};
use downshift_upstream::{Api, BreakerConfig, HedgeConfig, HoldBack};
use downshift_upstream::{RetriesConfig, TimeoutsConfig};
use serde::{Deserialize, Deserializer, de};

pub use self::base_url::BaseUrls;
pub use self::classifier::ClassifierConfig;
pub use self::secret::SecretConfig;
pub use self::store::StoreConfig;
pub use self::yaml::Problem;
use crate::duration::Seconds;
use crate::log::LogConfig;
use crate::rungs::shadow::ShadowConfig;
use crate::sticky::StickyConfig;
use crate::telemetry::config::TelemetryConfig;

/// The policy that is compiled into the binary: a copy of the shipped router.yaml.
const SHIPPED_POLICY: &str = include_str!("../../../router.yaml");

/// Lookup tables that are compiled in, under the path by which router.yaml names them.
const SHIPPED_TABLES: &[(&str, &str)] = &[
    (
        "config/countries.csv",
        include_str!("../../../config/countries.csv"),
    ),
    (
        "config/elements.csv",
        include_str!("../../../config/elements.csv"),
    ),
    (
        "config/http-status.csv",
        include_str!("../../../config/http-status.csv"),
    ),
    (
        "config/mime-types.csv",
        include_str!("../../../config/mime-types.csv"),
    ),
    (
        "config/ports.csv",
        include_str!("../../../config/ports.csv"),
    ),
];

/// router.yaml, as its operator writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where clients connect.
    #[serde(default = "default_listen", deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Where operators connect: metrics, health, explain. Never the public port.
    #[serde(default = "default_admin", deserialize_with = "address")]
    pub admin: SocketAddr,
    /// Every model that may be asked, by the name the policy uses for it.
    pub models: BTreeMap<String, ModelConfig>,
    /// The top rung, and the baseline that savings are measured against.
    pub llm: String,
    /// Which requested model names are routed; globs allowed.
    #[serde(default = "default_route")]
    pub route: Vec<String>,
    /// For every model that does not say otherwise.
    #[serde(default)]
    pub timeouts: TimeoutsConfig,
    /// For every model that does not say otherwise.
    #[serde(default)]
    pub hold_back: Option<HoldBack>,
    /// For every model that does not say otherwise.
    #[serde(default)]
    pub retries: RetriesConfig,
    /// For every model that does not say otherwise.
    #[serde(default)]
    pub breaker: BreakerConfig,
    /// For every model that does not say otherwise.
    #[serde(default)]
    pub hedge: Option<HedgeConfig>,
    /// What may take each intent.
    #[serde(default)]
    pub intents: BTreeMap<String, IntentConfig>,
    /// Decided before the intents; the first that matches wins.
    #[serde(default)]
    pub rules: Vec<RuleConfig>,
    /// `shadow`: the LLM answers every query, and what the ladder would have answered is recorded.
    #[serde(default)]
    pub mode: Mode,
    /// The share of queries that is shadowed, and the bounds on doing so.
    #[serde(default)]
    pub shadow: ShadowConfig,
    /// The model that classifies, and the threads it runs on.
    #[serde(default)]
    pub classifier: ClassifierConfig,
    /// The zone of callers who do not send `x-downshift-timezone`; the server's own if absent.
    #[serde(default)]
    pub timezone: Option<String>,
    /// Whether replies carry the requested model's name in place of the one that answered.
    #[serde(default)]
    pub echo_model: bool,
    /// A price file in place of the one compiled in; `downshift prices` shows and updates it.
    #[serde(default)]
    pub prices: Option<PathBuf>,
    /// What the router draws its power from, and every model that does not say otherwise, in grams of
    /// CO₂e a kWh. Without it there is no estimate of greenhouse gases.
    #[serde(default)]
    pub grid_intensity: Option<GridIntensity>,
    /// How long conversations stay on their models.
    #[serde(default)]
    pub sticky: StickyConfig,
    /// Where the ledger is kept; in memory alone if absent.
    #[serde(default)]
    pub store: Option<StoreConfig>,
    /// Traces and metrics for a collector of OpenTelemetry's.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
    /// What the log says, and how.
    #[serde(default)]
    pub log: LogConfig,
    /// Bounds on what is read from clients.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// A line that the dashboard shows at its top, such as `staging`.
    #[serde(default)]
    pub notice: Option<String>,
    /// Unit tests of this policy, run by `downshift check`.
    #[serde(default)]
    pub tests: Vec<ExpectationConfig>,
}

/// One model that may be asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The dialect it speaks.
    pub api: Api,
    /// The address its paths are appended to, such as `https://api.openai.com/v1`; several, if
    /// several servers serve the same model.
    pub base_url: BaseUrls,
    /// The name it is asked under.
    pub model: String,
    /// The key it wants, as a reference to an environment variable.
    #[serde(default)]
    pub key: Option<SecretConfig>,
    /// USD per million tokens, or per hour of a machine; looked up in the price file when absent.
    #[serde(default)]
    pub price: Option<PriceConfig>,
    /// Parameters that take part in one token's forward pass, e.g. `7.6e9`.
    #[serde(default)]
    pub active_parameters: Option<f64>,
    /// All parameters of a mixture of experts, of which `active_parameters` take part in a token.
    #[serde(default)]
    pub total_parameters: Option<f64>,
    /// What it runs on, for the energy estimate: `datacentre`, `workstation`, or one of them with
    /// figures of one's own.
    #[serde(default)]
    pub hardware: HardwareConfig,
    /// What that draws its power from, in grams of CO₂e a kWh; as the policy's when absent.
    #[serde(default)]
    pub grid_intensity: Option<GridIntensity>,
    /// The longest prompt and reply together, in tokens.
    #[serde(default)]
    pub context: Option<u64>,
    /// What it can read; text alone when absent.
    #[serde(default)]
    pub modalities: Option<Vec<Modality>>,
    /// How long it may take.
    #[serde(default)]
    pub timeouts: TimeoutsConfig,
    /// Whether `stream_options.include_usage` is asked of it; a few servers refuse the field.
    #[serde(default = "yes")]
    pub include_usage: bool,
    /// Whether it has OpenAI's legacy `/completions` beside its chats, so that prompts go there as
    /// they came; else a prompt is asked as a chat.
    #[serde(default)]
    pub completions: bool,
    /// Whether token log-probabilities may be asked of it; a server that refuses them is asked once.
    #[serde(default = "yes")]
    pub logprobs: bool,
    /// Whether the `openai-organization` and `openai-project` of callers go there; by default to
    /// OpenAI's own hosts only.
    #[serde(default)]
    pub account_headers: Option<bool>,
    /// How much of its streams is held before the client sees any. When absent the default
    /// where another model could still take over, and nothing where none could.
    #[serde(default)]
    pub hold_back: Option<HoldBack>,
    /// The models that take its place when it cannot be had, in order.
    #[serde(default)]
    pub fallback: Vec<String>,
    /// How often it is tried again, and after how long.
    #[serde(default)]
    pub retries: RetriesConfig,
    /// When it is left in peace.
    #[serde(default)]
    pub breaker: BreakerConfig,
    /// When a second try is sent beside a slow first one; never when absent.
    #[serde(default)]
    pub hedge: Option<HedgeConfig>,
}

/// What a model can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// Text.
    Text,
    /// Images.
    Image,
    /// Speech.
    Audio,
    /// Documents sent as files.
    File,
}

/// Bounds on what is read from clients.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// The largest request body, in bytes.
    pub body_bytes: usize,
    /// How long a client may take to send the head of a request, and stay idle between two.
    pub head: Seconds,
    /// How long a client may take to send the body of a request.
    pub body: Seconds,
    /// How long a client may leave what it is sent unread; then its connection is closed, and the
    /// model's with it.
    pub unread: Seconds,
    /// How long open requests may take to finish after a shutdown was asked for.
    pub drain: Seconds,
    /// How long a request may take in all, whatever is tried for it and however often.
    pub request: Seconds,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            body_bytes: 32 * 1024 * 1024,
            head: Seconds(Duration::from_secs(30)),
            body: Seconds(Duration::from_mins(2)),
            unread: Seconds(Duration::from_mins(1)),
            drain: Seconds(Duration::from_secs(30)),
            request: Seconds(Duration::from_mins(15)),
        }
    }
}

/// A unit test of the policy: a query, and where it should stop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectationConfig {
    /// What a client asks.
    pub query: String,
    /// The rung it should stop on: `answer`, `specialist` or `llm`.
    pub rung: String,
    /// The intent it should be given, where that matters.
    #[serde(default)]
    pub intent: Option<String>,
}

/// A router.yaml that parsed.
#[derive(Debug)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// Its name, for messages.
    pub file: String,
    /// Its text, for messages.
    pub text: String,
    document: yaml::Document,
    folder: Option<PathBuf>,
}

/// What is wrong with a policy: every problem at once, rendered for its reader.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file, or one it names, could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file was read, and is not a valid policy.
    #[error("{rendered}")]
    Invalid {
        /// Every problem with its line, column and hint.
        rendered: String,
        /// The same for programs.
        problems: Vec<Problem>,
        /// What could be read of it all the same, to look for more problems in.
        rest: Option<Box<Loaded>>,
    },
}

impl Loaded {
    /// Reads `path`; with `None`, `router.yaml` in the working directory if there is one,
    /// else the shipped policy that is compiled in.
    pub fn open(path: Option<&Path>) -> Result<Self, Error> {
        let default = Path::new("router.yaml");
        match path {
            Some(path) => Self::read(path),
            None if default.exists() => Self::read(default),
            None => Self::parse("router.yaml (built in)", SHIPPED_POLICY.to_owned(), None),
        }
    }

    /// Reads one file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = read(path)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidData, error);
            Error::Read {
                path: path.to_owned(),
                source,
            }
        })?;
        let folder = path.parent().map(Path::to_owned);
        Self::parse(&path.display().to_string(), text, folder)
    }

    /// Parses text; relative paths in it are looked up under `folder`.
    pub fn parse(file: &str, text: String, folder: Option<PathBuf>) -> Result<Self, Error> {
        let document =
            yaml::parse(&text, &variable).map_err(|problems| invalid(file, &text, problems))?;
        let (config, problems) = document.read_part();
        let Some(config) = config else {
            return Err(invalid(file, &text, problems));
        };
        let loaded = Self {
            config,
            file: file.to_owned(),
            text,
            document,
            folder,
        };
        if problems.is_empty() {
            return Ok(loaded);
        }
        Err(Error::Invalid {
            rendered: yaml::render(file, &loaded.text, &problems),
            problems,
            rest: Some(Box::new(loaded)),
        })
    }

    /// An error that shows problems found after parsing at their place in the file.
    pub fn invalid(&self, problems: impl IntoIterator<Item = Problem>) -> Error {
        let located = problems.into_iter().map(|mut problem| {
            if let Some((line, column)) = self.document.location(&problem.path) {
                problem.line = line;
                problem.column = column;
            }
            problem
        });
        let mut located = located.collect::<Vec<_>>();
        located.sort_by_key(|problem| (problem.line, problem.column));
        invalid(&self.file, &self.text, located)
    }

    /// The text of a lookup table: from beside the policy, else the one compiled in.
    pub fn table(&self, path: &str) -> Result<String, Error> {
        let on_disk = self.resolve(Path::new(path));
        let shipped = SHIPPED_TABLES.iter().find(|(name, _)| *name == path);
        match (on_disk.exists(), shipped) {
            (false, Some((_, text))) => Ok((*text).to_owned()),
            _ => String::from_utf8(read(&on_disk)?).map_err(|error| Error::Read {
                source: std::io::Error::new(std::io::ErrorKind::InvalidData, error),
                path: on_disk,
            }),
        }
    }

    /// A path in the policy, seen from the working directory.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        match &self.folder {
            Some(folder) => folder.join(path),
            None => path.to_owned(),
        }
    }
}

/// An environment variable; empty counts as unset.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that reads the environment"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

fn invalid(file: &str, text: &str, problems: Vec<Problem>) -> Error {
    Error::Invalid {
        rendered: yaml::render(file, text, &problems),
        problems,
        rest: None,
    }
}

/// An address to listen on, with a message that says how one is written.
fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| {
        de::Error::custom(format_args!(
            "`{text}` is no address to listen on; write IP:PORT, such as 127.0.0.1:8080 or [::]:8080"
        ))
    })
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_admin() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9090))
}

fn default_route() -> Vec<String> {
    vec!["auto".to_owned()]
}

fn yes() -> bool {
    true
}
